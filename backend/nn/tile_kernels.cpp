// Choice of the tile kernels, and the portable one.
#include "nn/tile_kernels.h"

#include <cstring>

namespace v2t::nn {
namespace {

template <Int8Tile kTile>
void score_words(const Int8ScoreTile& tile, std::byte* scores, size_t stride) {
  alignas(64) int32_t products[kTileRows * kPanelColumns];
  kTile(tile.n_queries, tile.queries, kPanelColumns * sizeof(int16_t), tile.keys, kPanelColumns / 4, products,
        kPanelColumns);
  make_float_scores(products, tile, scores, stride);
}

template <Int8Tile kTile>
constexpr Int8Softmax kSoftmaxOfWords{sizeof(float), 1, score_words<kTile>, weigh_float_scores, read_float_scores};
#if defined(__x86_64__)
constexpr Int8Softmax kSoftmaxOfBytes{sizeof(int16_t), kScorePoints, make_scores_avx512vnni, weigh_avx512vnni,
                                      read_scores_avx512vnni};
#endif

}  // namespace

TileKernels tile_kernels(InstructionSet set) {
#if defined(__x86_64__)
  switch (set) {
    case InstructionSet::kPortable:
      break;
    case InstructionSet::kAvx2:
      return {Activations::kWords, int8_tile_avx2, int8_sparse_tile_avx2, kSoftmaxOfWords<int8_tile_avx2>};
    case InstructionSet::kAvx512Vnni:
      return {Activations::kBytes, int8_tile_avx512vnni, int8_sparse_tile_avx512vnni, kSoftmaxOfBytes};
  }
#else
  (void)set;
#endif
  return {Activations::kWords, int8_tile_portable, int8_tile_portable, kSoftmaxOfWords<int8_tile_portable>};
}

void int8_tile_portable(size_t n_rows, const void* a, size_t a_stride, const int8_t* panel, size_t n_groups,
                        int32_t* sums, size_t sums_stride) {
  constexpr size_t kColumns = 8;
  for (size_t first = 0; first < kPanelColumns; first += kColumns, panel += n_groups * 4 * kColumns) {
    for (size_t row = 0; row < n_rows; ++row) {
      const auto* x = reinterpret_cast<const int16_t*>(static_cast<const std::byte*>(a) + row * a_stride);
      int32_t total[kColumns] = {};
      for (size_t group = 0; group < n_groups; ++group, x += 4) {
        const int8_t* w = panel + group * 4 * kColumns;
        for (size_t column = 0; column < kColumns; ++column, w += 4) {
          total[column] += x[0] * w[0] + x[1] * w[1] + x[2] * w[2] + x[3] * w[3];
        }
      }
      std::memcpy(sums + row * sums_stride + first, total, sizeof(total));
    }
  }
}

}  // namespace v2t::nn
