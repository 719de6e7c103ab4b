// int8 tiles with VPDPBUSD: 4 products and their sum per lane and instruction, exact in 32 bits.
#include "nn/tile_asm.h"
#include "nn/tile_kernels.h"

namespace v2t::nn {
namespace {

using Tile = void (*)(const void* a, size_t lda, const void* b, size_t groups, void* c, size_t ldc);
V2T_TILES(kInt8, "vpdpbusd")

}  // namespace

void int8_tile_avx512vnni(size_t n_rows, const void* a, size_t a_stride, const int8_t* panel, size_t n_groups,
                          int32_t* sums, size_t sums_stride) {
  kInt8[n_rows - 1](a, a_stride, panel, n_groups, sums, sums_stride * sizeof(int32_t));
}

}  // namespace v2t::nn
