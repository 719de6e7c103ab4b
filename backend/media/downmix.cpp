// Downmix by running powers.
#include "media/downmix.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "base/result.h"

namespace v2t::media {
namespace {

constexpr double kBlockSeconds = 0.02;
constexpr double kMemorySeconds = 2.0;
constexpr double kSilentBeside = 1e-4;   // 40 dB below the loudest channel
constexpr double kCancelled = 0.25;      // of the power that unrelated channels would give
constexpr double kLouderToSwitch = 2.0;  // no flipping between equal channels

}  // namespace

Downmix::Downmix(std::vector<float> weights, int sample_rate_hz)
    : weights_(std::move(weights)),
      block_samples_(std::max<size_t>(1, static_cast<size_t>(kBlockSeconds * sample_rate_hz))),
      block_(weights_.size()),
      powers_(weights_.size(), 0.0) {
  CHECK(!weights_.empty());
}

void Downmix::push(std::span<const std::span<const float>> channels, std::vector<float>& mono) {
  CHECK(channels.size() == weights_.size());
  const size_t n_samples = channels[0].size();
  if (channels.size() == 1) {
    mono.insert(mono.end(), channels[0].begin(), channels[0].end());
    return;
  }
  for (size_t done = 0; done < n_samples;) {
    const size_t n = std::min(n_samples - done, block_samples_ - block_[0].size());
    for (size_t c = 0; c < channels.size(); ++c) {
      const auto piece = channels[c].subspan(done, n);
      block_[c].insert(block_[c].end(), piece.begin(), piece.end());
    }
    done += n;
    if (block_[0].size() == block_samples_) finish_block(mono);
  }
}

void Downmix::flush(std::vector<float>& mono) {
  if (!block_[0].empty()) finish_block(mono);
}

void Downmix::finish_block(std::vector<float>& mono) {
  measure();
  const std::vector<float> gains = choose_gains();
  if (gains_.empty()) gains_ = gains;
  const size_t n = block_[0].size();
  const size_t begin = mono.size();
  mono.resize(begin + n, 0.0f);
  for (size_t c = 0; c < block_.size(); ++c) {
    const float from = std::exchange(gains_[c], gains[c]);
    const float step = (gains[c] - from) / static_cast<float>(n);  // a ramp over the block: no clicks
    for (size_t i = 0; i < n && (from != 0.0f || gains[c] != 0.0f); ++i)
      mono[begin + i] += block_[c][i] * (from + step * static_cast<float>(i + 1));
    block_[c].clear();
  }
}

void Downmix::measure() {
  const size_t n = block_[0].size();
  const double keep = std::exp(-kBlockSeconds / kMemorySeconds);
  std::vector<float> mix(n, 0.0f);
  for (size_t c = 0; c < block_.size(); ++c) {
    double power = 0;
    for (size_t i = 0; i < n; ++i) {
      // A damaged packet may decode to infinities; they must not stay in the running powers.
      const float sample = std::isfinite(block_[c][i]) ? std::clamp(block_[c][i], -4.0f, 4.0f) : 0.0f;
      block_[c][i] = sample;
      mix[i] += weights_[c] * sample;
      power += static_cast<double>(sample) * sample;
    }
    powers_[c] = keep * powers_[c] + power;
  }
  const double mix_power = std::inner_product(mix.begin(), mix.end(), mix.begin(), 0.0);
  mix_power_ = keep * mix_power_ + mix_power;
  const size_t loudest = static_cast<size_t>(std::ranges::max_element(powers_) - powers_.begin());
  if (powers_[loudest] > kLouderToSwitch * powers_[loudest_]) loudest_ = loudest;
}

std::vector<float> Downmix::choose_gains() const {
  const double max_power = *std::ranges::max_element(powers_);
  std::vector<float> gains(weights_.size(), 0.0f);
  float total = 0;
  double unrelated_power = 0;
  for (size_t c = 0; c < weights_.size(); ++c) {
    unrelated_power += static_cast<double>(weights_[c]) * weights_[c] * powers_[c];
    if (powers_[c] >= kSilentBeside * max_power) total += gains[c] = weights_[c];
  }
  if (total <= 0.0f || mix_power_ < kCancelled * unrelated_power) {
    std::ranges::fill(gains, 0.0f);
    gains[loudest_] = total = 1.0f;
  }
  for (float& gain : gains) gain /= total;
  return gains;
}

}  // namespace v2t::media
