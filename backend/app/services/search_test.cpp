// Queries in, highlighted hits out.
#include "app/services/search.h"

#include <gmock/gmock.h>

namespace v2t {
namespace {

using ::testing::ElementsAre;

using Part = SearchHit::Part;

SearchPage::Hit hit_of(const std::string& text) {
  SearchPage::Hit hit;
  hit.segment.start = Millis(1000);
  hit.segment.text = text;
  Millis at{1000};
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find(' ', begin + 1), text.size());
    hit.segment.words.push_back({at, at + Millis(100), text.substr(begin, end - begin)});
    at += Millis(100);
    begin = end;
  }
  return hit;
}

TEST(Search, AQueryIsWordsAndPhrases) {
  EXPECT_THAT(search_terms("Hello  WORLD hello"), ElementsAre("hello", "world"));
  EXPECT_THAT(search_terms("say \"Good  day\" now"), ElementsAre("say", "good  day", "now"));
  EXPECT_THAT(search_terms("half \"open"), ElementsAre("half", "open"));
  EXPECT_THAT(search_terms("Ёлка"), ElementsAre("елка"));
  EXPECT_TRUE(search_terms(" \"\" ").empty());
}

TEST(Search, MatchesAreMarkedInTheTextAsItIsWritten) {
  EXPECT_THAT(
      show_hit(hit_of("Das Café hat Cafés"), {"cafe"}).parts,
      ElementsAre(Part{"Das ", false}, Part{"Café", true}, Part{" hat ", false}, Part{"Café", true}, Part{"s", false}));
  EXPECT_THAT(show_hit(hit_of("ЁЛКА"), {"елка"}).parts, ElementsAre(Part{"ЁЛКА", true}));
}

TEST(Search, MatchesThatTouchAreOne) {
  EXPECT_THAT(show_hit(hit_of("abcdef"), {"abc", "bcde"}).parts, ElementsAre(Part{"abcde", true}, Part{"f", false}));
}

TEST(Search, AHitTellsTheSecondOfItsWord) {
  EXPECT_EQ(show_hit(hit_of("one two three"), {"two"}).at, Millis(1100));
  EXPECT_EQ(show_hit(hit_of("one two three"), {"hree"}).at, Millis(1200));
  EXPECT_EQ(show_hit(hit_of("one one three"), {"ne t"}).at, Millis(1100));
  SearchPage::Hit hit = hit_of("one two");
  hit.segment.words.clear();
  EXPECT_EQ(show_hit(hit, {"two"}).at, Millis(1000));
}

TEST(Search, ALongTextIsCutAroundItsFirstMatch) {
  std::string text;
  for (int i = 0; i < 200; ++i) text += "слово ";
  text += "здесь";
  for (int i = 0; i < 200; ++i) text += " слово";
  const auto parts = show_hit(hit_of(text), {"здесь"}).parts;
  ASSERT_EQ(parts.size(), 5u);
  EXPECT_EQ(parts[0], (Part{"…", false}));
  EXPECT_EQ(parts[2], (Part{"здесь", true}));
  EXPECT_EQ(parts[4], (Part{"…", false}));
  EXPECT_LT(parts[1].text.size() + parts[3].text.size(), 420u);
}

}  // namespace
}  // namespace v2t
