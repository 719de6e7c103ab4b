// Softmax of integer attention with AVX-512: 64 keys at a time, weights as bytes.
// g++ 12 takes the deliberately undefined operands of its own intrinsics for mistakes (GCC bug 105593).
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#include <immintrin.h>

#include "nn/int8_softmax.h"

namespace v2t::nn {
namespace {

constexpr float kLowest = -3e38f;

// Lanes of the vector at key i that hold keys.
inline __mmask16 valid_lanes(size_t i, size_t n_keys) {
  if (i + 16 <= n_keys) return 0xffff;
  return i >= n_keys ? 0 : static_cast<__mmask16>((1u << (n_keys - i)) - 1);
}

template <bool HAS_BIAS>
inline __m512 score_of(const Int8ScoreRow& row, size_t i, __m512 inverse_unit) {
  const __m512 product = _mm512_cvtepi32_ps(_mm512_loadu_si512(row.products + i));
  __m512 score = _mm512_fmadd_ps(product, _mm512_loadu_ps(row.key_scales + i), _mm512_loadu_ps(row.key_offsets + i));
  if constexpr (HAS_BIAS) score = _mm512_fmadd_ps(_mm512_loadu_ps(row.key_bias + i), inverse_unit, score);
  return score;
}

// Makes all scores and returns the largest of those of keys.
template <bool HAS_BIAS>
float make_scores(const Int8ScoreRow& in, float inverse_unit, float* scores) {
  const Int8ScoreRow row = in;  // so that the compiler knows that no store changes it
  const __m512 inverse = _mm512_set1_ps(inverse_unit);
  __m512 max = _mm512_set1_ps(kLowest);
  __m512 more = max;
  size_t i = 0;
  for (; i + 32 <= row.n_keys; i += 32) {
    const __m512 a = score_of<HAS_BIAS>(row, i, inverse);
    const __m512 b = score_of<HAS_BIAS>(row, i + 16, inverse);
    _mm512_store_ps(scores + i, a);
    _mm512_store_ps(scores + i + 16, b);
    max = _mm512_max_ps(max, a);
    more = _mm512_max_ps(more, b);
  }
  for (; i < row.n_keys; i += 16) {
    const __m512 score = score_of<HAS_BIAS>(row, i, inverse);
    _mm512_store_ps(scores + i, score);
    max = _mm512_mask_max_ps(max, valid_lanes(i, row.n_keys), max, score);
  }
  return _mm512_reduce_max_ps(_mm512_max_ps(max, more));
}

// round(255 * 2^distance) by a cubic on [0, 1), relative error 8e-5; distance <= 0 but for rounding.
inline __m512i weight_of(__m512 distance) {
  const __m512 part = _mm512_reduce_ps(distance, _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC);
  __m512 sum = _mm512_set1_ps(255.0f * 0.078024523f);
  sum = _mm512_fmadd_ps(sum, part, _mm512_set1_ps(255.0f * 0.226067155f));
  sum = _mm512_fmadd_ps(sum, part, _mm512_set1_ps(255.0f * 0.695833541f));
  sum = _mm512_fmadd_ps(sum, part, _mm512_set1_ps(255.0f * 0.999925219f));
  return _mm512_cvtps_epi32(_mm512_scalef_ps(sum, distance));
}

// Bytes of 64 weights in their order.
inline __m512i pack(__m512i a, __m512i b, __m512i c, __m512i d) {
  const __m512i order = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
  const __m512i bytes = _mm512_packus_epi16(_mm512_packus_epi32(a, b), _mm512_packus_epi32(c, d));
  return _mm512_permutexvar_epi32(order, bytes);
}

}  // namespace

int32_t int8_softmax_bytes_avx512vnni(const Int8ScoreRow& row, float* scores, size_t n_weights, void* weights) {
  const float unit = score_unit(row.query_scale);
  const float max =
      row.key_bias == nullptr ? make_scores<false>(row, 0, scores) : make_scores<true>(row, 1.0f / unit, scores);
  const __m512 scale = _mm512_set1_ps(unit);
  const __m512 largest = _mm512_set1_ps(max * unit);
  const auto weights_at = [&](size_t i) {
    return weight_of(_mm512_fmsub_ps(_mm512_load_ps(scores + i), scale, largest));
  };
  const __m512i ones = _mm512_set1_epi8(1);
  __m512i total = _mm512_setzero_si512();
  auto* out = static_cast<uint8_t*>(weights);
  size_t i = 0;
  for (; i + 64 <= row.n_keys; i += 64) {
    const __m512i bytes = pack(weights_at(i), weights_at(i + 16), weights_at(i + 32), weights_at(i + 48));
    _mm512_storeu_si512(out + i, bytes);
    total = _mm512_dpbusd_epi32(total, bytes, ones);
  }
  for (; i < n_weights; i += 16) {
    const __mmask16 lanes = valid_lanes(i, row.n_keys);
    const __m512i some = lanes == 0 ? _mm512_setzero_si512() : _mm512_maskz_mov_epi32(lanes, weights_at(i));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(out + i), _mm512_cvtusepi32_epi8(some));
    total = _mm512_add_epi32(total, some);
  }
  return _mm512_reduce_add_epi32(total);
}

}  // namespace v2t::nn
