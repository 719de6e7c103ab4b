// Matrix products with packed int8 weights: a scale per row of activations and per column. Results of a row do not
// depend on the other rows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>

#include "nn/buffer.h"
#include "nn/rows.h"
#include "nn/tile_kernels.h"

namespace v2t::nn {

// Weights of y = x W^T + bias in panels of 64 outputs, which lie as the activations ask. Views into an arena.
struct Int8Weights {
  Activations activations = Activations::kWords;
  size_t n_inputs = 0;
  size_t n_outputs = 0;
  std::span<int8_t> panels;
  std::span<float> scales;          // [n_panels() * 64]; beyond n_outputs everything is 0
  std::span<float> bias;            // the same size
  std::span<int32_t> compensation;  // the activations' offset times the sum of a column's weights

  size_t n_panels() const { return (n_outputs + kPanelColumns - 1) / kPanelColumns; }
};

// Gives row `output` of W, n_inputs floats.
using RowReader = std::function<void(size_t output, std::span<float> row)>;
// Gives a row that is quantised already: value = returned scale * row.
using Int8RowReader = std::function<float(size_t output, std::span<int8_t> row)>;

// Room for weights, which hold what the arena's memory holds. n_inputs: a multiple of 16, at most 65536.
Int8Weights allocate_int8(Arena& arena, Activations activations, size_t n_outputs, size_t n_inputs);
// bias: n_outputs floats, or empty for none.
Int8Weights pack_int8(Arena& arena, Activations activations, size_t n_outputs, size_t n_inputs, const RowReader& read,
                      std::span<const float> bias);
Int8Weights pack_int8_rows(Arena& arena, Activations activations, size_t n_outputs, size_t n_inputs,
                           const Int8RowReader& read, std::span<const float> bias);
// Multiplies outputs [first, last) by a factor, bias included.
void scale_outputs(Int8Weights& weights, size_t first, size_t last, float factor);
// Row `output` of W as floats again: n_inputs of them.
void unpack_row(const Int8Weights& weights, size_t output, float* row);

// Quantised activations: row r at data + r * stride bytes.
struct QuantisedRows {
  const std::byte* data = nullptr;
  size_t stride = 0;
  const float* scales = nullptr;
};

// finish gets rows [0, n_rows) and columns [0, 64 * (last_panel - first_panel)), column 0 being the first of
// first_panel; panels lie finish.panel_stride apart.
void matmul(const TileKernels& kernels, const QuantisedRows& rows, size_t n_rows, const Int8Weights& weights,
            size_t first_panel, size_t last_panel, const Finish& finish);

}  // namespace v2t::nn
