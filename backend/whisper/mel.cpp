// Log-mel spectrogram: tables, padding, normalisation, choice of kernel.
#include "whisper/mel.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "base/result.h"

namespace v2t::whisper {
namespace {

constexpr double kHzPerBin = 40;     // 16000 / 400
constexpr double kHighestHz = 8000;  // half of 16 kHz
constexpr double kLinearHzPerMel = 200.0 / 3;
constexpr double kLogBeginHz = 1000;
constexpr double kLogBeginMel = 15;
const double kLogStep = std::log(6.4) / 27;
constexpr int kMirrored = kFrameSamples / 2;

double mel_of_hz(double hz) {
  return hz < kLogBeginHz ? hz / kLinearHzPerMel : kLogBeginMel + std::log(hz / kLogBeginHz) / kLogStep;
}

double hz_of_mel(double mel) {
  return mel < kLogBeginMel ? mel * kLinearHzPerMel : kLogBeginHz * std::exp(kLogStep * (mel - kLogBeginMel));
}

int round_up(int value, int step) { return (value + step - 1) / step * step; }

}  // namespace

std::span<const NamedMelKernel> supported_mel_kernels() {
  static const std::array<NamedMelKernel, 3> kAll{NamedMelKernel{"avx512", mel_block_avx512},
                                                  NamedMelKernel{"avx2", mel_block_avx2},
                                                  NamedMelKernel{"portable", mel_block_portable}};
  const bool has_avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  const bool has_avx512 = has_avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                          __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
                          __builtin_cpu_supports("avx512cd");
  return std::span(kAll).subspan(has_avx512 ? 0 : has_avx2 ? 1 : 2);
}

std::vector<float> mel_filters(int n_mels) {
  const auto edge = [&](int i) { return hz_of_mel(mel_of_hz(kHighestHz) * i / (n_mels + 1)); };
  std::vector<float> filters;
  for (int band = 0; band < n_mels; ++band) {
    const double low = edge(band), peak = edge(band + 1), high = edge(band + 2);
    for (int bin = 0; bin < kFrameBins; ++bin) {
      const double hz = bin * kHzPerBin;
      const double weight = std::min((hz - low) / (peak - low), (high - hz) / (high - peak));
      filters.push_back(static_cast<float>(std::max(weight, 0.0) * 2 / (high - low)));
    }
  }
  return filters;
}

MelExtractor::MelExtractor(int n_mels, MelKernel kernel) : n_mels_(n_mels), kernel_(kernel) {
  for (int i = 0; i < kFrameSamples; ++i) {
    const double angle = 2 * std::numbers::pi * i / kFrameSamples;
    window_.push_back(static_cast<float>(0.5 - 0.5 * std::cos(angle)));
    cosines_.push_back(static_cast<float>(std::cos(angle)));
    sines_.push_back(static_cast<float>(-std::sin(angle)));
  }
  const std::vector<float> filters = mel_filters(n_mels);
  for (int band = 0; band < n_mels; ++band) {
    MelBand& b = bands_.emplace_back(MelBand{0, 0, static_cast<int>(weights_.size())});
    for (int bin = 0; bin < kFrameBins; ++bin) {
      const float weight = filters[static_cast<size_t>(band) * kFrameBins + static_cast<size_t>(bin)];
      if (weight <= 0) continue;
      if (b.n_bins++ == 0) b.first_bin = bin;
      weights_.push_back(weight);
    }
  }
}

void MelExtractor::lay_out(std::span<const float> samples, int n_frames) {
  const size_t needed = static_cast<size_t>(round_up(n_frames, kMelBlock)) * kHopSamples + kFrameSamples;
  padded_.assign(std::max(needed, samples.size() + kMirrored), 0.0F);
  std::copy(samples.begin(), samples.end(), padded_.begin() + kMirrored);
  for (int i = 1; i <= kMirrored; ++i)
    padded_[static_cast<size_t>(kMirrored - i)] = padded_[static_cast<size_t>(kMirrored + i)];
}

void MelExtractor::normalise(int n_frames, int stride) {
  float highest = -10;
  for (int band = 0; band < n_mels_; ++band) {
    const float* row = log_.data() + static_cast<size_t>(band) * static_cast<size_t>(stride);
    highest = std::max(highest, *std::max_element(row, row + n_frames));
  }
  const float least = highest - 8;
  out_.resize(static_cast<size_t>(n_mels_) * static_cast<size_t>(n_frames));
  float* out = out_.data();
  for (int band = 0; band < n_mels_; ++band) {
    const float* row = log_.data() + static_cast<size_t>(band) * static_cast<size_t>(stride);
    for (int frame = 0; frame < n_frames; ++frame) *out++ = (std::max(row[frame], least) + 4) * 0.25F;
  }
}

std::span<const float> MelExtractor::compute(std::span<const float> samples, int n_frames) {
  CHECK(samples.size() <= kMaxWindowSamples && n_frames > 0 && n_frames <= 3000);
  CHECK(static_cast<size_t>(n_frames) * kHopSamples >= samples.size());
  lay_out(samples, n_frames);
  const int stride = round_up(n_frames, kMelBlock);
  log_.resize(static_cast<size_t>(n_mels_) * static_cast<size_t>(stride));
  const MelTables tables{window_.data(), cosines_.data(), sines_.data(), weights_.data(), bands_.data(), n_mels_};
  for (int frame = 0; frame < stride; frame += kMelBlock) {
    const size_t first = static_cast<size_t>(frame) * kHopSamples;
    if (first < samples.size() + kMirrored) {
      kernel_(tables, padded_.data() + first, log_.data() + frame, stride);
    } else {
      for (int band = 0; band < n_mels_; ++band)
        std::fill_n(log_.begin() + static_cast<std::ptrdiff_t>(band) * stride + frame, kMelBlock, -10.0F);
    }
  }
  normalise(n_frames, stride);
  return out_;
}

}  // namespace v2t::whisper
