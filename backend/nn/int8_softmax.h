// Softmax between the two integer products of attention: the products of queries with all keys become scores, tile by
// tile, and the scores of one query become weights that are quantised again, for the product with the values.
#pragma once

#include <cstddef>
#include <cstdint>

namespace v2t::nn {

// Up to 6 quantised queries of 64 activations, one after another, and 64 keys. Arrays of keys hold 64 elements, aligned
// to 64 bytes.
struct Int8ScoreTile {
  const void* queries = nullptr;
  size_t n_queries = 0;
  const float* query_scales = nullptr;  // [n_queries], in points, see below
  const int8_t* keys = nullptr;         // a panel
  const float* key_scales = nullptr;
  const float* key_offsets = nullptr;  // in units of the query's scale: takes off what the activations' offset adds
  const float* key_bias = nullptr;     // added to the scores, in points
};

// How one kind of processor goes from products to weights. A row of scores holds padded_keys(n_keys) of them, in a form
// and order of its own, and is aligned to 64 bytes; what lies beyond n_keys is any number and does not count.
struct Int8Softmax {
  size_t score_bytes = 0;  // a score's
  float points = 1;        // what stands for a factor of 2: make_scores takes query_scales and key_bias times this
  // Score = query_scale * (product * key_scale + key_offset) + key_bias. Those of query q begin q * stride bytes after
  // `scores`.
  void (*make_scores)(const Int8ScoreTile& tile, std::byte* scores, size_t stride) = nullptr;
  // weights[i] = round(most * 2^(score - the largest score)) for i < n_keys, 0 from there to n_weights, a multiple
  // of 16. Returns their sum.
  int32_t (*weigh)(const std::byte* scores, size_t n_keys, size_t n_weights, void* weights) = nullptr;
  // The scores themselves, not in points: n_keys of them, in their order.
  void (*read_scores)(const std::byte* scores, size_t n_keys, float* out) = nullptr;
};

// Weights as int16 words, `most` is 4095; relative error of the power 1e-4. Scores are floats, of whose make_scores
// this is what comes after the products [n_queries][64].
void make_float_scores(const int32_t* products, const Int8ScoreTile& tile, std::byte* scores, size_t stride);
int32_t weigh_float_scores(const std::byte* scores, size_t n_keys, size_t n_weights, void* weights);
void read_float_scores(const std::byte* scores, size_t n_keys, float* out);

// Weights as uint8 bytes, `most` is 255. Scores are whole points, at most 2^15 of them: what lies beyond counts as
// that. Only where the processor has AVX-512 with VNNI.
inline constexpr float kScorePoints = 64;
void make_scores_avx512vnni(const Int8ScoreTile& tile, std::byte* scores, size_t stride);
int32_t weigh_avx512vnni(const std::byte* scores, size_t n_keys, size_t n_weights, void* weights);
void read_scores_avx512vnni(const std::byte* scores, size_t n_keys, float* out);

}  // namespace v2t::nn
