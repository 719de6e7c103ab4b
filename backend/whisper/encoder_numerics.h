// The parts of the encoder that differ between processors: convolutions and self-attention, in bfloat16 where there is
// a dot product for it, otherwise in float and in 8 bits.
#pragma once

#include <memory>
#include <span>

#include "nn/buffer.h"
#include "whisper/weights.h"

namespace v2t::whisper {

// Activations of one window between the threads' barriers. A block is a range of encoder positions; blocks are
// worked on by different threads at once.
class EncoderNumerics {
 public:
  virtual ~EncoderNumerics() = default;

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
  // Queries, keys and values of the block's rows. parity: layer & 1, since keys and values are kept twice.
  virtual void project(const nn::Int8Weights& weights, const nn::QuantisedRows& rows, size_t first, size_t n,
                       int parity, int member) = 0;
  // What is to be done with the keys and values of all positions before any are attended to: by any thread, in
  // n_settle_tasks() tasks, between two barriers.
  virtual int n_settle_tasks() const = 0;
  virtual void settle(int task) = 0;
  // Attention of the block's queries over all keys of that parity: out [n][n_state].
  virtual void attend(size_t first, size_t n, int parity, const float* key_bias, float* out, int member) = 0;
};

std::unique_ptr<EncoderNumerics> make_bf16_numerics(const Weights& weights, int threads);
std::unique_ptr<EncoderNumerics> make_int8_numerics(const Weights& weights, int threads);

}  // namespace v2t::whisper
