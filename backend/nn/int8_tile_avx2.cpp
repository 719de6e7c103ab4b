// int8 tiles with AVX2, exact: bytes are widened to 16 bits for VPMADDWD, since VPMADDUBSW would saturate.
#include <immintrin.h>

#include "nn/tile_kernels.h"

namespace v2t::nn {
namespace {

// ROWS x 8 columns: two accumulators per row, each holding 4 columns as two partial sums.
template <size_t ROWS>
void tile_of_8_columns(const uint8_t* a, size_t a_stride, const int8_t* panel, size_t n_groups, int32_t* sums,
                       size_t sums_stride) {
  __m256i low[ROWS];
  __m256i high[ROWS];
  for (size_t row = 0; row < ROWS; ++row) low[row] = high[row] = _mm256_setzero_si256();
  for (size_t group = 0; group < n_groups; ++group, panel += kPanelColumns * 4) {
    const __m256i w_low = _mm256_cvtepi8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(panel)));
    const __m256i w_high = _mm256_cvtepi8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(panel + 16)));
    for (size_t row = 0; row < ROWS; ++row) {
      const __m128i bytes = _mm_loadu_si32(a + row * a_stride + 4 * group);
      const __m256i x = _mm256_broadcastq_epi64(_mm_cvtepu8_epi16(bytes));
      low[row] = _mm256_add_epi32(low[row], _mm256_madd_epi16(x, w_low));
      high[row] = _mm256_add_epi32(high[row], _mm256_madd_epi16(x, w_high));
    }
  }
  for (size_t row = 0; row < ROWS; ++row) {
    // hadd leaves the columns as 0 1, 4 5, 2 3, 6 7.
    const __m256i pairs = _mm256_hadd_epi32(low[row], high[row]);
    const __m256i ordered = _mm256_permute4x64_epi64(pairs, 0xd8);
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(sums + row * sums_stride), ordered);
  }
}

template <size_t ROWS>
void tile(const uint8_t* a, size_t a_stride, const int8_t* panel, size_t n_groups, int32_t* sums, size_t sums_stride) {
  for (size_t column = 0; column < kPanelColumns; column += 8) {
    tile_of_8_columns<ROWS>(a, a_stride, panel + column * 4, n_groups, sums + column, sums_stride);
  }
}

using Tile = void (*)(const uint8_t*, size_t, const int8_t*, size_t, int32_t*, size_t);
constexpr Tile kTiles[] = {tile<1>, tile<2>, tile<3>, tile<4>, tile<5>, tile<6>};

}  // namespace

void int8_tile_avx2(size_t n_rows, const uint8_t* a, size_t a_stride, const int8_t* panel, size_t n_groups,
                    int32_t* sums, size_t sums_stride) {
  kTiles[n_rows - 1](a, a_stride, panel, n_groups, sums, sums_stride);
}

}  // namespace v2t::nn
