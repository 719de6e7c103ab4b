// Tests of terms to expect.
#include "whisper/hotwords.h"

#include <gtest/gtest.h>

#include "whisper/testing/small_tokenizer.h"

namespace v2t::whisper {
namespace {

const Tokenizer& tokenizer() {
  static const Tokenizer made = testing::small_tokenizer();
  return made;
}

// What a text gains in all.
float gain_of(const Hotwords& hotwords, const std::string& text) {
  Hotwords::Places places;
  float total = 0;
  for (const int token : tokenizer().encode(text)) total += hotwords.take(token, places);
  return total;
}

TEST(Hotwords, RaiseAWholeTerm) {
  const Hotwords hotwords(tokenizer(), {"Kowloon"});
  EXPECT_GT(gain_of(hotwords, " Kowloon"), 5);
  EXPECT_EQ(gain_of(hotwords, " to the island"), 0);
}

TEST(Hotwords, TakeBackWhatABeginningGained) {
  const Hotwords hotwords(tokenizer(), {"Kowloon"});
  EXPECT_EQ(gain_of(hotwords, " Kowl in"), 0);
}

TEST(Hotwords, KnowOtherCases) {
  const Hotwords hotwords(tokenizer(), {"Kowloon", "москва"});
  EXPECT_GT(gain_of(hotwords, " kowloon"), 5);
  EXPECT_GT(gain_of(hotwords, " Москва"), 5);
}

TEST(Hotwords, AreNoPartsOfOtherWords) {
  const Hotwords hotwords(tokenizer(), {"art"});
  EXPECT_LE(gain_of(hotwords, "cart"), 0);
}

TEST(Hotwords, StandAnywhereInWritingWithoutSpaces) {
  const Hotwords hotwords(tokenizer(), {"広州"});
  EXPECT_GT(gain_of(hotwords, "は広州"), 5);
}

TEST(Hotwords, OfWhichThereAreNoneGainNothing) {
  const Hotwords hotwords(tokenizer(), {" ", ""});
  EXPECT_TRUE(hotwords.is_empty());
  EXPECT_EQ(gain_of(hotwords, " anything"), 0);
  EXPECT_TRUE(Hotwords().gains({}).empty());
}

}  // namespace
}  // namespace v2t::whisper
