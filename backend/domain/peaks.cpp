// Peaks of a stream.
#include "domain/peaks.h"

#include <algorithm>
#include <cmath>

namespace v2t {
namespace {

uint8_t to_value(float loudest) { return static_cast<uint8_t>(std::lround(std::min(loudest, 1.0F) * 255.0F)); }

}  // namespace

void PeakMeter::add(std::span<const float> samples) {
  while (!samples.empty()) {
    const size_t n = std::min(samples.size(), static_cast<size_t>(step_samples_ - n_in_step_));
    for (const float sample : samples.first(n)) loudest_ = std::max(loudest_, std::abs(sample));  // NaN is not louder
    n_in_step_ += static_cast<int64_t>(n);
    samples = samples.subspan(n);
    if (n_in_step_ == step_samples_) close_step();
  }
}

void PeakMeter::close_step() {
  values_.push_back(to_value(loudest_));
  loudest_ = 0;
  n_in_step_ = 0;
  if (values_.size() < kMostValues) return;
  for (size_t i = 0; i < kMostValues / 2; ++i) values_[i] = std::max(values_[2 * i], values_[2 * i + 1]);
  values_.resize(kMostValues / 2);
  step_samples_ *= 2;
}

Peaks PeakMeter::peaks() const {
  Peaks peaks{to_millis(Samples(step_samples_)), false, values_};
  if (n_in_step_ > 0) peaks.values.push_back(to_value(loudest_));
  return peaks;
}

}  // namespace v2t
