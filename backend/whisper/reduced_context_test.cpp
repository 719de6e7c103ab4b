// Tests of what is encoded of a window.
#include "whisper/reduced_context.h"

#include <gtest/gtest.h>

#include "whisper/testing/fake_forward.h"

namespace v2t::whisper {
namespace {

TEST(EncodeSize, PadsAudioByAShareOfTheSilenceUpToTheFullContext) {
  const auto size = [](size_t n_samples) {
    return encode_size(n_samples, testing::small_dimensions(), Context::kReduced);
  };
  EXPECT_EQ(size(32000), (EncodeSize{228, 100}));  // 1400 / 11 = 127
  EXPECT_EQ(size(321), (EncodeSize{138, 2}));
  EXPECT_EQ(size(400000), (EncodeSize{1282, 1250}));
  EXPECT_EQ(size(479680), (EncodeSize{1500, 1499}));
  EXPECT_EQ(size(480000), (EncodeSize{1500, 1500}));
  EXPECT_EQ(encode_size(32000, testing::small_dimensions(), Context::kFull), (EncodeSize{1500, 100}));
}

class EncodedPositions : public ::testing::TestWithParam<std::pair<size_t, size_t>> {};

TEST_P(EncodedPositions, StandForAllOfTheWindow) {
  const auto [n_audio, n_positions] = GetParam();
  const auto positions = encoded_positions(n_audio, n_positions, 1500);
  ASSERT_EQ(positions.size(), n_positions);
  double weight = 0;
  for (size_t i = 0; i < n_positions; ++i) {
    weight += positions[i].weight;
    if (i < n_audio) {
      EXPECT_EQ(positions[i].place, i);
      EXPECT_EQ(positions[i].weight, 1);
      continue;
    }
    EXPECT_LT(positions[i].place, 1500U);
    if (i == 0) continue;
    EXPECT_GT(positions[i].place, positions[i - 1].place) << i;
    EXPECT_GE(positions[i].weight, positions[i - 1].weight) << i;
  }
  EXPECT_NEAR(weight, 1500, 0.01);
}

INSTANTIATE_TEST_SUITE_P(, EncodedPositions,
                         ::testing::Values(std::pair(2, 138), std::pair(350, 456), std::pair(1250, 1282),
                                           std::pair(1470, 1500), std::pair(0, 100), std::pair(47, 90)));

TEST(EncodedPosition, IsEveryPlaceAtFullContext) {
  const auto positions = encoded_positions(40, 1500, 1500);
  for (size_t i = 0; i < positions.size(); ++i) {
    EXPECT_EQ(positions[i].place, i);
    EXPECT_EQ(positions[i].weight, 1);
  }
}

TEST(EncodedPosition, IsOfTheAudioAloneWithoutPadding) {
  const auto positions = encoded_positions(20, 20, 1500);
  ASSERT_EQ(positions.size(), 20U);
  EXPECT_EQ(positions.back().place, 19U);
}

}  // namespace
}  // namespace v2t::whisper
