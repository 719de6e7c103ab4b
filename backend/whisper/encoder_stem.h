// The encoder's two convolutions of width 3, the second one with stride 2: products in 8 bits, as in all other layers.
#pragma once

#include <span>
#include <vector>

#include "nn/buffer.h"
#include "whisper/reduced_context.h"
#include "whisper/weights.h"

namespace v2t::whisper {

// From log-mel to the residual stream, block by block: a block makes the frames that it needs itself, those that two
// blocks share twice, so that blocks can be worked on by different threads at once and all lies in the cache.
class EncoderStem {
 public:
  EncoderStem(const Weights& weights, int threads);

  // Makes room for blocks of at most this many positions; on one thread, before the rest.
  void prepare(size_t largest_block);
  // x = positions [first, first + n) as [n][n_state]: both convolutions with GELU, encodings of the places added.
  // log_mel: [n_mels][2 * n_positions], and positions, of the whole window.
  void convolve(std::span<const float> log_mel, std::span<const EncodedPosition> positions, size_t first, size_t n,
                float* x, int member);

 private:
  // A member's frames and activations. The first convolution's frame f reads mel frames f - 1 to f + 1, the second
  // one's position p frames 2p - 1 to 2p + 1; those outside of the window are zero.
  struct Scratch {
    nn::Buffer<float> mel;              // [2 * block + 3][n_mels]
    nn::Buffer<nn::Bf16> convolved;     // [2 * block + 1][n_state]
    nn::Buffer<std::byte> activations;  // of the convolution at work, [rows][3 * channels]
    nn::Buffer<float> scales;           // [rows]
  };
  void take_mel(std::span<const float> log_mel, size_t first, size_t n, const Scratch& scratch) const;
  template <class T>
  nn::QuantisedRows quantise(const T* frames, size_t n_channels, size_t stride, size_t n_rows,
                             const Scratch& scratch) const;

  const Weights& weights_;
  const nn::TileKernels kernels_;
  const size_t n_mels_, n_state_;
  std::vector<Scratch> scratch_;  // by member
};

}  // namespace v2t::whisper
