// Tests of the split of words into segments and of their media times.
#include "whisper/segments.h"

#include <gmock/gmock.h>

namespace v2t::whisper {
namespace {

using ::testing::ElementsAre;

TimedWord word(const std::string& text, int start_ms, int end_ms) {
  return {text, {7}, {0.0F}, Samples(start_ms * 16), Samples(end_ms * 16), 0};
}

std::vector<std::string> texts(const std::vector<Segment>& segments) {
  std::vector<std::string> out;
  for (const auto& s : segments) out.push_back(s.text);
  return out;
}

std::vector<Segment> segments(const std::vector<TimedWord>& words, const TimeMap& map = {}) {
  return make_segments(words, {-0.5F, 0.1F, 1.2F, 0.2F}, map, 3);
}

TEST(Segments, EndWithTheSentence) {
  EXPECT_THAT(texts(segments({word(" I", 0, 400), word(" am.", 400, 1200), word(" He", 1300, 1500),
                              word(" is!\"", 1500, 2600), word(" Yes", 2700, 3000)})),
              ElementsAre("I am.", "He is!\"", "Yes"));
}

TEST(Segments, KeepAVeryShortSentenceWithTheNext) {
  EXPECT_THAT(texts(segments({word(" No.", 0, 300), word(" Not", 300, 600), word(" I.", 600, 1400)})),
              ElementsAre("No. Not I."));
}

TEST(Segments, EndAtALongPause) {
  EXPECT_THAT(texts(segments({word(" a", 0, 300), word(" b", 1500, 1800)})), ElementsAre("a", "b"));
  EXPECT_THAT(texts(segments({word(" a", 0, 300), word(" b", 1200, 1800)})), ElementsAre("a b"));
}

TEST(Segments, AreCutAtAClauseWhereTheyWouldLastTooLong) {
  std::vector<TimedWord> words;
  for (int i = 0; i < 24; ++i) words.push_back(word(i == 9 ? " x," : " x", i * 500, i * 500 + 450));
  const auto out = segments(words);
  ASSERT_EQ(out.size(), 2U);
  EXPECT_EQ(out[0].words.size(), 10U);
}

TEST(Segments, CarryTheirWindowAndStatistics) {
  const auto out = segments({word(" a", 100, 300)});
  ASSERT_EQ(out.size(), 1U);
  EXPECT_EQ(out[0].window, 3U);
  EXPECT_EQ(out[0].avg_logprob, -0.5F);
  EXPECT_EQ(out[0].no_speech_prob, 0.1F);
  EXPECT_EQ(out[0].compression_ratio, 1.2F);
  EXPECT_EQ(out[0].temperature, 0.2F);
  EXPECT_EQ(out[0].start, Millis(100));
  EXPECT_EQ(out[0].end, Millis(300));
  EXPECT_THAT(out[0].tokens, ElementsAre(7));
  EXPECT_GT(out[0].words[0].probability, 0.9F);
}

TEST(Segments, WithoutTextAreLeftOut) { EXPECT_TRUE(segments({word(" ", 0, 100)}).empty()); }

TEST(Segments, AWordAtAJoinStaysOnItsSide) {
  const TimeMap map({{Samples(0), Samples(16000), Samples(16000)}, {Samples(16000), Samples(160000), Samples(16000)}});
  const auto out = segments({word(" a", 500, 1100), word(" b", 1100, 1500), word(" c", 1500, 2300)}, map);
  ASSERT_EQ(out.size(), 1U);
  const auto& words = out[0].words;
  EXPECT_EQ(words[0].start, Millis(1500));
  EXPECT_EQ(words[0].end, Millis(2000));
  EXPECT_EQ(words[1].start, Millis(10100));
  EXPECT_EQ(words[2].end, Millis(11000));
}

}  // namespace
}  // namespace v2t::whisper
