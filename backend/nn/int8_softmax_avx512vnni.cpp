// Softmax of integer attention with AVX-512: scores in 16 bits, weights as bytes, so that an instruction works on 32
// keys. Scores lie in the order that VPACKSSDW leaves: in_order() undoes it.
// g++ 12 takes the deliberately undefined operands of its own intrinsics for mistakes (GCC bug 105593).
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#include <immintrin.h>

#include "nn/int8_softmax.h"

namespace v2t::nn {
namespace {

constexpr int kPointBits = 6;  // of kScorePoints
constexpr size_t kBlock = 64;  // keys

// round(255 * 256 * 2^(-i / 64))
struct Powers {
  alignas(64) uint16_t of[64] = {};
  constexpr Powers() {
    double power = 255 * 256;
    for (uint16_t& rounded : of) {
      rounded = static_cast<uint16_t>(power + 0.5);
      power *= 0.98922801319397548;  // 2^(-1 / 64)
    }
  }
};
constexpr Powers kPowers;

inline __m512i in_order(__m512i scores) {
  return _mm512_permutexvar_epi64(_mm512_setr_epi64(0, 2, 4, 6, 1, 3, 5, 7), scores);
}

// The first n bits, n <= 64.
inline uint64_t first_bits(size_t n) { return n >= 64 ? ~uint64_t{0} : (uint64_t{1} << n) - 1; }

inline int16_t largest_of(__m512i words) {
  const __m256i half = _mm256_max_epi16(_mm512_castsi512_si256(words), _mm512_extracti64x4_epi64(words, 1));
  const __m128i quarter = _mm_max_epi16(_mm256_castsi256_si128(half), _mm256_extracti128_si256(half, 1));
  const __m128i flip = _mm_set1_epi16(0x7fff);  // the largest becomes the smallest without a sign
  const __m128i smallest = _mm_minpos_epu16(_mm_xor_si128(quarter, flip));
  return static_cast<int16_t>(_mm_cvtsi128_si32(smallest) ^ 0x7fff);
}

int16_t largest_score(const std::byte* scores, size_t n_keys) {
  __m512i max = _mm512_set1_epi16(INT16_MIN);
  __m512i more = max;
  size_t key = 0;
  for (; key + kBlock <= n_keys; key += kBlock, scores += 2 * kBlock) {
    max = _mm512_max_epi16(max, _mm512_load_si512(scores));
    more = _mm512_max_epi16(more, _mm512_load_si512(scores + 64));
  }
  if (key < n_keys) {
    const uint64_t lanes = first_bits(n_keys - key);
    const __m512i low = in_order(_mm512_load_si512(scores));
    const __m512i high = in_order(_mm512_load_si512(scores + 64));
    max = _mm512_mask_max_epi16(max, static_cast<__mmask32>(lanes), max, low);
    more = _mm512_mask_max_epi16(more, static_cast<__mmask32>(lanes >> 32), more, high);
  }
  return largest_of(_mm512_max_epi16(max, more));
}

// round(255 * 2^(score - largest)) as words: the power of the fraction, shifted by the whole part.
inline __m512i weights_of(__m512i scores, __m512i largest) {
  const __m512i distance = _mm512_subs_epi16(largest, scores);
  const __m512i power =
      _mm512_permutex2var_epi16(_mm512_load_si512(kPowers.of), distance, _mm512_load_si512(kPowers.of + 32));
  const __m512i shift = _mm512_add_epi16(_mm512_srli_epi16(distance, kPointBits), _mm512_set1_epi16(7));
  return _mm512_avg_epu16(_mm512_srlv_epi16(power, shift), _mm512_setzero_si512());  // the last bit rounds
}

inline __m512i bytes_at(const std::byte* scores, __m512i largest) {
  const __m512i bytes = _mm512_packus_epi16(weights_of(_mm512_load_si512(scores), largest),
                                            weights_of(_mm512_load_si512(scores + 64), largest));
  return _mm512_permutexvar_epi32(_mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15), bytes);
}

}  // namespace

int32_t weigh_avx512vnni(const std::byte* scores, size_t n_keys, size_t n_weights, void* weights) {
  const __m512i largest = _mm512_set1_epi16(largest_score(scores, n_keys));
  const __m512i ones = _mm512_set1_epi8(1);
  __m512i total = _mm512_setzero_si512();
  auto* out = static_cast<std::byte*>(weights);
  size_t key = 0;
  for (; key + kBlock <= n_keys; key += kBlock, scores += 2 * kBlock) {
    const __m512i bytes = bytes_at(scores, largest);
    _mm512_storeu_si512(out + key, bytes);
    total = _mm512_dpbusd_epi32(total, bytes, ones);
  }
  if (key < n_weights) {
    const __m512i bytes = _mm512_maskz_mov_epi8(first_bits(n_keys - key), bytes_at(scores, largest));
    _mm512_mask_storeu_epi8(out + key, first_bits(n_weights - key), bytes);
    total = _mm512_dpbusd_epi32(total, bytes, ones);
  }
  return _mm512_reduce_add_epi32(total);
}

void read_scores_avx512vnni(const std::byte* scores, size_t n_keys, float* out) {
  const __m512 unit = _mm512_set1_ps(1 / kScorePoints);
  for (size_t key = 0; key < n_keys; key += 32, scores += 64) {
    const uint64_t lanes = first_bits(n_keys - key);
    const __m512i words = in_order(_mm512_load_si512(scores));
    const __m512i low = _mm512_cvtepi16_epi32(_mm512_castsi512_si256(words));
    const __m512i high = _mm512_cvtepi16_epi32(_mm512_extracti64x4_epi64(words, 1));
    _mm512_mask_storeu_ps(out + key, static_cast<__mmask16>(lanes), _mm512_mul_ps(_mm512_cvtepi32_ps(low), unit));
    _mm512_mask_storeu_ps(out + key + 16, static_cast<__mmask16>(lanes >> 16),
                          _mm512_mul_ps(_mm512_cvtepi32_ps(high), unit));
  }
}

}  // namespace v2t::nn
