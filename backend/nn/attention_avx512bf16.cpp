// Attention of many queries with AVX512-BF16: 6 queries against all keys, so that the row maximum is exact and
// nothing is rescaled; scores stay in the L2 cache.
// g++ 12 takes the deliberately undefined operands of its own intrinsics for mistakes (GCC bug 105593).
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#include <immintrin.h>

#include "nn/attention.h"

namespace v2t::nn {
namespace {

// 2^x by a cubic on [-0.5, 0.5], relative error 1e-4: the result is rounded to 8 bits.
inline __m512 exp2_coarse(__m512 x) {
  const __m512 clamped = _mm512_max_ps(x, _mm512_set1_ps(-126.0f));
  const __m512 whole = _mm512_roundscale_ps(clamped, 8);
  const __m512 part = _mm512_sub_ps(clamped, whole);
  __m512 sum = _mm512_set1_ps(0.05517167f);
  sum = _mm512_fmadd_ps(sum, part, _mm512_set1_ps(0.24261112f));
  sum = _mm512_fmadd_ps(sum, part, _mm512_set1_ps(0.69326099f));
  sum = _mm512_fmadd_ps(sum, part, _mm512_set1_ps(0.99992807f));
  return _mm512_scalef_ps(sum, whole);
}

// Lanes of the vector at key i that hold keys.
inline __mmask16 valid_lanes(size_t i, size_t n_keys) {
  if (i + 16 <= n_keys) return 0xffff;
  return i >= n_keys ? 0 : static_cast<__mmask16>((1u << (n_keys - i)) - 1);
}

// Adds the bias to 64 * n scores in place and returns their maximum.
float add_bias_and_find_max(float* scores, const float* bias, size_t n_keys, size_t n_padded) {
  const __m512 lowest = _mm512_set1_ps(-3e38f);
  __m512 max[4] = {lowest, lowest, lowest, lowest};
  const size_t whole = bias == nullptr ? n_keys / 64 * 64 : 0;
  for (size_t i = 0; i < whole; i += 64) {
    for (size_t j = 0; j < 4; ++j) max[j] = _mm512_max_ps(max[j], _mm512_load_ps(scores + i + 16 * j));
  }
  for (size_t i = whole; i < n_padded; i += 16) {
    __m512 score = _mm512_load_ps(scores + i);
    if (bias != nullptr) {
      score = _mm512_add_ps(score, _mm512_load_ps(bias + i));
      _mm512_store_ps(scores + i, score);
    }
    const size_t j = i / 16 % 4;
    max[j] = _mm512_mask_max_ps(max[j], valid_lanes(i, n_keys), max[j], score);
  }
  return _mm512_reduce_max_ps(_mm512_max_ps(_mm512_max_ps(max[0], max[1]), _mm512_max_ps(max[2], max[3])));
}

inline __m512 power_to(const float* score, __m512 max, __mmask16 lanes, Bf16* out) {
  const __m512 power = _mm512_maskz_mov_ps(lanes, exp2_coarse(_mm512_sub_ps(_mm512_load_ps(score), max)));
  _mm256_store_si256(reinterpret_cast<__m256i*>(out), reinterpret_cast<__m256i>(_mm512_cvtneps_pbh(power)));
  return power;
}

// out = 2^(scores - max) in bfloat16, 0 from n_keys on; returns the sum.
float exponentiate(const float* scores, float max, size_t n_keys, size_t n_padded, Bf16* out) {
  const __m512 largest = _mm512_set1_ps(max);
  __m512 sum[4] = {};
  const size_t whole = n_keys / 64 * 64;
  for (size_t i = 0; i < whole; i += 64) {
    for (size_t j = 0; j < 4; ++j) {
      sum[j] = _mm512_add_ps(sum[j], power_to(scores + i + 16 * j, largest, 0xffff, out + i + 16 * j));
    }
  }
  for (size_t i = whole; i < n_padded; i += 16) {
    sum[0] = _mm512_add_ps(sum[0], power_to(scores + i, largest, valid_lanes(i, n_keys), out + i));
  }
  return _mm512_reduce_add_ps(_mm512_add_ps(_mm512_add_ps(sum[0], sum[1]), _mm512_add_ps(sum[2], sum[3])));
}

}  // namespace

size_t bf16_attention_scratch(size_t n_keys) {
  return kTileRows * (padded_keys(n_keys) + padded_keys(n_keys) / 2 + kHeadSize);
}

void attend_avx512bf16(const Bf16Attention& attention, std::span<float> scratch) {
  const size_t n_padded = padded_keys(attention.n_keys);
  float* scores = scratch.data();
  float* sums = scores + kTileRows * n_padded;
  Bf16* powers = reinterpret_cast<Bf16*>(sums + kTileRows * kHeadSize);
  for (size_t first = 0; first < attention.n_queries; first += kTileRows) {
    const size_t left = attention.n_queries - first;
    const size_t n = left < kTileRows ? left : kTileRows;
    const Bf16* queries = attention.queries + first * attention.query_stride;
    for (size_t key = 0; key < n_padded; key += 64) {
      bf16_tile_avx512bf16(n, queries, attention.query_stride, attention.keys + key * kHeadSize, kHeadSize / 2,
                           scores + key, n_padded);
    }
    float factors[kTileRows];
    for (size_t q = 0; q < n; ++q) {
      float* row = scores + q * n_padded;
      const float max = add_bias_and_find_max(row, attention.key_bias, attention.n_keys, n_padded);
      factors[q] = 1.0f / exponentiate(row, max, attention.n_keys, n_padded, powers + q * n_padded);
    }
    bf16_tile_avx512bf16(n, powers, n_padded, attention.values, n_padded / 2, sums, kHeadSize);
    for (size_t q = 0; q < n; ++q) {
      float* out = attention.out + (first + q) * attention.out_stride;
      const __m512 factor = _mm512_set1_ps(factors[q]);
      for (size_t d = 0; d < kHeadSize; d += 16) {
        _mm512_storeu_ps(out + d, _mm512_mul_ps(_mm512_load_ps(sums + q * kHeadSize + d), factor));
      }
    }
  }
}

}  // namespace v2t::nn
