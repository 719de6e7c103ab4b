// Every tile kernel of this machine against plain loops.
#include "nn/tile_kernels.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "nn/testing/random.h"

namespace v2t::nn {
namespace {

using testing::Random;

class TileKernelsTest : public ::testing::TestWithParam<InstructionSet> {};

int32_t exact_sum(const std::vector<uint8_t>& a, size_t stride, const Buffer<int8_t>& panel, size_t groups, size_t row,
                  size_t column) {
  int32_t sum = 0;
  for (size_t k = 0; k < 4 * groups; ++k) sum += a[row * stride + k] * panel[(k / 4 * 64 + column) * 4 + k % 4];
  return sum;
}

TEST_P(TileKernelsTest, Int8SumsAreExactForEveryHeightAndOddLengths) {
  Random random(1);
  const Int8Tile tile = tile_kernels(GetParam()).int8;
  for (const size_t groups : {1, 2, 15, 16, 33, 128}) {
    for (size_t rows = 1; rows <= kTileRows; ++rows) {
      const size_t stride = 4 * groups + 12;
      std::vector<uint8_t> a(rows * stride);
      std::ranges::generate(a, [&] { return static_cast<uint8_t>(random.integer(0, 255)); });
      Buffer<int8_t> panel(groups * 256);
      for (size_t i = 0; i < panel.size(); ++i) panel[i] = static_cast<int8_t>(random.integer(-128, 127));
      Buffer<int32_t> sums(rows * 128);
      tile(rows, a.data(), stride, panel.data(), groups, sums.data(), 128);
      for (size_t i = 0; i < rows * 64; ++i) {
        ASSERT_EQ(sums[i / 64 * 128 + i % 64], exact_sum(a, stride, panel, groups, i / 64, i % 64));
      }
    }
  }
}

TEST_P(TileKernelsTest, Int8SumsDoNotSaturateAtTheExtremes) {
  const Int8Tile tile = tile_kernels(GetParam()).int8;
  constexpr size_t kGroups = 512;
  const std::vector<uint8_t> a(4 * kGroups, 255);
  Buffer<int8_t> panel(kGroups * 256);
  std::fill_n(panel.data(), panel.size(), int8_t{-128});
  Buffer<int32_t> sums(64);
  tile(1, a.data(), 4 * kGroups, panel.data(), kGroups, sums.data(), 64);
  for (size_t column = 0; column < 64; ++column) EXPECT_EQ(sums[column], -128 * 255 * 2048);
}

TEST_P(TileKernelsTest, Bf16SumsAreThoseOfFloatArithmetic) {
  const Bf16Tile tile = tile_kernels(GetParam()).bf16;
  if (tile == nullptr) GTEST_SKIP() << "no bfloat16 at this level";
  Random random(2);
  for (const size_t groups : {1, 7, 32, 120}) {
    for (size_t rows = 1; rows <= kTileRows; ++rows) {
      const size_t stride = 2 * groups + 2;
      std::vector<Bf16> a(rows * stride);
      std::ranges::generate(a, [&] { return to_bf16(random.normal()); });
      Buffer<Bf16> panel(groups * 128);
      for (size_t i = 0; i < panel.size(); ++i) panel[i] = to_bf16(random.normal());
      Buffer<float> sums(rows * 64);
      tile(rows, a.data(), stride, panel.data(), groups, sums.data(), 64);
      for (size_t i = 0; i < rows * 64; ++i) {
        double sum = 0;
        for (size_t k = 0; k < 2 * groups; ++k) {
          sum += static_cast<double>(to_float(a[i / 64 * stride + k])) *
                 to_float(panel[(k / 2 * 64 + i % 64) * 2 + k % 2]);
        }
        ASSERT_NEAR(sums[i], sum, 1e-4);
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(AllInstructionSets, TileKernelsTest, ::testing::ValuesIn(available_instruction_sets()),
                         [](const auto& test) { return std::string(instruction_set_name(test.param)); });

}  // namespace
}  // namespace v2t::nn
