// The kernels that tests try: those of this machine, and plain ones of bytes, so that what stands around VPDPBUSD is
// tested on processors without it.
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include "nn/tile_kernels.h"

namespace v2t::nn::testing {

inline void plain_byte_tile(size_t n_rows, const void* a, size_t a_stride, const int8_t* panel, size_t n_groups,
                            int32_t* sums, size_t sums_stride) {
  for (size_t i = 0; i < n_rows * kPanelColumns; ++i) {
    const size_t row = i / kPanelColumns;
    const size_t column = i % kPanelColumns;
    const auto* x = static_cast<const uint8_t*>(a) + row * a_stride;
    int32_t sum = 0;
    for (size_t k = 0; k < 4 * n_groups; ++k) sum += x[k] * panel[(k / 4 * kPanelColumns + column) * 4 + k % 4];
    sums[row * sums_stride + column] = sum;
  }
}

// Scores are floats.
inline void plain_scores(const Int8ScoreTile& tile, std::byte* scores, size_t stride) {
  int32_t products[kTileRows * 64];
  plain_byte_tile(tile.n_queries, tile.queries, 64, tile.keys, 16, products, 64);
  for (size_t i = 0; i < tile.n_queries * 64; ++i) {
    const size_t key = i % 64;
    const float unscaled = static_cast<float>(products[i]) * tile.key_scales[key] + tile.key_offsets[key];
    reinterpret_cast<float*>(scores + i / 64 * stride)[key] = unscaled * tile.query_scales[i / 64] + tile.key_bias[key];
  }
}

inline int32_t plain_byte_weights(const std::byte* row, size_t n_keys, size_t n_weights, void* weights) {
  const auto* scores = reinterpret_cast<const float*>(row);
  const float max = *std::max_element(scores, scores + n_keys);
  int32_t total = 0;
  for (size_t i = 0; i < n_weights; ++i) {
    const int weight = i < n_keys ? static_cast<int>(std::lround(255 * std::exp2(scores[i] - max))) : 0;
    static_cast<uint8_t*>(weights)[i] = static_cast<uint8_t>(weight);
    total += weight;
  }
  return total;
}

inline std::vector<TileKernels> all_kernels() {
  std::vector<TileKernels> kernels{{Activations::kBytes,
                                    plain_byte_tile,
                                    plain_byte_tile,
                                    {sizeof(float), 1, plain_scores, plain_byte_weights, read_float_scores}}};
  for (const InstructionSet set : available_instruction_sets()) kernels.push_back(tile_kernels(set));
  return kernels;
}

}  // namespace v2t::nn::testing
