// The innermost matrix products: up to 6 rows times one panel of 64 columns, one function per instruction set.
#pragma once

#include <cstddef>
#include <cstdint>

#include "nn/bf16.h"
#include "nn/cpu.h"

namespace v2t::nn {

inline constexpr size_t kPanelColumns = 64;
inline constexpr size_t kTileRows = 6;  // 6 x 64 sums fill 24 of AVX-512's 32 registers

// sums[r][c] = sum over k of a[r][k] * b[k][c]; r in [0, n_rows), n_rows in [1, 6], c in [0, 64).
// panel: [n_groups][64][4], k = 4 * group + the last index; aligned to 64 bytes. Exact: no saturation for any bytes.
// Strides in elements. sums are aligned to 64 bytes and so is their stride.
using Int8Tile = void (*)(size_t n_rows, const uint8_t* a, size_t a_stride, const int8_t* panel, size_t n_groups,
                          int32_t* sums, size_t sums_stride);
// The same in bfloat16: panel [n_groups][64][2]. Sums of pairs are rounded as VDPBF16PS does.
using Bf16Tile = void (*)(size_t n_rows, const Bf16* a, size_t a_stride, const Bf16* panel, size_t n_groups,
                          float* sums, size_t sums_stride);

struct TileKernels {
  Int8Tile int8 = nullptr;
  Bf16Tile bf16 = nullptr;  // null where the processor has no bfloat16 dot product
};

TileKernels tile_kernels(InstructionSet set);

// One per file of one instruction set; call only where the processor has it.
void int8_tile_portable(size_t n_rows, const uint8_t* a, size_t a_stride, const int8_t* panel, size_t n_groups,
                        int32_t* sums, size_t sums_stride);
void int8_tile_avx2(size_t n_rows, const uint8_t* a, size_t a_stride, const int8_t* panel, size_t n_groups,
                    int32_t* sums, size_t sums_stride);
void int8_tile_avx512vnni(size_t n_rows, const uint8_t* a, size_t a_stride, const int8_t* panel, size_t n_groups,
                          int32_t* sums, size_t sums_stride);
void bf16_tile_avx512bf16(size_t n_rows, const Bf16* a, size_t a_stride, const Bf16* panel, size_t n_groups,
                          float* sums, size_t sums_stride);

}  // namespace v2t::nn
