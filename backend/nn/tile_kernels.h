// The innermost matrix products: up to 6 rows times one panel of 64 columns, one function per instruction set.
#pragma once

#include <cstddef>
#include <cstdint>

#include "nn/cpu.h"
#include "nn/int8_softmax.h"

namespace v2t::nn {

inline constexpr size_t kPanelColumns = 64;
inline constexpr size_t kTileRows = 6;  // 6 x 64 sums fill 24 of AVX-512's 32 registers

// What meets the 8-bit weights of a product, and how the weights' panels lie for it.
enum class Activations : uint8_t {
  kBytes,  // 8 bits, unsigned with an offset of 128: VPDPBUSD. A panel is [n_groups][64 columns][4].
  kWords,  // 12 bits in signed 16: VPMADDWD, as fast as anything exact without a dot product of bytes, and 4 bits
           // finer. A panel is [8 blocks][n_groups][8 columns][4], so that the lines of a block lie together.
};

inline size_t size_of(Activations activations) { return activations == Activations::kBytes ? 1 : 2; }
inline int32_t zero_of(Activations activations) { return activations == Activations::kBytes ? 128 : 0; }
inline size_t block_columns(Activations activations) { return activations == Activations::kBytes ? 64 : 8; }
// The largest word: sums of `size` products with bytes stay within 31 bits.
inline int32_t word_peak(size_t size) {
  return static_cast<int32_t>(size <= 8192 ? 2047 : (size_t{1} << 24) / size - 1);
}
// Byte k = 4 * group + i of a column lies at column_offset() + group * 4 * block_columns() + i of its panel.
inline size_t column_offset(Activations activations, size_t n_groups, size_t column) {
  const size_t block = block_columns(activations);
  return column / block * block * 4 * n_groups + column % block * 4;
}

// sums[r][c] = sum over k of a[r][k] * b[k][c]; r in [0, n_rows), n_rows in [1, 6], c in [0, 64). a: the kernel's kind
// of activations, rows a_stride bytes apart. k = 4 * group + i; the panel is aligned to 64 bytes. Exact: no saturation
// for any bytes, nor for words within word_peak(). sums_stride in elements; sums are aligned to 64 bytes and so is
// their stride.
using Int8Tile = void (*)(size_t n_rows, const void* a, size_t a_stride, const int8_t* panel, size_t n_groups,
                          int32_t* sums, size_t sums_stride);
struct TileKernels {
  Activations activations = Activations::kWords;
  Int8Tile int8 = nullptr;
  Int8Tile sparse_int8 = nullptr;  // the same sums; faster where groups of 4 activations are zero in all rows
  Int8Softmax softmax;
};

TileKernels tile_kernels(InstructionSet set);

// One per file of one instruction set; call only where the processor has it.
void int8_tile_portable(size_t n_rows, const void* a, size_t a_stride, const int8_t* panel, size_t n_groups,
                        int32_t* sums, size_t sums_stride);
void int8_tile_avx2(size_t n_rows, const void* a, size_t a_stride, const int8_t* panel, size_t n_groups, int32_t* sums,
                    size_t sums_stride);
void int8_sparse_tile_avx2(size_t n_rows, const void* a, size_t a_stride, const int8_t* panel, size_t n_groups,
                           int32_t* sums, size_t sums_stride);
void int8_tile_avx512vnni(size_t n_rows, const void* a, size_t a_stride, const int8_t* panel, size_t n_groups,
                          int32_t* sums, size_t sums_stride);
void int8_sparse_tile_avx512vnni(size_t n_rows, const void* a, size_t a_stride, const int8_t* panel, size_t n_groups,
                                 int32_t* sums, size_t sums_stride);

}  // namespace v2t::nn
