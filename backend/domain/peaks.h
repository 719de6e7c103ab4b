// How loud a sound is over time, for drawing its waveform.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "domain/audio.h"

namespace v2t {

struct Peaks {
  Millis step{50};              // of media time, for each value
  bool is_complete = false;     // otherwise as far as was heard
  std::vector<uint8_t> values;  // the loudest sample of each step; 255 is full scale

  friend bool operator==(const Peaks&, const Peaks&) = default;
};

// Measures a stream of samples. Not thread-safe.
class PeakMeter {
 public:
  // Once there would be more values, neighbours become one and the step doubles.
  static constexpr size_t kMostValues = 65536;

  void add(std::span<const float> samples);
  // Of all samples so far, the last step perhaps cut short.
  Peaks peaks() const;

 private:
  void close_step();

  int64_t step_samples_ = Samples(Millis(50)).count();
  std::vector<uint8_t> values_;
  float loudest_ = 0;
  int64_t n_in_step_ = 0;
};

}  // namespace v2t
