// Rows of frames with one of zeros before and one behind, as a convolution of width 3 reads them.
#pragma once

#include <algorithm>

#include "nn/buffer.h"

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

}  // namespace v2t::whisper
