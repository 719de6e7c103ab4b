// Softmax, its pieces for attention, and statistics of a row of logits (Highway, every instruction set). Exponents
// are base 2 where said: the factor log2(e) is part of the queries. Pure functions.
#pragma once

#include <cstddef>
#include <cstdint>

#include "nn/bf16.h"
#include "nn/tile_kernels.h"

namespace v2t::nn {

// scores[i] = 2^(scores[i] + bias[i] - max) / sum. bias may be null. Any size >= 1.
void softmax_base2(float* scores, const float* bias, size_t size);

// scores[i] = sum over d of query[d] * keys[i * 64 + d].
void dot_rows(const float* query, const Bf16* keys, size_t n_keys, float* scores);
// out[d] += sum over i of weights[i] * values[i * 64 + d].
void add_weighted_rows(const float* weights, const Bf16* values, size_t n_keys, float* out);

// What decoding rules ask of a row of logits.
struct RowStatistics {
  float max = 0;          // of logit + bias
  size_t argmax = 0;      // the first where several are equal
  float log_sum_exp = 0;  // natural logarithm of the sum of e^(logit + bias); -inf when all are -inf
};
// bias: added to each logit (-inf forbids a token); may be null. Any size >= 1.
RowStatistics row_statistics(const float* logits, const float* bias, size_t size);

}  // namespace v2t::nn
