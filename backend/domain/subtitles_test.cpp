// Tests of the shaping of words into subtitle cues.
#include "domain/subtitles.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "base/text.h"
#include "domain/script.h"

namespace v2t {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

Word word(int64_t start, int64_t end, std::string text) { return {Millis(start), Millis(end), std::move(text), 1}; }

Segment segment_of(std::vector<Word> words) {
  Segment segment;
  segment.start = words.front().start;
  segment.end = words.back().end;
  for (const auto& w : words) segment.text += w.text;
  segment.text = std::string(trim(segment.text));
  segment.words = std::move(words);
  return segment;
}

// Words of 300 ms, one after the other.
Segment spoken(const std::string& text, int64_t start = 0) {
  std::vector<Word> words;
  for (const auto& part : split(text, ' ')) {
    words.push_back(word(start, start + 300, " " + part));
    start += 300;
  }
  return segment_of(std::move(words));
}

std::string text_of(const std::vector<SubtitleCue>& cues) {
  std::string out;
  for (const auto& cue : cues)
    for (const auto& line : cue.lines) out += (out.empty() ? "" : " ") + line;
  return out;
}

TEST(Subtitles, NoSegmentsGiveNoCues) { EXPECT_THAT(shape_subtitles({}), IsEmpty()); }

TEST(Subtitles, AShortSentenceIsOneCueOfOneLine) {
  const auto cues = shape_subtitles(std::vector{spoken("Hello, how are you today?", 1000)});
  ASSERT_THAT(cues, SizeIs(1));
  EXPECT_THAT(cues[0].lines, ElementsAre("Hello, how are you today?"));
  EXPECT_EQ(cues[0].start, Millis(1000));
  EXPECT_EQ(cues[0].end, Millis(2500));
}

TEST(Subtitles, ALongSentenceIsTwoLinesOfLikeLengthBrokenAfterTheClause) {
  const auto cues =
      shape_subtitles(std::vector{spoken("When the rain had stopped, we all went out for a walk in town.")});
  ASSERT_THAT(cues, SizeIs(1));
  EXPECT_THAT(cues[0].lines, ElementsAre("When the rain had stopped,", "we all went out for a walk in town."));
}

TEST(Subtitles, CuesEndWhereSentencesEnd) {
  const auto cues = shape_subtitles(std::vector{
      spoken("This is a first sentence that is fairly long already. And this is the second one, which is longer.")});
  ASSERT_THAT(cues, SizeIs(2));
  EXPECT_EQ(cues[0].lines.back().back(), '.');
}

TEST(Subtitles, NoCueSpansALongPause) {
  const auto cues = shape_subtitles(std::vector{segment_of({word(0, 500, " Well"), word(5000, 5500, " then")})});
  ASSERT_THAT(cues, SizeIs(2));
  EXPECT_LE(cues[0].end, Millis(1000));
  EXPECT_EQ(cues[1].start, Millis(5000));
}

TEST(Subtitles, AShortCueStaysLongerWhereThereIsRoomOnly) {
  const auto cues =
      shape_subtitles(std::vector{segment_of({word(0, 200, " Yes.")}), segment_of({word(1500, 1600, " No.")}),
                                  segment_of({word(9000, 9100, " Why?")})});
  ASSERT_THAT(cues, SizeIs(3));
  EXPECT_EQ(cues[0].end, Millis(1000));
  EXPECT_EQ(cues[1].end, Millis(2500));
  EXPECT_EQ(cues[2].end, Millis(10000));
}

TEST(Subtitles, AWordThatIsStretchedOverSecondsDoesNotStay) {
  const auto cues = shape_subtitles(std::vector{segment_of({word(0, 60000, " So")})});
  ASSERT_THAT(cues, SizeIs(1));
  EXPECT_EQ(cues[0].end, Millis(7000));
}

TEST(Subtitles, ChineseIsBrokenBetweenCharactersAndNeverBeforePunctuation) {
  std::vector<Word> words;
  for (int i = 0; i < 30; ++i) words.push_back(word(i * 200, i * 200 + 200, i % 10 == 9 ? "。" : "字"));
  const auto cues = shape_subtitles(std::vector{segment_of(words)});
  for (const auto& cue : cues)
    for (const auto& line : cue.lines) {
      EXPECT_FALSE(line.starts_with("。")) << line;
      EXPECT_LE(display_columns(line), 42U);
      EXPECT_EQ(line.find(' '), std::string::npos);
    }
}

TEST(Subtitles, WordPartsStayTogether) {
  const auto cues =
      shape_subtitles(std::vector{segment_of({word(0, 100, " it"), word(100, 200, "'s"), word(200, 300, " well"),
                                              word(300, 400, "-known"), word(400, 500, ".")})});
  EXPECT_EQ(text_of(cues), "it's well-known.");
}

TEST(Subtitles, SegmentsWithoutWordTimesShareTheirTimeByTextLength) {
  Segment segment;
  segment.start = Millis(1000);
  segment.end = Millis(21000);
  segment.text = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen";
  const auto cues = shape_subtitles(std::vector{segment});
  EXPECT_GT(cues.size(), 2U);
  EXPECT_EQ(text_of(cues), segment.text);
  EXPECT_EQ(cues.front().start, Millis(1000));
  EXPECT_LE(cues.back().end, Millis(21000));
}

TEST(Subtitles, SegmentsAreJoinedByASpaceThoughTheirTextIsTrimmed) {
  const auto cues =
      shape_subtitles(std::vector{segment_of({word(0, 300, "Hello")}), segment_of({word(300, 600, "there")})});
  EXPECT_EQ(text_of(cues), "Hello there");
}

TEST(Subtitles, AWordWiderThanALineIsBrokenAtCharacters) {
  const auto cues = shape_subtitles(std::vector{segment_of({word(0, 9000, " " + std::string(100, 'x'))})});
  size_t letters = 0;
  for (const auto& cue : cues)
    for (const auto& line : cue.lines) {
      EXPECT_LE(line.size(), 42U);
      letters += line.size();
    }
  EXPECT_EQ(letters, 100U);
}

TEST(Subtitles, LineBreaksAndInvalidBytesInWordsDoNoHarm) {
  const auto cues =
      shape_subtitles(std::vector{segment_of({word(0, 300, " a\nb"), word(300, 600, " \xFF"), word(600, 700, " ")})});
  EXPECT_EQ(text_of(cues), "a b \xEF\xBF\xBD");
}

// Random speech: whatever the words and times, the promises hold.
TEST(Subtitles, KeepTheirPromisesOnRandomSpeech) {
  std::mt19937 random(1);
  auto below = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
  for (int round = 0; round < 200; ++round) {
    int64_t now = 0;
    std::vector<Segment> segments;
    std::string expected;
    for (int s = 0; s < 5; ++s) {
      std::vector<Word> words;
      for (int i = 0; i < 1 + below(40); ++i) {
        const std::string text = std::string(static_cast<size_t>(1 + below(12)), 'a') + (below(8) == 0   ? "."
                                                                                         : below(6) == 0 ? ","
                                                                                                         : "");
        const int64_t start = now + (below(5) == 0 ? below(2000) : 0);
        now = start + below(800);
        words.push_back(word(start, now, " " + text));
        expected += (expected.empty() ? "" : " ") + text;
      }
      segments.push_back(segment_of(std::move(words)));
    }
    const auto cues = shape_subtitles(segments);
    EXPECT_EQ(text_of(cues), expected);
    Millis last{};
    for (const auto& cue : cues) {
      EXPECT_GE(cue.start, last);
      EXPECT_GT(cue.end, cue.start);
      EXPECT_LE(cue.end - cue.start, Millis(7000));
      EXPECT_LE(cue.lines.size(), 2U);
      for (const auto& line : cue.lines) EXPECT_LE(line.size(), 42U);
      last = cue.end;
    }
  }
}

}  // namespace
}  // namespace v2t
