// The encoder's convolutions: in bfloat16 where the processor has a dot product for it, otherwise in float.
#pragma once

#include <memory>
#include <span>

#include "whisper/weights.h"

namespace v2t::whisper {

// Activations of one window between the threads' barriers. A block is a range of encoder positions; blocks are
// worked on by different threads at once.
class EncoderStem {
 public:
  virtual ~EncoderStem() = default;

  // Positions per block for a window, a multiple of 2.
  virtual size_t block_size(size_t n_positions, int threads) const = 0;
  // Makes room; on one thread, before the rest.
  virtual void prepare(size_t n_positions) = 0;
  // Takes over frames [2 * first, 2 * (first + n)) of log_mel [n_mels][n_frames].
  virtual void take_mel(std::span<const float> log_mel, size_t first, size_t n) = 0;
  // First convolution and GELU for the same frames; all mel frames must be there.
  virtual void convolve1(size_t first, size_t n) = 0;
  // Second convolution, GELU and positions: x [n][n_state]; all frames of the first must be there.
  virtual void convolve2(size_t first, size_t n, float* x) = 0;
};

std::unique_ptr<EncoderStem> make_bf16_stem(const Weights& weights);  // needs nn::TileKernels::bf16
std::unique_ptr<EncoderStem> make_float_stem(const Weights& weights);

}  // namespace v2t::whisper
