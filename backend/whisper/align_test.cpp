// Tests of the alignment of tokens by attention.
#include "whisper/align.h"

#include <gmock/gmock.h>

namespace v2t::whisper {
namespace {

using ::testing::ElementsAre;

TEST(Warp, FollowsTheCheapestPath) {
  // Rows want columns 0-1, 2, 3.
  const std::vector<float> cost{-1, -1, 1,  1,  //
                                1,  1,  -1, 1,  //
                                1,  1,  1,  -1};
  EXPECT_THAT(warp(cost, 3, 4), ElementsAre(0, 2, 3));
}

TEST(Warp, ManagesMoreRowsThanColumns) {
  const std::vector<float> cost(6, 0.0F);
  const auto first = warp(cost, 3, 2);
  EXPECT_EQ(first.front(), 0);
  EXPECT_LE(first[1], first[2]);
}

TEST(Warp, OfOneRowBeginsAtTheBeginning) { EXPECT_THAT(warp(std::vector<float>(5, 0.0F), 1, 5), ElementsAre(0)); }

// Attention of n_rows tokens that look at given positions with a width of 9.
std::vector<float> attention(const std::vector<int>& peaks, int n_heads, int n_positions) {
  std::vector<float> out(peaks.size() * static_cast<size_t>(n_heads * n_positions), 1e-4F);
  for (size_t row = 0; row < peaks.size(); ++row)
    for (int head = 0; head < n_heads; ++head)
      for (int at = std::max(peaks[row] - 4, 0); at <= peaks[row] + 4 && at < n_positions; ++at)
        out[(row * static_cast<size_t>(n_heads) + static_cast<size_t>(head)) * static_cast<size_t>(n_positions) +
            static_cast<size_t>(at)] = 0.1F;
  return out;
}

TEST(AlignTokens, FindsWhereTheHeadsLook) {
  const auto weights = attention({0, 0, 10, 40, 70, 90}, 2, 120);
  const AttentionView view{weights, 6, 2, 120, 100};
  const std::vector<size_t> rows{2, 3, 4, 5};
  const auto starts = align_tokens(view, 0, rows);
  ASSERT_EQ(starts.size(), 4U);
  EXPECT_EQ(starts[0], 0);
  EXPECT_THAT(starts[1], ::testing::AllOf(::testing::Gt(10), ::testing::Le(40)));
  EXPECT_THAT(starts[2], ::testing::AllOf(::testing::Gt(40), ::testing::Le(70)));
  EXPECT_THAT(starts[3], ::testing::AllOf(::testing::Gt(70), ::testing::Le(90)));
}

TEST(AlignTokens, StaysWithinTheAudio) {
  const auto weights = attention({5, 60, 110}, 1, 120);
  const auto starts = align_tokens({weights, 3, 1, 120, 50}, 0, std::vector<size_t>{0, 1, 2});
  EXPECT_THAT(starts, ::testing::Each(::testing::Lt(50)));
  EXPECT_TRUE(std::is_sorted(starts.begin(), starts.end()));
}

TEST(AlignTokens, WithoutAttentionGivesZeros) {
  EXPECT_THAT(align_tokens({}, 0, std::vector<size_t>{3, 4}), ElementsAre(0, 0));
  EXPECT_TRUE(align_tokens({}, 0, {}).empty());
}

TEST(AlignTokens, SurvivesAnAttentionThatIsEqualEverywhere) {
  const std::vector<float> weights(std::size_t{4} * 1 * 20, 0.05F);
  const auto starts = align_tokens({weights, 4, 1, 20, 20}, 1, std::vector<size_t>{1, 2, 3});
  EXPECT_TRUE(std::is_sorted(starts.begin(), starts.end()));
}

TEST(AlignTokens, ManagesLessAudioThanTheFilterIsWide) {
  const auto weights = attention({0, 1}, 1, 2);
  EXPECT_EQ(align_tokens({weights, 2, 1, 2, 2}, 0, std::vector<size_t>{0, 1}).size(), 2U);
}

}  // namespace
}  // namespace v2t::whisper
