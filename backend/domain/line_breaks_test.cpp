// Tests of where lines are broken.
#include "domain/line_breaks.h"

#include <gtest/gtest.h>

namespace v2t {
namespace {

TEST(LineBreaks, TheBestPlaceIsAfterASentenceThenAfterAClause) {
  EXPECT_EQ(break_cost("said.", "And"), kBreakAfterSentence);
  EXPECT_EQ(break_cost("said.\"", "And"), kBreakAfterSentence);
  EXPECT_EQ(break_cost("said,", "and"), kBreakAfterClause);
  EXPECT_EQ(break_cost("です。", "次"), kBreakAfterSentence);
  EXPECT_EQ(break_cost("はい、", "次"), kBreakAfterClause);
}

TEST(LineBreaks, ConjunctionsAndPrepositionsBeginALine) {
  EXPECT_EQ(break_cost("rain", "because"), kBreakBeforeConjunction);
  EXPECT_EQ(break_cost("дождь", "потому"), kBreakBeforeConjunction);
  EXPECT_EQ(break_cost("walk", "with"), kBreakBeforePreposition);
  EXPECT_EQ(break_cost("пошли", "через"), kBreakBeforePreposition);
}

TEST(LineBreaks, LittleWordsStayWithWhatFollows) {
  EXPECT_EQ(break_cost("The", "dog"), kBreakAfterLittleWord);
  EXPECT_EQ(break_cost("(the", "dog"), kBreakAfterLittleWord);
  EXPECT_EQ(break_cost("Не", "знаю"), kBreakAfterLittleWord);
  EXPECT_EQ(break_cost("with", "him"), kBreakAfterLittleWord);
  EXPECT_EQ(break_cost("und", "dann"), kBreakAfterLittleWord);
}

TEST(LineBreaks, NamesAndNumbersAreNotParted) {
  EXPECT_EQ(break_cost("New", "York"), kBreakInsideName);
  EXPECT_EQ(break_cost("Анна", "Каренина"), kBreakInsideName);
  EXPECT_EQ(break_cost("Dr.", "Smith"), kBreakInsideName);
  EXPECT_EQ(break_cost("J.", "Smith"), kBreakInsideName);
  EXPECT_EQ(break_cost("25", "May"), kBreakInsideNumber);
  EXPECT_EQ(break_cost("カ", "メ"), kBreakInsideName);
}

TEST(LineBreaks, OtherWordsCostTheSame) {
  EXPECT_EQ(break_cost("walked", "slowly"), kBreakBetweenWords);
  EXPECT_EQ(break_cost("字", "字"), kBreakBetweenWords);
}

}  // namespace
}  // namespace v2t
