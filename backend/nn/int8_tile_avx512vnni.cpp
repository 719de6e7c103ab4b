// int8 tiles with VPDPBUSD: 4 products and their sum per lane and instruction, exact in 32 bits.
// g++ 12 takes the deliberately undefined operands of its own intrinsics for mistakes (GCC bug 105593).
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#include <immintrin.h>

#include <cstring>

#include "nn/tile_asm.h"
#include "nn/tile_kernels.h"

namespace v2t::nn {
namespace {

using Tile = void (*)(const void* a, size_t lda, const void* b, size_t groups, void* c, size_t ldc);
using ListedTile = void (*)(const void* a, size_t lda, const void* b, const uint32_t* offsets, size_t groups, void* c,
                            size_t ldc);
V2T_TILES(V2T_TILE, kInt8, "vpdpbusd", Tile)
V2T_TILES(V2T_LISTED_TILE, kListed, "vpdpbusd", ListedTile)

constexpr size_t kMostListed = 1024;
constexpr size_t kLanes = 16;

// Lists the groups of 4 bytes that are not zero in all rows, by their offset in a row; returns how many they are.
size_t list_groups(size_t n_rows, const std::byte* a, size_t a_stride, size_t n_groups, uint32_t* offsets) {
  __m512i offset = _mm512_setr_epi32(0, 4, 8, 12, 16, 20, 24, 28, 32, 36, 40, 44, 48, 52, 56, 60);
  size_t n_listed = 0;
  for (size_t group = 0; group < n_groups; group += kLanes, a += 4 * kLanes) {
    const size_t n = n_groups - group;
    const __mmask16 lanes = n >= kLanes ? 0xffff : static_cast<__mmask16>((1u << n) - 1);
    __m512i any = _mm512_maskz_loadu_epi32(lanes, a);
    for (size_t row = 1; row < n_rows; ++row) {
      any = _mm512_or_si512(any, _mm512_maskz_loadu_epi32(lanes, a + row * a_stride));
    }
    const __mmask16 found = _mm512_test_epi32_mask(any, any);
    _mm512_storeu_si512(offsets + n_listed, _mm512_maskz_compress_epi32(found, offset));
    n_listed += static_cast<size_t>(__builtin_popcount(found));
    offset = _mm512_add_epi32(offset, _mm512_set1_epi32(4 * kLanes));
  }
  return n_listed;
}

}  // namespace

void int8_tile_avx512vnni(size_t n_rows, const void* a, size_t a_stride, const int8_t* panel, size_t n_groups,
                          int32_t* sums, size_t sums_stride) {
  kInt8[n_rows - 1](a, a_stride, panel, n_groups, sums, sums_stride * sizeof(int32_t));
}

void int8_sparse_tile_avx512vnni(size_t n_rows, const void* a, size_t a_stride, const int8_t* panel, size_t n_groups,
                                 int32_t* sums, size_t sums_stride) {
  if (n_groups > kMostListed) return int8_tile_avx512vnni(n_rows, a, a_stride, panel, n_groups, sums, sums_stride);
  alignas(64) uint32_t offsets[kMostListed + kLanes];
  const size_t n_listed = list_groups(n_rows, static_cast<const std::byte*>(a), a_stride, n_groups, offsets);
  if (n_listed > 0) {
    return kListed[n_rows - 1](a, a_stride, panel, offsets, n_listed, sums, sums_stride * sizeof(int32_t));
  }
  for (size_t row = 0; row < n_rows; ++row) std::memset(sums + row * sums_stride, 0, kPanelColumns * sizeof(int32_t));
}

}  // namespace v2t::nn
