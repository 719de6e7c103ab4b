// Attention in float and in int8, and the placing of bfloat16 keys and values in panels.
#include "nn/attention.h"

#include <algorithm>
#include <cstring>

#include "base/result.h"
#include "nn/matmul.h"
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

void place_bf16_keys(const Bf16* rows, size_t stride, size_t first, size_t n_rows, Bf16* panels) {
  for (size_t i = 0; i < n_rows; ++i) {
    const size_t key = first + i;
    const Bf16* row = rows + i * stride;
    Bf16* to = panels + (key / 64 * 64 * kHeadSize) + key % 64 * 2;
    for (size_t pair = 0; pair < kHeadSize / 2; ++pair) std::memcpy(to + pair * 128, row + 2 * pair, 4);
  }
}

void place_bf16_values(const Bf16* rows, size_t stride, size_t first, size_t n_rows, Bf16* panels) {
  for (size_t i = 0; i < n_rows; ++i) {
    const size_t key = first + i;
    const Bf16* row = rows + i * stride;
    Bf16* to = panels + key / 2 * 2 * kHeadSize + key % 2;
    for (size_t d = 0; d < kHeadSize; ++d) to[2 * d] = row[d];
  }
}

size_t float_attention_scratch(size_t n_queries, size_t n_keys) { return n_queries * padded_keys(n_keys); }

void attend_float(const FloatAttention& attention, std::span<float> scratch) {
  CHECK(scratch.size() >= float_attention_scratch(attention.n_queries, attention.n_keys));
  const size_t row = padded_keys(attention.n_keys);
  float* scores = scratch.data();
  sgemm(attention.n_queries, attention.n_keys, kHeadSize, {attention.queries, attention.stride},
        {attention.keys, attention.stride, Transpose::kYes}, Accumulate::kNo, scores, row);
  for (size_t query = 0; query < attention.n_queries; ++query) {
    softmax_base2(scores + query * row, attention.key_bias, attention.n_keys);
  }
  sgemm(attention.n_queries, kHeadSize, attention.n_keys, {scores, row}, {attention.values, attention.stride},
        Accumulate::kNo, attention.out, attention.out_stride);
}

size_t int8_attention_scratch(size_t n_keys) {
  // sums and scores share their place; then bytes of probabilities; then quantised queries and output sums
  return kTileRows * (padded_keys(n_keys) + padded_keys(n_keys) / 4 + kHeadSize / 4 + kHeadSize);
}

void attend_int8(const TileKernels& kernels, const Int8Attention& attention, std::span<float> scratch) {
  const Int8KeysValues& head = attention.head;
  const size_t n = attention.n_queries;
  const size_t n_padded = padded_keys(head.n_keys);
  CHECK(n >= 1 && n <= kTileRows && scratch.size() >= int8_attention_scratch(head.n_keys));
  float* rest = scratch.data();
  float* scores = carve<float>(rest, kTileRows * n_padded);
  auto* sums = reinterpret_cast<int32_t*>(scores);
  auto* bytes = carve<uint8_t>(rest, kTileRows * n_padded / 4);
  auto* queries = carve<uint8_t>(rest, kTileRows * kHeadSize / 4);
  auto* products = carve<int32_t>(rest, kTileRows * kHeadSize);
  float query_scales[kTileRows];
  float totals[kTileRows];
  for (size_t q = 0; q < n; ++q) {
    query_scales[q] = quantise_row(attention.queries + q * attention.query_stride, kHeadSize, queries + q * kHeadSize);
  }
  for (size_t key = 0; key < n_padded; key += 64) {
    kernels.int8(n, queries, kHeadSize, head.keys + key * kHeadSize, kHeadSize / 4, sums + key, n_padded);
  }
  for (size_t q = 0; q < n; ++q) {
    float* row = scores + q * n_padded;
    const float max = int8_scores(sums + q * n_padded, head.key_compensation, head.key_scales, query_scales[q],
                                  attention.key_bias, head.n_keys, row);
    totals[q] = static_cast<float>(exp2_to_bytes(row, max, head.n_keys, n_padded, bytes + q * n_padded));
    if (attention.weights[q] == nullptr) continue;
    std::copy_n(row, head.n_keys, attention.weights[q]);
    softmax_base2(attention.weights[q], nullptr, head.n_keys);
  }
  kernels.int8(n, bytes, n_padded, head.values, n_padded / 4, products, kHeadSize);
  for (size_t q = 0; q < n; ++q) {
    float* out = attention.out + q * attention.out_stride;
    const float factor = 1.0f / totals[q];
    for (size_t d = 0; d < kHeadSize; ++d) {
      out[d] = static_cast<float>(products[q * kHeadSize + d]) * (head.value_scales[d] * factor);
    }
  }
}

}  // namespace v2t::nn
