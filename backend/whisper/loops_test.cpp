// Tests of the search for repetition, and of the compression ratio.
#include "whisper/loops.h"

#include <gtest/gtest.h>

#include <vector>

#include "whisper/compression.h"

namespace v2t::whisper {
namespace {

TEST(Loops, AreThreeTokensTwice) {
  const std::vector<int> tokens{9, 1, 2, 3, 1, 2, 3};
  const auto loop = find_loop(tokens);
  ASSERT_TRUE(loop);
  EXPECT_EQ(loop->first, 1U);
  EXPECT_EQ(loop->period, 3U);
  EXPECT_EQ(loop->n_copies, 2U);
  EXPECT_FALSE(is_certain(*loop));
}

TEST(Loops, AreFewerTokensFourTimes) {
  EXPECT_FALSE(find_loop(std::vector<int>{1, 2, 1, 2, 1, 2}));
  EXPECT_TRUE(find_loop(std::vector<int>{1, 2, 1, 2, 1, 2, 1, 2}));
  EXPECT_FALSE(find_loop(std::vector<int>{7, 7, 7}));
  EXPECT_TRUE(find_loop(std::vector<int>{7, 7, 7, 7}));
}

TEST(Loops, StandAtTheEnd) { EXPECT_FALSE(find_loop(std::vector<int>{1, 2, 3, 1, 2, 3, 4})); }

TEST(Loops, AreCertainAfterManyCopies) {
  std::vector<int> tokens;
  for (int i = 0; i < 9; ++i) tokens.insert(tokens.end(), {1, 2, 3});
  EXPECT_TRUE(is_certain(*find_loop(tokens)));
}

TEST(Loops, AreNotInShortOrOrdinaryTokens) {
  EXPECT_FALSE(find_loop({}));
  EXPECT_FALSE(find_loop(std::vector<int>{1}));
  EXPECT_FALSE(find_loop(std::vector<int>{1, 2, 3, 4, 5, 1, 2}));
}

TEST(CompressionRatio, IsHighForRepetition) {
  std::string text;
  for (int i = 0; i < 20; ++i) text += "Please call Stella. ";
  EXPECT_GT(compression_ratio(text), 2.4F);
}

TEST(CompressionRatio, IsLowForSpeech) {
  EXPECT_LT(compression_ratio("It was the first great sorrow of his life, and he bore it alone."), 1.5F);
}

TEST(CompressionRatio, IsThatOfZlib) { EXPECT_NEAR(compression_ratio(std::string(1000, 'a')), 1000.0F / 17, 0.01F); }

TEST(CompressionRatio, OfNothingIsZero) { EXPECT_EQ(compression_ratio(""), 0); }

}  // namespace
}  // namespace v2t::whisper
