// Attention in int8, and the placing of bfloat16 keys and values in panels.
#include "nn/attention.h"

#include <algorithm>
#include <cstring>

#include "base/result.h"
#include "nn/rows.h"
#include "nn/softmax.h"

namespace v2t::nn {
namespace {

template <class T>
T* carve(float*& scratch, size_t n_floats) {
  T* piece = reinterpret_cast<T*>(scratch);
  scratch += n_floats;
  return piece;
}

}  // namespace

void Int8Heads::prepare(size_t n_heads, size_t n_keys, size_t most_keys) {
  CHECK(n_keys <= most_keys);
  n_keys_ = n_keys;
  const size_t most = n_heads * padded_keys(most_keys);
  keys_.reserve_discarding(most * kHeadSize);
  values_.reserve_discarding(most * kHeadSize);
  key_scales_.reserve_discarding(most);
  key_offsets_.reserve_discarding(most);
  value_scales_.reserve_discarding(n_heads * kHeadSize);
}

Int8KeysValues Int8Heads::head(size_t index) const {
  const size_t first = index * padded_keys(n_keys_);
  return {.n_keys = n_keys_,
          .keys = keys_.data() + first * kHeadSize,
          .key_scales = key_scales_.data() + first,
          .key_offsets = key_offsets_.data() + first,
          .values = values_.data() + first * kHeadSize,
          .value_scales = value_scales_.data() + index * kHeadSize};
}

size_t int8_attention_scratch(size_t n_keys) {
  // scores; powers; quantised queries; products of powers and values
  return kTileRows * (padded_keys(n_keys) + padded_keys(n_keys) / 2 + kHeadSize / 2 + kHeadSize);
}

namespace {

constexpr int32_t kNothing[kHeadSize] = {};
alignas(64) constexpr float kNoBias[kHeadSize] = {};

struct Int8Scratch {
  std::byte* scores;   // [6][n_padded] of the kernels' kind, at most 4 bytes each
  std::byte* powers;   // [6][n_padded] activations
  std::byte* queries;  // [6][64] activations
  int32_t* products;   // [6][64], of powers and values
};

Int8Scratch carve_int8(std::span<float> scratch, size_t n_keys) {
  CHECK(scratch.size() >= int8_attention_scratch(n_keys));
  float* rest = scratch.data();
  const size_t n_padded = padded_keys(n_keys);
  return {carve<std::byte>(rest, kTileRows * n_padded), carve<std::byte>(rest, kTileRows * n_padded / 2),
          carve<std::byte>(rest, kTileRows * kHeadSize / 2), carve<int32_t>(rest, kTileRows * kHeadSize)};
}

// Scores of at most 6 queries, from `first` on.
void score_few(const TileKernels& kernels, const Int8Attention& attention, size_t first, size_t n,
               const Int8Scratch& scratch) {
  const Int8KeysValues& head = attention.head;
  const size_t query_bytes = kHeadSize * size_of(kernels.activations);
  const size_t stride = padded_keys(head.n_keys) * kernels.softmax.score_bytes;
  float query_scales[kTileRows];
  for (size_t q = 0; q < n; ++q) {
    query_scales[q] = quantise_row(kernels.activations, attention.queries + (first + q) * attention.query_stride,
                                   kHeadSize, scratch.queries + q * query_bytes) *
                      kernels.softmax.points;
  }
  for (size_t key = 0; key < head.n_keys; key += 64) {
    kernels.softmax.make_scores({.queries = scratch.queries,
                                 .n_queries = n,
                                 .query_scales = query_scales,
                                 .keys = head.keys + key * kHeadSize,
                                 .key_scales = head.key_scales + key,
                                 .key_offsets = head.key_offsets + key,
                                 .key_bias = attention.key_bias == nullptr ? kNoBias : attention.key_bias + key},
                                scratch.scores + key * kernels.softmax.score_bytes, stride);
  }
}

void attend_few(const TileKernels& kernels, const Int8Attention& attention, size_t first, size_t n,
                const Int8Scratch& scratch) {
  const Int8KeysValues& head = attention.head;
  const size_t n_values = 4 * value_groups(head.n_keys);
  const size_t stride = n_values * size_of(kernels.activations);
  float factors[kTileRows];
  score_few(kernels, attention, first, n, scratch);
  for (size_t q = 0; q < n; ++q) {
    const std::byte* scores = scratch.scores + q * padded_keys(head.n_keys) * kernels.softmax.score_bytes;
    factors[q] =
        1.0f / static_cast<float>(kernels.softmax.weigh(scores, head.n_keys, n_values, scratch.powers + q * stride));
    if (first + q >= kTileRows || attention.weights[first + q] == nullptr) continue;
    kernels.softmax.read_scores(scores, head.n_keys, attention.weights[first + q]);
    softmax_base2(attention.weights[first + q], nullptr, head.n_keys);
  }
  // Most keys weigh nothing in 8 bits: half of the groups in the encoder, two thirds for a single query of the decoder.
  kernels.sparse_int8(n, scratch.powers, stride, head.values, n_values / 4, scratch.products, kHeadSize);
  finish_int8_tile(scratch.products, n, factors, kNothing, head.value_scales, kNoBias,
                   {.out_f32 = attention.out + first * attention.out_stride, .out_stride = attention.out_stride});
}

}  // namespace

void attend_int8(const TileKernels& kernels, const Int8Attention& attention, std::span<float> scratch) {
  const Int8Scratch carved = carve_int8(scratch, attention.head.n_keys);
  for (size_t first = 0; first < attention.n_queries; first += kTileRows) {
    attend_few(kernels, attention, first, std::min(kTileRows, attention.n_queries - first), carved);
  }
}

}  // namespace v2t::nn
