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

// scores[i] = (sums[i] - compensation[i]) * key_scales[i] * query_scale + bias[i]; returns the largest of the first
// n_keys. All arrays hold n_keys rounded up to 16. bias may be null.
float int8_scores(const int32_t* sums, const int32_t* compensation, const float* key_scales, float query_scale,
                  const float* bias, size_t n_keys, float* scores);
// out[i] = round(255 * 2^(scores[i] - max)) for i < n_keys, 0 from there to n_out; returns their sum.
// n_out: a multiple of 16, scores readable to there. Relative error of the power: 1e-4.
int32_t exp2_to_bytes(const float* scores, float max, size_t n_keys, size_t n_out, uint8_t* out);
// The same with 4095 for 255.
int32_t exp2_to_words(const float* scores, float max, size_t n_keys, size_t n_out, int16_t* out);
inline int32_t exp2_to_activations(Activations activations, const float* scores, float max, size_t n_keys, size_t n_out,
                                   void* out) {
  if (activations == Activations::kBytes) {
    return exp2_to_bytes(scores, max, n_keys, n_out, static_cast<uint8_t*>(out));
  }
  return exp2_to_words(scores, max, n_keys, n_out, static_cast<int16_t*>(out));
}

// What decoding rules ask of a row of logits.
struct RowStatistics {
  float max = 0;          // of logit + bias
  size_t argmax = 0;      // the first where several are equal
  float log_sum_exp = 0;  // natural logarithm of the sum of e^(logit + bias); -inf when all are -inf
};
// bias: added to each logit (-inf forbids a token); may be null. Any size >= 1.
RowStatistics row_statistics(const float* logits, const float* bias, size_t size);

}  // namespace v2t::nn
