// What both stems keep of a window: rows of frames with one of zeros before and one behind, as a convolution of width 3
// reads them.
#pragma once

#include <algorithm>

#include "nn/buffer.h"
#include "whisper/encoder_stem.h"

namespace v2t::whisper {

template <class T>
class StemFrames {
 public:
  void prepare(size_t n_frames, size_t n_channels) {
    n_channels_ = n_channels;
    rows_.reserve_discarding((n_frames + 2) * n_channels);
    std::fill_n(rows_.data(), n_channels, T{});
    std::fill_n(rows_.data() + (n_frames + 1) * n_channels, n_channels, T{});
  }
  T* frame(size_t i) const { return rows_.data() + (i + 1) * n_channels_; }
  // What the convolution at frame i reads: three frames from the one before.
  const T* around(size_t i) const { return rows_.data() + i * n_channels_; }

 private:
  size_t n_channels_ = 0;
  nn::Buffer<T> rows_;
};

inline void put(float value, float& to) { to = value; }
inline void put(float value, nn::Bf16& to) { to = nn::to_bf16(value); }

// T: float or nn::Bf16.
template <class T>
class StemOf : public EncoderStem {
 public:
  void prepare(size_t n_positions) override {
    n_frames_ = 2 * n_positions;
    mel_.prepare(n_frames_, n_mels_);
    convolved_.prepare(n_frames_, n_state_);
  }

  void take_mel(std::span<const float> log_mel, size_t first, size_t n) override {
    for (size_t frame = 2 * first; frame < 2 * (first + n); ++frame) {
      T* row = mel_.frame(frame);
      for (size_t band = 0; band < n_mels_; ++band) put(log_mel[band * n_frames_ + frame], row[band]);
    }
  }

 protected:
  explicit StemOf(const Weights& weights)
      : weights_(weights),
        n_mels_(static_cast<size_t>(weights.dimensions().n_mels)),
        n_state_(static_cast<size_t>(weights.dimensions().n_state)) {}

  const Weights& weights_;
  const size_t n_mels_, n_state_;
  StemFrames<T> mel_;        // of n_mels
  StemFrames<T> convolved_;  // of n_state

 private:
  size_t n_frames_ = 0;
};

}  // namespace v2t::whisper
