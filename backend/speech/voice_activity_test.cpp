// Tests of the voice activity network: every instruction set against plain loops in double precision on made-up
// weights, and the published weights where they are at hand (V2T_VAD_WEIGHTS).
#include "speech/voice_activity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <random>

#include "base/file.h"
#include "base/temp_folder.h"
#include "speech/testing/silero_weights.h"
#include "tensors/safetensors.h"

namespace v2t::speech {
namespace {

using ::testing::Each;
using ::testing::FloatNear;
using ::testing::HasSubstr;
using ::testing::Lt;
using ::testing::Pointwise;

// The network as its definition says, slowly.
class Reference {
 public:
  explicit Reference(const std::string& file)
      : file_(file), tensors_(*parse_safetensors(std::as_bytes(std::span(file_)))) {}

  float step(const float* chunk) {
    std::vector<double> samples(context_);
    samples.insert(samples.end(), chunk, chunk + 512);
    context_.assign(samples.end() - 64, samples.end());
    for (size_t i = 0; i < 64; ++i) samples.push_back(samples[574 - i]);
    auto frames = spectrum(samples);
    const std::array<size_t, 4> strides{1, 2, 2, 1};
    for (size_t layer = 0; layer < 4; ++layer)
      frames = convolve(frames, "conv" + std::to_string(layer + 1), strides[layer]);
    return lstm(frames[0]);
  }

 private:
  using Frames = std::vector<std::vector<double>>;  // [time][channel]

  std::vector<float> get(const std::string& name) const { return float_values(tensors_.at(name)); }

  Frames spectrum(const std::vector<double>& samples) const {
    const auto basis = get("stft_conv.weight");
    Frames frames(4, std::vector<double>(129));
    for (size_t t = 0; t < 4; ++t)
      for (size_t k = 0; k < 129; ++k) {
        double re = 0;
        double im = 0;
        for (size_t n = 0; n < 256; ++n) {
          re += basis[k * 256 + n] * samples[t * 128 + n];
          im += basis[(129 + k) * 256 + n] * samples[t * 128 + n];
        }
        frames[t][k] = std::sqrt(re * re + im * im);
      }
    return frames;
  }

  Frames convolve(const Frames& in, const std::string& name, size_t stride) const {
    const auto weights = get(name + ".weight");
    const auto bias = get(name + ".bias");
    const size_t channels = in[0].size();
    Frames out((in.size() - 1) / stride + 1, std::vector<double>(bias.begin(), bias.end()));
    for (size_t t = 0; t < out.size(); ++t)
      for (size_t o = 0; o < bias.size(); ++o) {
        for (size_t tap = 0; tap < 3; ++tap) {
          const size_t at = t * stride + tap;  // one more than the frame's number
          if (at == 0 || at > in.size()) continue;
          for (size_t c = 0; c < channels; ++c) out[t][o] += weights[(o * channels + c) * 3 + tap] * in[at - 1][c];
        }
        out[t][o] = std::max(out[t][o], 0.0);
      }
    return out;
  }

  float lstm(const std::vector<double>& in) {
    const auto from_input = get("lstm_cell.weight_ih");
    const auto from_state = get("lstm_cell.weight_hh");
    const auto input_bias = get("lstm_cell.bias_ih");
    const auto state_bias = get("lstm_cell.bias_hh");
    std::vector<double> gates(512);
    for (size_t g = 0; g < 512; ++g) {
      gates[g] = static_cast<double>(input_bias[g]) + state_bias[g];
      for (size_t i = 0; i < 128; ++i)
        gates[g] += from_input[g * 128 + i] * in[i] + from_state[g * 128 + i] * hidden_[i];
    }
    const auto sigmoid = [](double x) { return 1 / (1 + std::exp(-x)); };
    const auto output = get("final_conv.weight");
    double sum = get("final_conv.bias")[0];
    for (size_t i = 0; i < 128; ++i) {
      cell_[i] = sigmoid(gates[128 + i]) * cell_[i] + sigmoid(gates[i]) * std::tanh(gates[256 + i]);
      hidden_[i] = sigmoid(gates[384 + i]) * std::tanh(cell_[i]);
      sum += output[i] * std::max(hidden_[i], 0.0);
    }
    return static_cast<float>(sigmoid(sum));
  }

  std::string file_;
  TensorsByName tensors_;
  std::vector<double> context_ = std::vector<double>(64);
  std::vector<double> hidden_ = std::vector<double>(128);
  std::vector<double> cell_ = std::vector<double>(128);
};

std::vector<float> noise(size_t n) {
  std::mt19937 random(3);
  std::vector<float> samples(n);
  for (float& sample : samples) sample = static_cast<float>(random() % 2001) / 1000.0F - 1.0F;
  return samples;
}

std::shared_ptr<const VoiceActivityModel> made_up_model() {
  const std::string file = silero_weights_file();
  return VoiceActivityModel::build(std::as_bytes(std::span(file))).value();
}

class VoiceActivityKernels : public ::testing::TestWithParam<SileroKernel> {};

TEST_P(VoiceActivityKernels, ComputeWhatTheDefinitionSays) {
  constexpr size_t kChunks = 23;  // more than a batch, and not a multiple of anything
  const auto samples = noise(kChunks * 512);
  Reference reference(silero_weights_file());
  std::vector<float> expected;
  for (size_t i = 0; i < kChunks; ++i) expected.push_back(reference.step(samples.data() + i * 512));
  std::vector<float> probabilities(kChunks);
  VoiceActivityModel::listen(made_up_model(), GetParam())->detect(samples, probabilities);
  EXPECT_THAT(probabilities, Pointwise(FloatNear(2e-5F), expected));
}

TEST_P(VoiceActivityKernels, GiveTheSameBitsHoweverTheChunksCome) {
  const auto samples = noise(40 * 512);
  std::vector<float> at_once(40);
  std::vector<float> one_by_one(40);
  VoiceActivityModel::listen(made_up_model(), GetParam())->detect(samples, at_once);
  const auto detector = VoiceActivityModel::listen(made_up_model(), GetParam());
  for (size_t i = 0; i < 40; ++i)
    detector->detect(std::span(samples).subspan(i * 512, 512), std::span(one_by_one).subspan(i, 1));
  EXPECT_EQ(at_once, one_by_one);
}

TEST_P(VoiceActivityKernels, StayFiniteOnExtremeAudio) {
  std::vector<float> samples(32 * 512, 1e6F);
  std::vector<float> probabilities(32);
  VoiceActivityModel::listen(made_up_model(), GetParam())->detect(samples, probabilities);
  for (const float p : probabilities) EXPECT_TRUE(p >= 0 && p <= 1) << p;
}

INSTANTIATE_TEST_SUITE_P(All, VoiceActivityKernels, ::testing::ValuesIn(VoiceActivityModel::kernels()),
                         [](const auto& tested) { return tested.param.name; });

TEST(VoiceActivity, AMissingFileIsNamedWithTheRemedy) {
  const auto model = VoiceActivityModel::load("/nowhere/silero.safetensors");
  ASSERT_FALSE(model);
  EXPECT_EQ(model.error().code, ErrorCode::kModelUnavailable);
  EXPECT_THAT(model.error().message, HasSubstr("/nowhere/silero.safetensors"));
  EXPECT_THAT(model.error().message, HasSubstr("backend/tools/fetch_weights vad"));
}

TEST(VoiceActivity, ADamagedFileIsNamedWithTheRemedy) {
  const TempFolder folder;
  const auto path = folder.path() / "vad.safetensors";
  ASSERT_TRUE(write_file_atomically(path, silero_weights_file().substr(0, 1000000)));
  const auto model = VoiceActivityModel::load(path);
  ASSERT_FALSE(model);
  EXPECT_EQ(model.error().code, ErrorCode::kModelInvalid);
  EXPECT_THAT(model.error().message, HasSubstr(path.string()));
}

void expect_refused(std::string file, const std::string& what, const std::string& instead, const std::string& reason) {
  file.replace(file.find(what), what.size(), instead);
  const auto model = VoiceActivityModel::build(std::as_bytes(std::span(file)));
  ASSERT_FALSE(model);
  EXPECT_EQ(model.error().code, ErrorCode::kModelInvalid);
  EXPECT_THAT(model.error().message, HasSubstr(reason));
}

TEST(VoiceActivity, RefusesANetworkOfAnotherForm) {
  expect_refused(silero_weights_file(), "\"conv3.bias\"", "\"conv9.bias\"", "conv3.bias");
  expect_refused(silero_weights_file(), "[64,64,3]", "[3,64,64]", "another shape");
}

TEST(VoiceActivity, RefusesNumbersThatAreNone) {
  std::string file = silero_weights_file();
  const float not_a_number = std::nanf("");
  std::memcpy(file.data() + file.size() - 4, &not_a_number, 4);
  const auto model = VoiceActivityModel::build(std::as_bytes(std::span(file)));
  ASSERT_FALSE(model);
  EXPECT_THAT(model.error().message, HasSubstr("final_conv.bias"));
}

TEST(VoiceActivity, RefusesATransformThatIsNotFouriers) {
  std::string file = silero_weights_file();
  uint64_t header_bytes = 0;
  std::memcpy(&header_bytes, file.data(), 8);
  const float other = 0.5F;
  std::memcpy(file.data() + 8 + header_bytes + 4 * (256 * 40 + 100), &other, 4);
  const auto model = VoiceActivityModel::build(std::as_bytes(std::span(file)));
  ASSERT_FALSE(model);
  EXPECT_THAT(model.error().message, HasSubstr("Fourier"));
}

TEST(VoiceActivity, ThePublishedWeightsHearNoSpeechInSilenceAndNoise) {
  const char* path = std::getenv("V2T_VAD_WEIGHTS");
  if (path == nullptr) GTEST_SKIP() << "V2T_VAD_WEIGHTS does not name the published weights";
  const auto model = VoiceActivityModel::load(path);
  ASSERT_TRUE(model) << model.error().message;
  std::vector<float> samples(64 * 512);
  std::vector<float> probabilities(64);
  VoiceActivityModel::listen(*model)->detect(samples, probabilities);
  EXPECT_THAT(probabilities, Each(Lt(0.1F)));
  for (float& sample : samples = noise(samples.size())) sample *= 0.1F;
  VoiceActivityModel::listen(*model)->detect(samples, probabilities);
  EXPECT_THAT(probabilities, Each(Lt(0.35F)));
}

}  // namespace
}  // namespace v2t::speech
