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

inline int32_t plain_byte_softmax(const Int8ScoreRow& row, float* scores, size_t n_weights, void* weights) {
  const float unit = score_unit(row.query_scale);
  float max = -3e38f;
  for (size_t i = 0; i < row.n_keys; ++i) {
    scores[i] = static_cast<float>(row.products[i]) * row.key_scales[i] + row.key_offsets[i];
    if (row.key_bias != nullptr) scores[i] += row.key_bias[i] / unit;
    max = std::max(max, scores[i]);
  }
  int32_t total = 0;
  for (size_t i = 0; i < n_weights; ++i) {
    const int weight = i < row.n_keys ? static_cast<int>(std::lround(255 * std::exp2((scores[i] - max) * unit))) : 0;
    static_cast<uint8_t*>(weights)[i] = static_cast<uint8_t>(weight);
    total += weight;
  }
  return total;
}

inline std::vector<TileKernels> all_kernels() {
  std::vector<TileKernels> kernels{
      {Activations::kBytes, plain_byte_tile, plain_byte_tile, plain_byte_softmax, nullptr}};
  for (const InstructionSet set : available_instruction_sets()) kernels.push_back(tile_kernels(set));
  return kernels;
}

}  // namespace v2t::nn::testing
