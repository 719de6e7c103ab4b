// Element-wise kernels on every Highway target against plain loops.
#include "nn/rows.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "nn/testing/random.h"
#include "nn/testing/targets.h"

namespace v2t::nn {
namespace {

using testing::Random;

class RowsTest : public ::testing::TestWithParam<int64_t> {
 protected:
  testing::OnlyTarget target_{GetParam()};
  Random random_{3};
};

TEST_P(RowsTest, LayerNormGivesMeanZeroAndVarianceOneThenGainAndShift) {
  for (const size_t size : {16, 48, 384, 1280}) {
    const Buffer<float> x = random_.normals(size, 3.0f);
    const Buffer<float> gain = random_.normals(size);
    const Buffer<float> shift = random_.normals(size);
    double mean = 0;
    for (size_t i = 0; i < size; ++i) mean += x[i] / static_cast<double>(size);
    double variance = 0;
    for (size_t i = 0; i < size; ++i) variance += (x[i] - mean) * (x[i] - mean) / static_cast<double>(size);
    std::vector<float> out(size);
    layer_norm(x.data(), gain.data(), shift.data(), size, out.data());
    for (size_t i = 0; i < size; ++i) {
      ASSERT_NEAR(out[i], (x[i] - mean) / std::sqrt(variance + 1e-5) * gain[i] + shift[i], 1e-5);
    }
  }
}

TEST_P(RowsTest, LayerNormWorksInPlace) {
  const Buffer<float> x = random_.normals(64);
  const Buffer<float> gain = random_.normals(64);
  const Buffer<float> shift = random_.normals(64);
  std::vector<float> out(64);
  layer_norm(x.data(), gain.data(), shift.data(), 64, out.data());
  layer_norm(x.data(), gain.data(), shift.data(), 64, x.data());
  EXPECT_TRUE(std::ranges::equal(out, std::span(x.data(), 64)));
}

TEST_P(RowsTest, QuantisedRowsAreWithinHalfAStep) {
  for (const size_t size : {16, 80, 512, 5120}) {
    const Buffer<float> x = random_.normals(size);
    std::vector<Bf16> narrow(size);
    std::ranges::transform(std::span(x.data(), size), narrow.begin(), to_bf16);
    std::vector<uint8_t> out(size);
    const float scale = quantise_row(x.data(), size, out.data());
    for (size_t i = 0; i < size; ++i) ASSERT_NEAR(scale * (out[i] - 128), x[i], 0.501f * scale);
    const float narrow_scale = quantise_row(narrow.data(), size, out.data());
    for (size_t i = 0; i < size; ++i) {
      ASSERT_NEAR(narrow_scale * (out[i] - 128), to_float(narrow[i]), 0.501f * narrow_scale);
    }
  }
}

TEST_P(RowsTest, RowsOfWordsAreWithinHalfAStep) {
  for (const size_t size : {16, 512, 5120, 16384}) {
    const Buffer<float> x = random_.normals(size);
    std::vector<Bf16> narrow(size);
    std::ranges::transform(std::span(x.data(), size), narrow.begin(), to_bf16);
    std::vector<int16_t> out(size);
    const float scale = quantise_row(x.data(), size, out.data());
    for (size_t i = 0; i < size; ++i) ASSERT_NEAR(scale * out[i], x[i], 0.501f * scale);
    EXPECT_EQ(std::abs(std::ranges::max(out, {}, [](int16_t word) { return std::abs(word); })), word_peak(size));
    const float narrow_scale = quantise_row(narrow.data(), size, out.data());
    for (size_t i = 0; i < size; ++i) ASSERT_NEAR(narrow_scale * out[i], to_float(narrow[i]), 0.501f * narrow_scale);
  }
}

TEST_P(RowsTest, ARowOfZerosQuantisesToTheOffsetWithScaleZero) {
  const std::vector<float> x(32, 0.0f);
  std::vector<uint8_t> out(32);
  EXPECT_EQ(quantise_row(x.data(), 32, out.data()), 0.0f);
  EXPECT_TRUE(std::ranges::all_of(out, [](uint8_t byte) { return byte == 128; }));
}

double exact_gelu(double x) { return 0.5 * x * (1 + std::erf(x / std::sqrt(2.0))); }

TEST_P(RowsTest, FinishedFloatRowsHaveBiasGeluAndAddend) {
  constexpr size_t kColumns = 64;
  const Buffer<float> sums = random_.normals(5 * 80, 3.0f);
  const Buffer<float> bias = random_.normals(kColumns);
  const Buffer<float> addend = random_.normals(5 * 96);
  Buffer<float> out(5 * 96);
  finish_float_rows(
      sums.data(), 80, 5, kColumns, bias.data(),
      {.activation = Finish::Activation::kGelu, .addend = addend.data(), .out_f32 = out.data(), .out_stride = 96});
  for (size_t i = 0; i < 5 * kColumns; ++i) {
    const size_t row = i / kColumns;
    const size_t column = i % kColumns;
    const double expected = exact_gelu(sums[row * 80 + column] + bias[column]) + addend[row * 96 + column];
    ASSERT_NEAR(out[row * 96 + column], expected, 3e-6);
  }
}

TEST_P(RowsTest, GeluHoldsFarFromZero) {
  Buffer<float> sums(64);
  for (size_t i = 0; i < 64; ++i) sums[i] = (static_cast<float>(i) - 32.0f) * 2.0f;
  const std::vector<float> bias(64, 0.0f);
  std::vector<float> out(64);
  finish_float_rows(sums.data(), 64, 1, 64, bias.data(),
                    {.activation = Finish::Activation::kGelu, .out_f32 = out.data(), .out_stride = 64});
  for (size_t i = 0; i < 64; ++i) ASSERT_NEAR(out[i], exact_gelu(sums[i]), 1e-6 + 3e-7 * std::abs(sums[i]));
}

TEST_P(RowsTest, GeluForBfloat16IsAsExactAsItsRounding) {
  Buffer<float> sums(64 * 64);
  for (size_t i = 0; i < sums.size(); ++i) sums[i] = (static_cast<float>(i) - 2048.0f) / 200.0f;
  const std::vector<float> bias(64, 0.0f);
  std::vector<Bf16> out(sums.size());
  finish_float_rows(sums.data(), 64, 64, 64, bias.data(),
                    {.activation = Finish::Activation::kGelu, .out_bf16 = out.data(), .out_stride = 64});
  for (size_t i = 0; i < out.size(); ++i) {
    const double expected = exact_gelu(sums[i]);
    ASSERT_NEAR(to_float(out[i]), expected, 1e-4 + std::abs(expected) / 256) << sums[i];
  }
}

TEST_P(RowsTest, FinishedInt8TilesAreRescaledPerRowAndColumn) {
  Buffer<int32_t> sums(3 * 64);
  Buffer<int32_t> compensation(64);
  for (size_t i = 0; i < sums.size(); ++i) sums[i] = random_.integer(-2000000, 2000000);
  for (size_t i = 0; i < 64; ++i) compensation[i] = 128 * random_.integer(-5000, 5000);
  const Buffer<float> scales = random_.normals(64, 1e-3f);
  const Buffer<float> bias = random_.normals(64);
  const float row_scales[] = {0.01f, 0.5f, 0.0f};
  std::vector<Bf16> out(3 * 64);
  finish_int8_tile(sums.data(), 3, row_scales, compensation.data(), scales.data(), bias.data(),
                   {.out_bf16 = out.data(), .out_stride = 64});
  for (size_t i = 0; i < out.size(); ++i) {
    const double whole = static_cast<double>(sums[i]) - compensation[i % 64];
    const double expected = whole * row_scales[i / 64] * scales[i % 64] + bias[i % 64];
    ASSERT_NEAR(to_float(out[i]), expected, 1e-6 + std::abs(expected) / 250);
  }
}

INSTANTIATE_TEST_SUITE_P(AllTargets, RowsTest, ::testing::ValuesIn(testing::highway_targets()),
                         [](const auto& test) { return std::string(hwy::TargetName(test.param)); });

}  // namespace
}  // namespace v2t::nn
