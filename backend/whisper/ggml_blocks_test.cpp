// GGML's blocks: hand-made ones, and what is written is read back.
#include "whisper/ggml_blocks.h"

#include <gmock/gmock.h>

#include <cmath>
#include <cstring>
#include <numeric>

namespace v2t::whisper {
namespace {

std::vector<float> widened(DataType type, const std::string& block) {
  std::vector<float> out(32);
  widen_blocks(type, std::as_bytes(std::span(block)), out);
  return out;
}

const std::string kHalf("\x00\x38", 2);      // 0.5
const std::string kMinusTwo("\x00\xC0", 2);  // -2

TEST(GgmlBlocks, OfQ8HaveASignedByteForEachNumber) {
  std::string block = kHalf + std::string(32, '\0');
  block[2] = '\x7F';
  block[33] = '\x80';
  const auto values = widened(DataType::kQ8_0, block);
  EXPECT_EQ(values[0], 63.5F);
  EXPECT_EQ(values[1], 0.0F);
  EXPECT_EQ(values[31], -64.0F);
}

TEST(GgmlBlocks, OfQ4HoldTwoNumbersInAByteWithoutTheMiddle) {
  std::string block = kHalf + std::string(16, '\x88');
  block[2] = '\xF0';  // number 0: 0; number 16: 15
  const auto values = widened(DataType::kQ4_0, block);
  EXPECT_EQ(values[0], -4.0F);
  EXPECT_EQ(values[16], 3.5F);
  EXPECT_EQ(values[1], 0.0F);
}

TEST(GgmlBlocks, OfQ41HaveALeastNumber) {
  const auto values = widened(DataType::kQ4_1, kHalf + kMinusTwo + std::string(16, '\x1F'));
  EXPECT_EQ(values[0], 5.5F);
  EXPECT_EQ(values[16], -1.5F);
}

TEST(GgmlBlocks, OfQ5HaveAFifthBitElsewhere) {
  const std::string bits("\x01\x00\x01\x00", 4);  // of numbers 0 and 16
  const auto q5_0 = widened(DataType::kQ5_0, kHalf + bits + std::string(16, '\0'));
  EXPECT_EQ(q5_0[0], 0.0F);
  EXPECT_EQ(q5_0[1], -8.0F);
  EXPECT_EQ(q5_0[16], 0.0F);
  const auto q5_1 = widened(DataType::kQ5_1, kHalf + kMinusTwo + bits + std::string(16, '\0'));
  EXPECT_EQ(q5_1[0], 6.0F);
  EXPECT_EQ(q5_1[17], -2.0F);
}

std::vector<float> waves(size_t n) {
  std::vector<float> values(n);
  for (size_t i = 0; i < n; ++i)
    values[i] = std::sin(static_cast<float>(i) * 0.7F) * static_cast<float>(1 + i / 32) - 0.3F;
  return values;
}

// The largest error, in steps of a block of the range of its numbers.
double largest_error(DataType type, int n_steps) {
  const auto values = waves(320);
  std::vector<std::byte> bytes(*bytes_of(type, values.size()));
  narrow_blocks(type, values, bytes);
  std::vector<float> back(values.size());
  widen_blocks(type, bytes, back);
  double largest = 0;
  for (size_t i = 0; i < values.size(); ++i) {
    const auto block = values.begin() + static_cast<std::ptrdiff_t>(i / 32 * 32);
    const float most =
        std::abs(*std::max_element(block, block + 32, [](float a, float b) { return std::abs(a) < std::abs(b); }));
    largest = std::max(largest,
                       static_cast<double>(std::abs(values[i] - back[i])) / (2 * most / static_cast<float>(n_steps)));
  }
  return largest;
}

TEST(GgmlBlocks, AreWrittenToTheNearestStep) {
  EXPECT_LT(largest_error(DataType::kQ8_0, 254), 0.6);
  EXPECT_LT(largest_error(DataType::kQ5_1, 31), 0.6);
  EXPECT_LT(largest_error(DataType::kQ5_0, 32), 1.1);  // the largest has no counterpart of the other sign
}

TEST(GgmlBlocks, OfZerosAndOfNoNumbersAreZeros) {
  std::vector<float> values(32, 0.0F);
  values[3] = std::nanf("");
  for (const DataType type : {DataType::kQ8_0, DataType::kQ5_0, DataType::kQ5_1}) {
    std::vector<std::byte> bytes(*bytes_of(type, 32));
    narrow_blocks(type, values, bytes);
    std::vector<float> back(32, 1.0F);
    widen_blocks(type, bytes, back);
    EXPECT_THAT(back, ::testing::Each(0.0F));
  }
}

TEST(GgmlBlocks, SizesOfRows) {
  EXPECT_EQ(bytes_of(DataType::kQ5_1, 64), 48U);
  EXPECT_EQ(bytes_of(DataType::kQ5_1, 33), std::nullopt);
  EXPECT_EQ(bytes_of(DataType::kFloat32, UINT64_MAX / 2), std::nullopt);
}

}  // namespace
}  // namespace v2t::whisper
