// Tests of what writing systems ask of layout.
#include "domain/script.h"

#include <gtest/gtest.h>

namespace v2t {
namespace {

TEST(Script, DecodesTheFirstAndLastCodePoint) {
  EXPECT_EQ(first_code_point("яблоко").value, U'я');
  EXPECT_EQ(first_code_point("😀!").value, U'😀');
  EXPECT_EQ(first_code_point("😀!").size_bytes, 4U);
  EXPECT_EQ(last_code_point("你好。").value, U'。');
  EXPECT_EQ(last_code_point("a").value, U'a');
}

TEST(Script, FullWidthCharactersTakeTwoColumnsAndCombiningMarksNone) {
  EXPECT_EQ(display_columns("abc"), 3U);
  EXPECT_EQ(display_columns("яблоко"), 6U);
  EXPECT_EQ(display_columns("你好。"), 6U);
  EXPECT_EQ(display_columns("e\u0301"), 1U);
  EXPECT_EQ(display_columns(""), 0U);
}

TEST(Script, ATruncatedSequenceAtTheEndIsNotReadPast) { EXPECT_GE(display_columns(std::string_view("a\xE4", 2)), 2U); }

TEST(Script, FindsTheMarkBeforeClosingQuotes) {
  EXPECT_EQ(last_before_closing_marks("he said \"no.\""), U'.');
  EXPECT_EQ(last_before_closing_marks("「はい。」"), U'。');
  EXPECT_EQ(last_before_closing_marks("\"\""), U'\0');
  EXPECT_TRUE(ends_sentence(U'？'));
  EXPECT_TRUE(ends_clause(U'、'));
}

TEST(Script, CountsWhatAReaderCounts) {
  EXPECT_EQ(visible_characters("e\u0301té"), 3U);
  EXPECT_EQ(visible_characters("你好。"), 3U);
}

TEST(Script, KnowsCapitalsAndTheirSmallLetters) {
  EXPECT_TRUE(is_capital(U'Я'));
  EXPECT_TRUE(is_capital(U'Ё'));
  EXPECT_TRUE(is_capital(U'Č'));
  EXPECT_TRUE(is_capital(U'Ź'));
  EXPECT_FALSE(is_capital(U'č'));
  EXPECT_FALSE(is_capital(U'я'));
  EXPECT_FALSE(is_capital(U'×'));
  EXPECT_EQ(to_small(U'Я'), U'я');
  EXPECT_EQ(to_small(U'Ё'), U'ё');
  EXPECT_EQ(to_small(U'É'), U'é');
  EXPECT_EQ(to_small(U'ß'), U'ß');
}

TEST(Script, KnowsWhatALineMustNotBeginOrEndWith) {
  EXPECT_TRUE(clings_to_previous(U'ー'));
  EXPECT_TRUE(clings_to_previous(U'ょ'));
  EXPECT_TRUE(is_opening_mark(U'「'));
  EXPECT_FALSE(is_opening_mark(U'」'));
  EXPECT_TRUE(is_digit(U'٣'));
}

TEST(Script, ChineseIsJoinedWithoutASpaceAndKoreanWithOne) {
  EXPECT_EQ(joint("你好。", "世界"), "");
  EXPECT_EQ(joint("안녕", "하세요"), " ");
  EXPECT_EQ(joint("one", "two"), " ");
  EXPECT_EQ(joint("", "two"), "");
}

}  // namespace
}  // namespace v2t
