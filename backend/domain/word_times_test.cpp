// Times of words follow the edits of their text.
#include "domain/word_times.h"

#include <gmock/gmock.h>

namespace v2t {
namespace {

using ::testing::ElementsAre;

const TimeSpan kSpan{Millis(1000), Millis(3000)};

std::vector<Word> the_quick_fox() {
  return {{Millis(1000), Millis(1200), " The", 0.9F},
          {Millis(1300), Millis(1700), " quick", 0.5F},
          {Millis(2000), Millis(2600), " fox.", 0.8F}};
}

std::vector<std::string> texts_of(const std::vector<Word>& words) {
  std::vector<std::string> texts;
  for (const Word& word : words) texts.push_back(word.text);
  return texts;
}

std::vector<int64_t> starts_of(const std::vector<Word>& words) {
  std::vector<int64_t> starts;
  for (const Word& word : words) starts.push_back(word.start.count());
  return starts;
}

TEST(WordTimes, TheSameTextChangesNothing) {
  EXPECT_EQ(retimed_words(the_quick_fox(), "The quick fox.", kSpan), the_quick_fox());
}

TEST(WordTimes, AWordInPlaceOfAnotherTakesItsTime) {
  const auto words = retimed_words(the_quick_fox(), "The quiet fox.", kSpan);
  EXPECT_THAT(texts_of(words), ElementsAre(" The", " quiet", " fox."));
  EXPECT_EQ(words[1].start, Millis(1300));
  EXPECT_EQ(words[1].end, Millis(1700));
  EXPECT_EQ(words[1].probability, 1.0F);
  EXPECT_TRUE(words[1].checked);
  EXPECT_FALSE(words[0].checked);
  EXPECT_EQ(words[2], the_quick_fox()[2]);
}

TEST(WordTimes, MoreWordsShareTheTimeOfThoseTheyReplaceByLength) {
  const auto words = retimed_words(the_quick_fox(), "The aa bbbbbb fox.", kSpan);
  EXPECT_THAT(starts_of(words), ElementsAre(1000, 1300, 1400, 2000));
  EXPECT_EQ(words[1].end, Millis(1400));
  EXPECT_EQ(words[2].end, Millis(1700));
}

TEST(WordTimes, AnInsertedWordTakesTheTimeBetweenItsNeighbours) {
  const auto words = retimed_words(the_quick_fox(), "The quick brown fox.", kSpan);
  EXPECT_THAT(texts_of(words), ElementsAre(" The", " quick", " brown", " fox."));
  EXPECT_EQ(words[2].start, Millis(1700));
  EXPECT_EQ(words[2].end, Millis(2000));
}

TEST(WordTimes, WordsAtTheEndReachToTheEndOfTheSegment) {
  const auto words = retimed_words(the_quick_fox(), "The quick fox. Yes.", kSpan);
  EXPECT_EQ(words[3].start, Millis(2600));
  EXPECT_EQ(words[3].end, Millis(3000));
}

TEST(WordTimes, ARemovedWordLeavesTheOthers) {
  const auto words = retimed_words(the_quick_fox(), "The fox.", kSpan);
  EXPECT_THAT(starts_of(words), ElementsAre(1000, 2000));
}

TEST(WordTimes, TheFirstWordKeepsItsSpace) {
  EXPECT_THAT(texts_of(retimed_words(the_quick_fox(), "  quick fox.", kSpan)), ElementsAre(" quick", " fox."));
  EXPECT_THAT(texts_of(retimed_words({}, "New words", kSpan)), ElementsAre("New", " words"));
}

TEST(WordTimes, NoTextHasNoWords) { EXPECT_TRUE(retimed_words(the_quick_fox(), " ", kSpan).empty()); }

TEST(WordTimes, AWordInPartsStaysInParts) {
  const std::vector<Word> before{{Millis(1000), Millis(1200), " a"},
                                 {Millis(1200), Millis(1500), " well"},
                                 {Millis(1500), Millis(1900), "-known"}};
  const auto words = retimed_words(before, "the well-known", kSpan);
  EXPECT_THAT(texts_of(words), ElementsAre(" the", " well", "-known"));
  EXPECT_EQ(words[2], before[2]);
}

TEST(WordTimes, AWritingWithoutSpacesIsComparedByCharacters) {
  const std::vector<Word> before{
      {Millis(1000), Millis(1400), "今天"}, {Millis(1400), Millis(1800), "天气"}, {Millis(1800), Millis(2000), "好。"}};
  const auto words = retimed_words(before, "今天空气好。", kSpan);
  EXPECT_THAT(texts_of(words), ElementsAre("今天", "空", "气", "好。"));
  EXPECT_EQ(words[0], before[0]);
  EXPECT_EQ(words[1].start, Millis(1400));
  EXPECT_EQ(words[2].end, Millis(1800));
  EXPECT_EQ(words[3], before[2]);
}

TEST(WordTimes, TimesStayInOrder) {
  auto before = the_quick_fox();
  before[1].end = Millis(2100);  // overlaps the next
  const auto words = retimed_words(before, "The quick brown fox.", kSpan);
  EXPECT_LE(words[2].start, words[2].end);
}

}  // namespace
}  // namespace v2t
