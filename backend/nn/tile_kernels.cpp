// Choice of the tile kernels, and the portable one.
#include "nn/tile_kernels.h"

#include <cstring>

namespace v2t::nn {

TileKernels tile_kernels(InstructionSet set) {
#if defined(__x86_64__)
  switch (set) {
    case InstructionSet::kPortable:
      break;
    case InstructionSet::kAvx2:
      return {int8_tile_avx2, nullptr};
    case InstructionSet::kAvx512Vnni:
      return {int8_tile_avx512vnni, nullptr};
    case InstructionSet::kAvx512Bf16:
      return {int8_tile_avx512vnni, bf16_tile_avx512bf16};
  }
#else
  (void)set;
#endif
  return {int8_tile_portable, nullptr};
}

void int8_tile_portable(size_t n_rows, const uint8_t* a, size_t a_stride, const int8_t* panel, size_t n_groups,
                        int32_t* sums, size_t sums_stride) {
  for (size_t row = 0; row < n_rows; ++row) {
    int32_t total[kPanelColumns] = {};
    for (size_t group = 0; group < n_groups; ++group) {
      const uint8_t* x = a + row * a_stride + 4 * group;
      const int8_t* w = panel + group * kPanelColumns * 4;
      for (size_t column = 0; column < kPanelColumns; ++column, w += 4) {
        total[column] += x[0] * w[0] + x[1] * w[1] + x[2] * w[2] + x[3] * w[3];
      }
    }
    std::memcpy(sums + row * sums_stride, total, sizeof(total));
  }
}

}  // namespace v2t::nn
