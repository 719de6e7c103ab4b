// Tests of GPT-2's split of texts, against what its regular expression gives.
#include "whisper/pre_tokens.h"

#include <gmock/gmock.h>

namespace v2t::whisper {
namespace {

using ::testing::ElementsAre;

TEST(PreTokens, KeepsASpaceWithItsWord) {
  EXPECT_THAT(split_pre_tokens("Hello big world"), ElementsAre("Hello", " big", " world"));
}

TEST(PreTokens, PartsLettersNumbersAndSigns) {
  EXPECT_THAT(split_pre_tokens("a1b, 22% x--y"), ElementsAre("a", "1", "b", ",", " 22", "%", " x", "--", "y"));
}

TEST(PreTokens, PartsContractions) {
  EXPECT_THAT(split_pre_tokens("it's we'll don't 'x"), ElementsAre("it", "'s", " we", "'ll", " don", "'t", " '", "x"));
}

TEST(PreTokens, LeavesTheLastSpaceToTheWord) {
  EXPECT_THAT(split_pre_tokens("a   b"), ElementsAre("a", "  ", " b"));
  EXPECT_THAT(split_pre_tokens("a\n\nb"), ElementsAre("a", "\n", "\n", "b"));
  EXPECT_THAT(split_pre_tokens("a  "), ElementsAre("a", "  "));
  EXPECT_THAT(split_pre_tokens(" "), ElementsAre(" "));
}

TEST(PreTokens, KnowsLettersAndNumbersOfAllScripts) {
  EXPECT_THAT(split_pre_tokens("Привет мир२३ 日本語。"), ElementsAre("Привет", " мир", "२३", " 日本語", "。"));
  EXPECT_THAT(split_pre_tokens("e\u0301a"), ElementsAre("e", "\u0301", "a"));
}

TEST(PreTokens, OfNothingAreNone) { EXPECT_TRUE(split_pre_tokens("").empty()); }

}  // namespace
}  // namespace v2t::whisper
