// Softmax between the two integer products of attention: the products of one query with all keys become weights that
// are quantised again, for the product with the values.
#pragma once

#include <cstddef>
#include <cstdint>

namespace v2t::nn {

// One query. Arrays hold padded_keys(n_keys) elements; what lies beyond n_keys is readable and does not count.
struct Int8ScoreRow {
  const int32_t* products = nullptr;  // of the quantised query and keys
  const float* key_scales = nullptr;
  const float* key_offsets = nullptr;  // in units of query_scale: takes off what the activations' offset adds
  const float* key_bias = nullptr;     // base 2, added to the scores; may be null
  size_t n_keys = 0;
  float query_scale = 0;
};

// A score is query_scale * (product * key_scale + key_offset) + key_bias. scores: receives them in units of
// score_unit(query_scale), padded_keys(n_keys) floats aligned to 64 bytes; may be the products' storage.
// weights[i] = round(most * 2^(score - the largest score)) for i < n_keys, 0 from there to n_weights, a multiple of 16;
// `most` is 255 for bytes and 4095 for words. Relative error of the power: 1e-4. Returns their sum.
using Int8Softmax = int32_t (*)(const Int8ScoreRow& row, float* scores, size_t n_weights, void* weights);

// A query of zeros has a scale of 0, and still a bias.
inline float score_unit(float query_scale) { return query_scale > 1e-20f ? query_scale : 1e-20f; }

// Weights as int16 words, and as uint8 bytes. The second only where the processor has AVX-512 with VNNI.
int32_t int8_softmax_words(const Int8ScoreRow& row, float* scores, size_t n_weights, void* weights);
int32_t int8_softmax_bytes_avx512vnni(const Int8ScoreRow& row, float* scores, size_t n_weights, void* weights);

}  // namespace v2t::nn
