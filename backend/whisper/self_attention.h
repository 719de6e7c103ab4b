// The encoder's self-attention in 8 bits: queries, keys and values of all positions of one window, between the threads'
// barriers.
#pragma once

#include <vector>

#include "nn/attention.h"
#include "nn/buffer.h"
#include "whisper/weights.h"

namespace v2t::whisper {

// A block is a range of positions; blocks are worked on by different threads at once. Of a layer: project() every
// block, a barrier, settle() every head, a barrier, attend() every block, after which a block may be projected for the
// next layer at once.
class SelfAttention {
 public:
  SelfAttention(const Weights& weights, int threads);

  // Makes room; on one thread, before the rest.
  void prepare(size_t n_positions);
  void project(const nn::Int8Weights& query_key_value, const nn::QuantisedRows& rows, size_t first, size_t n);
  // Quantises the keys and values of a head.
  void settle(size_t head);
  size_t n_heads() const { return n_state_ / nn::kHeadSize; }
  // out: [n][n_state]. key_bias: see nn::Int8Attention.
  void attend(size_t first, size_t n, const float* key_bias, float* out, int member);

 private:
  const nn::TileKernels kernels_;
  const size_t n_state_;
  size_t n_positions_ = 0;
  nn::Buffer<float> queries_;         // [head][n_positions][64]
  nn::Buffer<nn::Bf16> keys_values_;  // keys [head][n_positions][64], then values, before they are quantised
  nn::Int8Heads heads_;
  std::vector<nn::Buffer<float>> scratch_;  // by member
};

}  // namespace v2t::whisper
