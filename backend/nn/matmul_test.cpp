// Packed matrix products of every instruction set against plain loops.
#include "nn/matmul.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <thread>
#include <vector>

#include "nn/testing/kernels.h"
#include "nn/testing/random.h"

namespace v2t::nn {
namespace {

using testing::Random;
using testing::relative_error;

class MatmulTest : public ::testing::TestWithParam<InstructionSet> {
 protected:
  TileKernels kernels_ = tile_kernels(GetParam());
  Random random_{4};
  Arena arena_{1 << 16};
};

struct Problem {
  size_t n_rows, n_outputs, n_inputs;
  Buffer<float> x, w, bias;
  std::vector<float> expected;

  Problem(Random& random, size_t rows, size_t outputs, size_t inputs)
      : n_rows(rows),
        n_outputs(outputs),
        n_inputs(inputs),
        x(random.normals(rows * inputs)),
        w(random.normals(outputs * inputs, 0.1f)),
        bias(random.normals(outputs)),
        expected(rows * outputs) {
    for (size_t i = 0; i < expected.size(); ++i) {
      double sum = bias[i % outputs];
      for (size_t k = 0; k < inputs; ++k)
        sum += static_cast<double>(x[i / outputs * inputs + k]) * w[i % outputs * inputs + k];
      expected[i] = static_cast<float>(sum);
    }
  }
  RowReader reader() const {
    return [this](size_t output, std::span<float> row) {
      std::copy_n(w.data() + output * n_inputs, n_inputs, row.data());
    };
  }
};

struct Quantised {
  std::vector<std::byte> memory;
  std::vector<float> scales;
  size_t stride;

  Quantised(const TileKernels& kernels, const Problem& problem)
      : scales(problem.n_rows), stride(problem.n_inputs * size_of(kernels.activations)) {
    memory.resize(problem.n_rows * stride);
    for (size_t row = 0; row < problem.n_rows; ++row) {
      scales[row] = quantise_row(kernels.activations, problem.x.data() + row * problem.n_inputs, problem.n_inputs,
                                 memory.data() + row * stride);
    }
  }
  QuantisedRows rows(size_t first = 0) const { return {memory.data() + first * stride, stride, scales.data() + first}; }
};

TEST_P(MatmulTest, Int8ProductsAreCloseToFloatProductsForOddSizes) {
  for (const size_t n_rows : {1, 5, 8, 13}) {
    for (const size_t n_outputs : {64, 100, 192}) {
      const Problem problem(random_, n_rows, n_outputs, 144);
      const Int8Weights weights = pack_int8(arena_, kernels_.activations, n_outputs, 144, problem.reader(),
                                            std::span(problem.bias.data(), n_outputs));
      const Quantised x(kernels_, problem);
      const size_t stride = weights.n_panels() * 64;
      std::vector<float> padded(n_rows * stride);
      matmul(kernels_, x.rows(), n_rows, weights, 0, weights.n_panels(),
             {.out_f32 = padded.data(), .out_stride = stride});
      std::vector<float> out;
      for (size_t row = 0; row < n_rows; ++row) {
        out.insert(out.end(), padded.begin() + static_cast<ptrdiff_t>(row * stride),
                   padded.begin() + static_cast<ptrdiff_t>(row * stride + n_outputs));
      }
      EXPECT_LT(relative_error(out, problem.expected), 0.02);
    }
  }
}

TEST_P(MatmulTest, EveryInstructionSetWithTheSameActivationsGivesTheSameBits) {
  const Problem problem(random_, 7, 128, 512);
  const Int8Weights weights =
      pack_int8(arena_, kernels_.activations, 128, 512, problem.reader(), std::span(problem.bias.data(), 128));
  const Quantised x(kernels_, problem);
  std::vector<float> out(7 * 128);
  matmul(kernels_, x.rows(), 7, weights, 0, 2, {.out_f32 = out.data(), .out_stride = 128});
  for (const TileKernels& other : testing::all_kernels()) {
    if (other.activations != kernels_.activations) continue;
    std::vector<float> again(7 * 128);
    matmul(other, x.rows(), 7, weights, 0, 2, {.out_f32 = again.data(), .out_stride = 128});
    EXPECT_EQ(out, again);
  }
}

TEST_P(MatmulTest, ARowDoesNotDependOnTheOthersNorOnTheSplitIntoPanels) {
  const Problem problem(random_, 11, 192, 64);
  const Int8Weights weights =
      pack_int8(arena_, kernels_.activations, 192, 64, problem.reader(), std::span(problem.bias.data(), 192));
  const Quantised x(kernels_, problem);
  std::vector<float> together(11 * 192);
  matmul(kernels_, x.rows(), 11, weights, 0, 3, {.out_f32 = together.data(), .out_stride = 192});
  std::vector<float> alone(11 * 192);
  for (size_t row = 0; row < 11; ++row) {
    for (size_t panel = 0; panel < 3; ++panel) {
      matmul(kernels_, x.rows(row), 1, weights, panel, panel + 1,
             {.out_f32 = alone.data() + row * 192 + panel * 64, .out_stride = 192});
    }
  }
  EXPECT_EQ(together, alone);
}

TEST_P(MatmulTest, TheResidualIsAddedInPlace) {
  const Problem problem(random_, 9, 64, 64);
  const Int8Weights weights = pack_int8(arena_, kernels_.activations, 64, 64, problem.reader(), {});
  const Quantised x(kernels_, problem);
  std::vector<float> plain(9 * 64);
  std::vector<float> residual(9 * 64, 10.0f);
  matmul(kernels_, x.rows(), 9, weights, 0, 1, {.out_f32 = plain.data(), .out_stride = 64});
  matmul(kernels_, x.rows(), 9, weights, 0, 1,
         {.addend = residual.data(), .out_f32 = residual.data(), .out_stride = 64});
  for (size_t i = 0; i < plain.size(); ++i) ASSERT_EQ(residual[i], plain[i] + 10.0f);
}

INSTANTIATE_TEST_SUITE_P(AllInstructionSets, MatmulTest, ::testing::ValuesIn(available_instruction_sets()),
                         [](const auto& test) { return std::string(instruction_set_name(test.param)); });

TEST(PackInt8, RowsComeBackWithinHalfAStep) {
  Random random(5);
  Arena arena;
  const Problem problem(random, 1, 70, 48);
  for (const Activations activations : {Activations::kBytes, Activations::kWords}) {
    const Int8Weights weights = pack_int8(arena, activations, 70, 48, problem.reader(), {});
    std::vector<float> row(48);
    for (size_t i = 0; i < 70 * 48; ++i) {
      unpack_row(weights, i / 48, row.data());
      ASSERT_NEAR(row[i % 48], problem.w[i], 0.501f * weights.scales[i / 48]);
    }
  }
}

TEST(PackInt8, ScaledOutputsAreScaledWithTheirBias) {
  Random random(6);
  Arena arena;
  const Problem problem(random, 1, 64, 32);
  Int8Weights weights =
      pack_int8(arena, Activations::kBytes, 64, 32, problem.reader(), std::span(problem.bias.data(), 64));
  const float scale = weights.scales[10];
  scale_outputs(weights, 10, 20, 0.5f);
  EXPECT_EQ(weights.scales[10], 0.5f * scale);
  EXPECT_EQ(weights.bias[19], 0.5f * problem.bias[19]);
  EXPECT_EQ(weights.bias[20], problem.bias[20]);
}

}  // namespace
}  // namespace v2t::nn
