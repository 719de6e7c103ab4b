// Tests of the log-mel spectrogram against a plain one in double precision.
#include "whisper/mel.h"

#include <gmock/gmock.h>

#include <cmath>
#include <numbers>
#include <random>

namespace v2t::whisper {
namespace {

double hz_of_mel(double mel) { return mel < 15 ? mel * 200 / 3 : 1000 * std::exp(std::log(6.4) / 27 * (mel - 15)); }

double power(const std::vector<double>& frame, int bin) {
  double re = 0;
  double im = 0;
  for (int i = 0; i < 400; ++i) {
    const double angle = 2 * std::numbers::pi * ((i * bin) % 400) / 400;
    re += frame[static_cast<size_t>(i)] * std::cos(angle);
    im += frame[static_cast<size_t>(i)] * std::sin(angle);
  }
  return re * re + im * im;
}

// openai/whisper's log_mel_spectrogram, term by term: [n_mels][n_frames].
std::vector<double> plain_log_mel(const std::vector<float>& samples, int n_mels, int n_frames) {
  const double top = 15 + std::log(8.0) / (std::log(6.4) / 27);
  std::vector<double> out(static_cast<size_t>(n_mels * n_frames));
  const auto sample = [&](long i) {
    const auto at = static_cast<size_t>(std::abs(i));
    return at < samples.size() ? static_cast<double>(samples[at]) : 0.0;
  };
  double highest = -1e9;
  for (int f = 0; f < n_frames; ++f) {
    std::vector<double> frame(400);
    for (int i = 0; i < 400; ++i)
      frame[static_cast<size_t>(i)] =
          sample(f * 160L + i - 200) * (0.5 - 0.5 * std::cos(2 * std::numbers::pi * i / 400));
    std::vector<double> powers(201);
    for (int k = 0; k <= 200; ++k) powers[static_cast<size_t>(k)] = power(frame, k);
    for (int m = 0; m < n_mels; ++m) {
      const double low = hz_of_mel(top * m / (n_mels + 1)), mid = hz_of_mel(top * (m + 1) / (n_mels + 1)),
                   high = hz_of_mel(top * (m + 2) / (n_mels + 1));
      double sum = 0;
      for (int k = 0; k <= 200; ++k)
        sum += powers[static_cast<size_t>(k)] *
               std::max(0.0, std::min((k * 40 - low) / (mid - low), (high - k * 40) / (high - mid))) * 2 / (high - low);
      const double value = std::log10(std::max(sum, 1e-10));
      out[static_cast<size_t>(m * n_frames + f)] = value;
      highest = std::max(highest, value);
    }
  }
  for (double& value : out) value = (std::max(value, highest - 8) + 4) / 4;
  return out;
}

std::vector<float> noisy_tone(size_t n) {
  std::mt19937 random(7);
  std::normal_distribution<float> noise(0, 0.01F);
  std::vector<float> out(n);
  for (size_t i = 0; i < n; ++i) out[i] = 0.3F * std::sin(static_cast<float>(i) * 0.2F) + noise(random);
  return out;
}

double worst(std::span<const float> got, const std::vector<double>& expected) {
  EXPECT_EQ(got.size(), expected.size());
  double out = 0;
  for (size_t i = 0; i < got.size(); ++i) out = std::max(out, std::abs(got[i] - expected[i]));
  return out;
}

class EveryMelKernel : public ::testing::TestWithParam<NamedMelKernel> {};

TEST_P(EveryMelKernel, AgreesWithThePlainSpectrogram) {
  const auto samples = noisy_tone(9000);
  EXPECT_LT(worst(MelExtractor(80, GetParam().run).compute(samples, 100), plain_log_mel(samples, 80, 100)), 1e-4);
  EXPECT_LT(worst(MelExtractor(128, GetParam().run).compute(samples, 70), plain_log_mel(samples, 128, 70)), 1e-4);
}

TEST_P(EveryMelKernel, HearsSilence) {
  MelExtractor mel(80, GetParam().run);
  EXPECT_THAT(mel.compute({}, 40), ::testing::Each(::testing::FloatNear(-1.5F, 1e-6F)));
  const std::vector<float> zeros(6400);
  EXPECT_THAT(mel.compute(zeros, 40), ::testing::Each(::testing::FloatNear(-1.5F, 1e-6F)));
}

INSTANTIATE_TEST_SUITE_P(Kernels, EveryMelKernel,
                         ::testing::ValuesIn(supported_mel_kernels().begin(), supported_mel_kernels().end()),
                         [](const auto& kernel) { return std::string(kernel.param.name); });

TEST(Mel, MirrorsTheBeginningEvenOfAShortWindow) {
  const auto samples = noisy_tone(120);
  EXPECT_LT(worst(MelExtractor(80).compute(samples, 4), plain_log_mel(samples, 80, 4)), 1e-4);
}

TEST(Mel, OfFewerFramesIsTheFrontOfMore) {
  const auto samples = noisy_tone(4000);
  MelExtractor few(80);
  MelExtractor many(80);
  const auto a = few.compute(samples, 30);
  const auto b = many.compute(samples, 3000);
  for (size_t band = 0; band < 80; ++band) ASSERT_EQ(a[band * 30 + 29], b[band * 3000 + 29]);
}

TEST(Mel, HearsNothingBeyondThirtySeconds) {
  std::vector<float> samples = noisy_tone(kMaxWindowSamples);
  MelExtractor mel(80);
  const auto out = mel.compute(samples, 3000);
  EXPECT_EQ(out.size(), 240000U);
  for (const float value : out) ASSERT_TRUE(std::isfinite(value));
}

TEST(Mel, DoesNotRememberTheLastWindow) {
  MelExtractor used(80);
  used.compute(noisy_tone(48000), 300);
  MelExtractor fresh(80);
  const auto samples = noisy_tone(1000);
  EXPECT_THAT(used.compute(samples, 50), ::testing::ElementsAreArray(fresh.compute(samples, 50)));
}

}  // namespace
}  // namespace v2t::whisper
