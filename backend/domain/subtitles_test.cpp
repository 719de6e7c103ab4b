// Tests of the shaping of words into subtitle cues.
#include "domain/subtitles.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "base/text.h"
#include "domain/script.h"
#include "domain/subtitle_problems.h"

namespace v2t {
namespace {

using ::testing::AnyOf;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::IsEmpty;
using ::testing::Not;
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
  words.reserve(30);
  for (int64_t i = 0; i < 30; ++i) words.push_back(word(i * 200, i * 200 + 200, i % 10 == 9 ? "。" : "字"));
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

// Thai vowels that stand above a consonant, without one: they take no column, nor a space between them.
TEST(Subtitles, SignsWithoutWidthDoNotAllGoIntoOneCue) {
  const std::vector<Segment> segments(1000, segment_of({word(0, 0, "\u0e31")}));
  const SubtitleRules rules;
  for (const auto& cue : shape_subtitles(segments, rules))
    EXPECT_LE(cue.words.size(), rules.line_columns * rules.max_lines);
}

TEST(Subtitles, ACueStaysUntilItIsReadWhereThereIsRoom) {
  const auto cues = shape_subtitles(
      std::vector{segment_of({word(0, 600, " Incomprehensibilities,"), word(600, 1000, " counterrevolutionaries.")})});
  ASSERT_THAT(cues, SizeIs(1));
  EXPECT_NEAR(reading_speed(cues[0]), 20, 0.1);
}

TEST(Subtitles, ACueBeginsEarlierWhenThereIsNoRoomBehindIt) {
  const auto cues = shape_subtitles(std::vector{segment_of({word(5000, 5300, " Incomprehensibilities!")}),
                                                segment_of({word(6600, 6700, " Counterrevolutionaries!")}),
                                                segment_of({word(7300, 7900, " Well, that is all there is.")})},
                                    {.pause = Millis(500)});
  ASSERT_THAT(cues, SizeIs(3));
  EXPECT_EQ(cues[1].start, Millis(6180));
  EXPECT_EQ(cues[1].end, Millis(7220));
}

TEST(Subtitles, CuesAreCutWhereTheReaderHasMoreTime) {
  // Twelve words in three seconds, then a slow end: one cue of all is too fast to read only if it is cut badly.
  std::vector<Word> words;
  words.reserve(14);
  for (int64_t i = 0; i < 10; ++i) words.push_back(word(i * 200, i * 200 + 200, " quick"));
  for (int64_t i = 0; i < 4; ++i) words.push_back(word(2000 + i * 900, 2000 + i * 900 + 800, " slow"));
  const auto cues = shape_subtitles(std::vector{segment_of(words)});
  EXPECT_THAT(subtitle_problems(cues, {}), IsEmpty());
}

TEST(Subtitles, ShortGapsBetweenCuesAreClosedToTheGapOfTheRules) {
  const auto cues = shape_subtitles(std::vector{spoken("This is the first of the two sentences here.", 0),
                                                spoken("And this is the second one of the two sentences.", 3050)});
  ASSERT_THAT(cues, SizeIs(2));
  EXPECT_EQ(cues[1].start - cues[0].end, Millis(80));
}

TEST(Subtitles, NamesAndNumbersStayOnOneLine) {
  const auto cues = shape_subtitles(
      std::vector{spoken("They travelled all the way across to New York City where they stayed for weeks.")});
  for (const auto& cue : cues)
    for (const auto& line : cue.lines)
      EXPECT_THAT(line, Not(AnyOf(EndsWith("New"), EndsWith("York"), EndsWith("the"))));
}

TEST(Subtitles, ThreeLinesAreUsedWhereTheyAreAllowed) {
  const auto cues = shape_subtitles(std::vector{spoken("one two three four five six seven eight nine")},
                                    {.line_columns = 16, .max_lines = 3});
  ASSERT_THAT(cues, SizeIs(1));
  EXPECT_THAT(cues[0].lines, SizeIs(3));
}

TEST(Subtitles, JapaneseLinesDoNotBeginWithSmallKanaNorEndWithAnOpeningBracket) {
  std::vector<Word> words;
  int64_t now = 0;
  for (int i = 0; i < 12; ++i)
    for (const char* part : {"「", "キ", "ャ", "ー", "」"}) {
      words.push_back(word(now, now + 150, part));
      now += 150;
    }
  for (const auto& cue : shape_subtitles(std::vector{segment_of(words)}, {.line_columns = 26}))
    for (const auto& line : cue.lines) {
      EXPECT_TRUE(line.starts_with("「") || line.starts_with("キ")) << line;
      EXPECT_FALSE(line.ends_with("「")) << line;
    }
}

TEST(Subtitles, TheWordsOfACueMakeItsLines) {
  const auto cues =
      shape_subtitles(std::vector{spoken("When the rain had stopped, we all went out for a walk in town.")});
  ASSERT_THAT(cues, SizeIs(1));
  std::vector<std::string> lines(cues[0].lines.size());
  for (const auto& w : cues[0].words) lines[w.line] += w.text;
  EXPECT_EQ(lines, cues[0].lines);
  EXPECT_EQ(cues[0].words[3].text, " had");
  EXPECT_EQ(cues[0].words[3].start, Millis(900));
}

// Words of several writing systems, with and without spaces, marks and pauses.
class RandomSpeech {
 public:
  explicit RandomSpeech(unsigned seed) : random_(seed) {}

  int below(int n) { return static_cast<int>(random_() % static_cast<unsigned>(n)); }

  std::vector<Segment> segments() {
    std::vector<Segment> out;
    const bool has_spaces = below(3) > 0;
    for (int s = 0; s < 5; ++s) {
      std::vector<Word> words;
      words.reserve(40);
      for (int i = 0; i < 1 + below(40); ++i) words.push_back(next_word(has_spaces));
      out.push_back(segment_of(std::move(words)));
    }
    return out;
  }

  SubtitleRules rules() {
    SubtitleRules rules;
    rules.line_columns = 10 + static_cast<size_t>(below(40));
    rules.max_lines = 1 + static_cast<size_t>(below(3));
    rules.max_cps = 5 + below(25);
    rules.shortest = Millis(below(2000));
    rules.longest = Millis(2000 + below(6000));
    rules.gap = Millis(below(200));
    return rules;
  }

 private:
  Word next_word(bool has_spaces) {
    static const std::vector<std::string> kSpaced{"the",    "New", "York", "дом",  "не",
                                                  "потому", "1",   "000",  "שלום", "e\u0301té"};
    static const std::vector<std::string> kTight{"字", "カ", "ー", "ょ", "「", "」", "ไทย", "ok"};
    static const std::vector<std::string> kMarks{"", "", "", "", ".", ",", "。", "!"};
    std::string text = has_spaces ? " " : "";
    const auto& choice = has_spaces ? kSpaced : kTight;
    for (int i = 0; i < 1 + below(3); ++i) text += choice[static_cast<size_t>(below(static_cast<int>(choice.size())))];
    text += kMarks[static_cast<size_t>(below(static_cast<int>(kMarks.size())))];
    const int64_t start = now_ + (below(5) == 0 ? below(2000) : 0);
    now_ = start + below(800);
    return word(start, now_, text);
  }

  std::mt19937 random_;
  int64_t now_ = 0;
};

std::string without_spaces(std::string text) {
  std::erase(text, ' ');
  return text;
}

void expect_lines_are_kept(const SubtitleCue& cue, const SubtitleRules& rules) {
  EXPECT_LE(cue.end - cue.start, rules.longest);
  EXPECT_LE(cue.lines.size(), rules.max_lines);
  std::vector<std::string> lines(cue.lines.size());
  Millis said = cue.start;
  for (const auto& w : cue.words) {
    lines[w.line] += w.text;
    EXPECT_GE(w.start, said);
    EXPECT_GE(w.end, w.start);
    said = w.end;
  }
  EXPECT_EQ(lines, cue.lines);
  EXPECT_LE(said, cue.end);
  for (const auto& line : cue.lines) EXPECT_LE(display_columns(line), rules.line_columns);
}

TEST(Subtitles, KeepTheirPromisesOnRandomSpeechInAllScripts) {
  for (unsigned round = 0; round < 300; ++round) {
    RandomSpeech speech(round);
    const auto segments = speech.segments();
    const auto rules = speech.rules();
    const auto cues = shape_subtitles(segments, rules);
    std::string expected;
    for (const auto& segment : segments) expected += segment.text;
    EXPECT_EQ(without_spaces(text_of(cues)), without_spaces(expected)) << "round " << round;
    for (size_t i = 0; i < cues.size(); ++i) {
      const auto& cue = cues[i];
      EXPECT_GT(cue.end, cue.start);
      expect_lines_are_kept(cue, rules);
      const Millis room = i + 1 < cues.size() ? cues[i + 1].start - rules.gap - cue.end : Millis(10000);
      if (i + 1 < cues.size()) {
        EXPECT_GE(cues[i + 1].start, cue.end);
      }
      const bool is_stretched = room <= Millis(0) || cue.end - cue.start >= rules.longest - Millis(1);
      EXPECT_TRUE(is_stretched || reading_speed(cue) <= rules.max_cps + 0.1) << "round " << round;
    }
  }
}

}  // namespace
}  // namespace v2t
