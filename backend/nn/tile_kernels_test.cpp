// Every tile kernel of this machine against plain loops.
#include "nn/tile_kernels.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <functional>
#include <vector>

#include "nn/testing/random.h"

namespace v2t::nn {
namespace {

using testing::Random;

class TileKernelsTest : public ::testing::TestWithParam<InstructionSet> {
 protected:
  const TileKernels kernels_ = tile_kernels(GetParam());
};

// Rows of activations of either kind, and their values.
struct Rows {
  std::vector<std::byte> memory;
  std::vector<int32_t> values;
  size_t stride = 0;  // bytes

  Rows(Activations activations, size_t n_rows, size_t size, const std::function<int32_t()>& next)
      : values(n_rows * size), stride((size + 12) * size_of(activations)) {
    memory.resize(n_rows * stride);
    for (size_t i = 0; i < values.size(); ++i) {
      values[i] = next();
      std::byte* at = memory.data() + i / size * stride + i % size * size_of(activations);
      if (activations == Activations::kBytes) *at = static_cast<std::byte>(values[i]);
      const auto word = static_cast<int16_t>(values[i]);
      if (activations == Activations::kWords) std::memcpy(at, &word, sizeof(word));
    }
  }
};

// Of columns [0, 64), exactly those of plain loops.
void check_sums(Int8Tile tile, Activations activations, const Rows& rows, size_t n_rows, size_t groups,
                Random& random) {
  Buffer<int8_t> panel(groups * 256);
  for (size_t i = 0; i < panel.size(); ++i) panel[i] = static_cast<int8_t>(random.integer(-128, 127));
  Buffer<int32_t> sums(n_rows * 128);
  std::fill_n(sums.data(), sums.size(), 1);
  tile(n_rows, rows.memory.data(), rows.stride, panel.data(), groups, sums.data(), 128);
  for (size_t i = 0; i < n_rows * 64; ++i) {
    const int8_t* column = panel.data() + column_offset(activations, groups, i % 64);
    int32_t sum = 0;
    for (size_t k = 0; k < 4 * groups; ++k) {
      sum += rows.values[i / 64 * 4 * groups + k] * column[k / 4 * 4 * block_columns(activations) + k % 4];
    }
    ASSERT_EQ(sums[i / 64 * 128 + i % 64], sum);
  }
}

TEST_P(TileKernelsTest, Int8SumsAreExactForEveryHeightAndOddLengths) {
  Random random(1);
  const bool is_bytes = kernels_.activations == Activations::kBytes;
  for (const size_t groups : {1, 2, 15, 16, 33, 128}) {
    for (size_t n_rows = 1; n_rows <= kTileRows; ++n_rows) {
      const Rows rows(kernels_.activations, n_rows, 4 * groups,
                      [&] { return is_bytes ? random.integer(0, 255) : random.integer(-2047, 2047); });
      check_sums(kernels_.int8, kernels_.activations, rows, n_rows, groups, random);
    }
  }
}

TEST_P(TileKernelsTest, SumsOfMostlyZerosAreExactToo) {
  Random random(3);
  for (const size_t groups : {1, 3, 16, 17, 63, 376, 1025}) {
    for (size_t n_rows = 1; n_rows <= kTileRows; ++n_rows) {
      for (const int kept : {0, 1, 10, 100}) {  // of a hundred
        const Rows rows(kernels_.activations, n_rows, 4 * groups,
                        [&] { return random.integer(0, 99) < kept ? random.integer(1, 255) : 0; });
        check_sums(kernels_.sparse_int8, kernels_.activations, rows, n_rows, groups, random);
      }
    }
  }
}

TEST_P(TileKernelsTest, Int8SumsDoNotSaturateAtTheExtremes) {
  constexpr size_t kGroups = 2048;
  const int32_t most = kernels_.activations == Activations::kBytes ? 255 : word_peak(4 * kGroups);
  const Rows rows(kernels_.activations, 1, 4 * kGroups, [&] { return most; });
  Buffer<int8_t> panel(kGroups * 256);
  std::fill_n(panel.data(), panel.size(), int8_t{-128});
  Buffer<int32_t> sums(64);
  kernels_.int8(1, rows.memory.data(), rows.stride, panel.data(), kGroups, sums.data(), 64);
  for (size_t column = 0; column < 64; ++column) EXPECT_EQ(sums[column], -128 * most * 8192);
}

TEST(TileKernels, WordsAreSmallerWhereMoreAreSummed) {
  EXPECT_EQ(word_peak(8192), 2047);
  for (const int64_t size : {8192, 8193, 30000, 65536}) {
    const int64_t peak = word_peak(static_cast<size_t>(size));
    EXPECT_LT(128 * size * peak, int64_t{1} << 31);
    EXPECT_GT(peak, 127);
  }
}

INSTANTIATE_TEST_SUITE_P(AllInstructionSets, TileKernelsTest, ::testing::ValuesIn(available_instruction_sets()),
                         [](const auto& test) { return std::string(instruction_set_name(test.param)); });

}  // namespace
}  // namespace v2t::nn
