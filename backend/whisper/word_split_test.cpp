// Tests of the split of tokens into words.
#include "whisper/word_split.h"

#include <gmock/gmock.h>

#include "whisper/testing/small_tokenizer.h"

namespace v2t::whisper {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> texts(const std::string& text, std::string_view language) {
  const auto tokenizer = testing::small_tokenizer();
  const auto tokens = tokenizer.encode(text);
  std::vector<std::string> out;
  size_t total = 0;
  for (const auto& word : split_words(tokenizer, tokens, language)) {
    out.push_back(word.text);
    total += word.n_tokens;
  }
  EXPECT_EQ(total, tokens.size());
  return out;
}

TEST(SplitWords, AtSpacesAndPunctuation) {
  EXPECT_THAT(texts(" Hello, big world!", "en"), ElementsAre(" Hello", ",", " big", " world", "!"));
}

TEST(SplitWords, KeepsCharactersOfManyTokensWhole) {
  EXPECT_THAT(texts(" Привет мир", "ru"), ElementsAre(" Привет", " мир"));
}

TEST(SplitWords, AtEveryCharacterWhereNoSpacesAreWritten) {
  EXPECT_THAT(texts("日本語", "ja"), ElementsAre("日", "本", "語"));
  EXPECT_THAT(texts("日本", "yue"), ElementsAre("日", "本"));
}

TEST(SplitWords, ReplacesAnUnfinishedCharacterAtTheEnd) {
  const auto tokenizer = testing::small_tokenizer();
  auto tokens = tokenizer.encode("日");
  tokens.pop_back();
  const auto words = split_words(tokenizer, tokens, "ja");
  ASSERT_EQ(words.size(), 1U);
  EXPECT_EQ(words[0].n_tokens, 2U);
}

TEST(SplitWords, OfNothingAreNone) { EXPECT_TRUE(texts("", "en").empty()); }

}  // namespace
}  // namespace v2t::whisper
