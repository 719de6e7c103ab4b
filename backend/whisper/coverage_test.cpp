// Tests of which speech is left without text.
#include "whisper/coverage.h"

#include <gtest/gtest.h>

namespace v2t::whisper {
namespace {

Samples at(double seconds) { return Samples(static_cast<int64_t>(seconds * kSampleRateHz)); }

TimedWord word(double start, double end) {
  TimedWord out;
  out.text = " word";
  out.start = at(start);
  out.end = at(end);
  return out;
}

TEST(Coverage, AllSpeechHasWords) {
  const std::vector<SpeechSpan> speech{{at(0), at(2), 1}, {at(3), at(5), 1}};
  const std::vector<TimedWord> words{word(0.1, 0.9), word(1.2, 1.9), word(3.2, 4.8)};
  EXPECT_TRUE(speech_without_text(speech, words).empty());
  EXPECT_EQ(speech_with_text(speech, words), at(4));
}

TEST(Coverage, SpeechWithoutWordsIsAHole) {
  const std::vector<SpeechSpan> speech{{at(0), at(2), 1}, {at(3), at(6), 0.9F}};
  const std::vector<TimedWord> words{word(0.1, 1.9)};
  const auto holes = speech_without_text(speech, words);
  ASSERT_EQ(holes.size(), 1U);
  EXPECT_EQ(holes[0].start, at(3));
  EXPECT_EQ(holes[0].end, at(6));
  EXPECT_EQ(speech_with_text(speech, words), at(2));
}

TEST(Coverage, AHoleMayLieBetweenWordsOfOneSpan) {
  const std::vector<SpeechSpan> speech{{at(0), at(10), 1}};
  const auto holes = speech_without_text(speech, std::vector<TimedWord>{word(0, 2), word(8, 10)});
  ASSERT_EQ(holes.size(), 1U);
  EXPECT_GT(holes[0].start, at(2));
  EXPECT_LT(holes[0].end, at(8));
}

TEST(Coverage, WhatIsShorterThanAWordOrTwoIsNoHole) {
  const std::vector<SpeechSpan> speech{{at(0), at(1), 1}};
  EXPECT_TRUE(speech_without_text(speech, {}).empty());
}

}  // namespace
}  // namespace v2t::whisper
