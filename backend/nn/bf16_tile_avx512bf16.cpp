// bfloat16 tiles with VDPBF16PS.
#include "nn/tile_asm.h"
#include "nn/tile_kernels.h"

namespace v2t::nn {
namespace {

using Tile = void (*)(const void* a, size_t lda, const void* b, size_t groups, void* c, size_t ldc);
V2T_TILES(V2T_TILE, kBf16, "vdpbf16ps", Tile)

}  // namespace

void bf16_tile_avx512bf16(size_t n_rows, const Bf16* a, size_t a_stride, const Bf16* panel, size_t n_groups,
                          float* sums, size_t sums_stride) {
  kBf16[n_rows - 1](a, a_stride * sizeof(Bf16), panel, n_groups, sums, sums_stride * sizeof(float));
}

}  // namespace v2t::nn
