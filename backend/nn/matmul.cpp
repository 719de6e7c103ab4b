// Packing of weights, and the loops over tiles.
#include "nn/matmul.h"

#include <algorithm>
#include <cstring>
#include <numeric>
#include <vector>

#include "base/result.h"

namespace v2t::nn {
namespace {

constexpr size_t kLargestInput = 65536;  // 255 * 127 * 65536 fits 31 bits

// Of the first group of 4 inputs; the others follow 4 * block_columns() bytes apart.
int8_t* column_of(const Int8Weights& weights, size_t output) {
  return weights.panels.data() + output / kPanelColumns * kPanelColumns * weights.n_inputs +
         column_offset(weights.activations, weights.n_inputs / 4, output % kPanelColumns);
}

void put_row(Int8Weights& weights, size_t output, std::span<const int8_t> row, float scale) {
  int8_t* column = column_of(weights, output);
  const size_t step = 4 * block_columns(weights.activations);
  for (size_t k = 0; k < row.size(); k += 4, column += step) std::memcpy(column, row.data() + k, 4);
  weights.scales[output] = scale;
  if (const int32_t zero = zero_of(weights.activations); zero != 0) {
    weights.compensation[output] = zero * std::accumulate(row.begin(), row.end(), 0);
  }
}

// Bytes with an offset of 128 as signed ones, eight at once: the highest bit of each flips.
void take_offset_off(std::span<const uint8_t> bytes, std::span<int8_t> row) {
  for (size_t k = 0; k < bytes.size(); k += 8) {
    uint64_t eight = 0;
    std::memcpy(&eight, bytes.data() + k, 8);
    eight ^= 0x8080808080808080;
    std::memcpy(row.data() + k, &eight, 8);
  }
}

// Asks for the cache lines that a tile will be written to, so that they are there when its sums are. Always inline,
// since g++ takes calls of a function that only prefetches for calls without effect.
[[gnu::always_inline]] inline void prefetch_output(const Finish& tile, size_t n_rows) {
  const bool is_f32 = tile.out_f32 != nullptr;
  const auto* out = is_f32 ? reinterpret_cast<const char*>(tile.out_f32) : reinterpret_cast<const char*>(tile.out_bf16);
  const size_t element = is_f32 ? sizeof(float) : sizeof(Bf16);
  for (size_t row = 0; row < n_rows; ++row, out += tile.out_stride * element) {
    for (size_t at = 0; at < kPanelColumns * element; at += 64) __builtin_prefetch(out + at, 1);
  }
}

}  // namespace

Int8Weights allocate_int8(Arena& arena, Activations activations, size_t n_outputs, size_t n_inputs) {
  CHECK(n_inputs % 16 == 0 && n_inputs > 0 && n_inputs <= kLargestInput);
  Int8Weights weights{.activations = activations, .n_inputs = n_inputs, .n_outputs = n_outputs};
  const size_t n_columns = weights.n_panels() * kPanelColumns;
  weights.panels = arena.allocate<int8_t>(n_columns * n_inputs);
  weights.scales = arena.allocate<float>(n_columns);
  weights.bias = arena.allocate<float>(n_columns);
  weights.compensation = arena.allocate<int32_t>(n_columns);
  return weights;
}

Int8Weights pack_int8_rows(Arena& arena, Activations activations, size_t n_outputs, size_t n_inputs,
                           const Int8RowReader& read, std::span<const float> bias) {
  CHECK(bias.empty() || bias.size() == n_outputs);
  Int8Weights weights = allocate_int8(arena, activations, n_outputs, n_inputs);
  std::ranges::copy(bias, weights.bias.begin());
  std::vector<int8_t> row(n_inputs);
  for (size_t output = 0; output < n_outputs; ++output) {
    const float scale = read(output, row);
    put_row(weights, output, row, scale);
  }
  return weights;
}

Int8Weights pack_int8(Arena& arena, Activations activations, size_t n_outputs, size_t n_inputs, const RowReader& read,
                      std::span<const float> bias) {
  std::vector<float> values(n_inputs);
  std::vector<uint8_t> bytes(n_inputs);
  const auto quantise = [&](size_t output, std::span<int8_t> row) {
    read(output, values);
    const float scale = quantise_row(values.data(), n_inputs, bytes.data());
    take_offset_off(bytes, row);
    return scale;
  };
  return pack_int8_rows(arena, activations, n_outputs, n_inputs, quantise, bias);
}

void scale_outputs(Int8Weights& weights, size_t first, size_t last, float factor) {
  CHECK(first <= last && last <= weights.n_outputs);
  for (size_t output = first; output < last; ++output) {
    weights.scales[output] *= factor;
    weights.bias[output] *= factor;
  }
}

void unpack_row(const Int8Weights& weights, size_t output, float* row) {
  const int8_t* column = column_of(weights, output);
  const size_t step = 4 * block_columns(weights.activations);
  const float scale = weights.scales[output];
  for (size_t k = 0; k < weights.n_inputs; k += 4, column += step) {
    for (size_t i = 0; i < 4; ++i) row[k + i] = scale * static_cast<float>(column[i]);
  }
}

void matmul(const TileKernels& kernels, const QuantisedRows& rows, size_t n_rows, const Int8Weights& weights,
            size_t first_panel, size_t last_panel, const Finish& finish) {
  if (n_rows == 0) return;
  alignas(64) int32_t sums[kTileRows * kPanelColumns];
  // Tiles of near-equal height: 8 rows as 4 + 4 instead of 6 + 2.
  const size_t n_tiles = (n_rows + kTileRows - 1) / kTileRows;
  const size_t height = (n_rows + n_tiles - 1) / n_tiles;
  for (size_t panel = first_panel; panel < last_panel; ++panel) {
    const size_t column = panel * kPanelColumns;
    const size_t out_panel = (panel - first_panel) * finish.panel_stride;
    for (size_t row = 0; row < n_rows; row += height) {
      const size_t n = std::min(height, n_rows - row);
      const Finish tile = moved(finish, row, out_panel);
      prefetch_output(tile, n);
      kernels.int8(n, rows.data + row * rows.stride, rows.stride, weights.panels.data() + column * weights.n_inputs,
                   weights.n_inputs / 4, sums, kPanelColumns);
      finish_int8_tile(sums, n, rows.scales + row, weights.compensation.data() + column, weights.scales.data() + column,
                       weights.bias.data() + column, tile);
    }
  }
}

}  // namespace v2t::nn
