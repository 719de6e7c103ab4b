// What counts as the same letter.
#include "domain/fold.h"

#include <gtest/gtest.h>

namespace v2t {
namespace {

TEST(Fold, CaseDoesNotCount) {
  EXPECT_EQ(fold("Hello, WORLD").text, "hello, world");
  EXPECT_EQ(fold("ПРИВЕТ, Мир").text, "привет, мир");
  EXPECT_EQ(fold("ΣΊΣΥΦΟΣ").text, fold("σίσυφος").text);
  EXPECT_EQ(fold("ՀԱՅ").text, "հայ");
}

TEST(Fold, AccentsOfLatinAndGreekDoNotCount) {
  EXPECT_EQ(fold("Élève São Łódź").text, "eleve sao łodz");
  EXPECT_EQ(fold("cafe\xCC\x81").text, "cafe");
  EXPECT_EQ(fold("Ἀθῆναι").text, "αθηναι");
}

TEST(Fold, RussianIsFoundAsPeopleTypeIt) {
  EXPECT_EQ(fold("Ёлка").text, "елка");
  EXPECT_NE(fold("мой").text, fold("мои").text);
}

TEST(Fold, FullWidthLettersAreLetters) { EXPECT_EQ(fold("ＡＢＣ１２").text, "abc12"); }

TEST(Fold, WritingsWithoutCaseStay) {
  EXPECT_EQ(fold("今日は 안녕 שלום مرحبا हिन्दी").text, "今日は 안녕 שלום مرحبا हिन्दी");
}

TEST(Fold, EveryByteKnowsItsCharacter) {
  const FoldedText folded = fold("aÉЖ");
  EXPECT_EQ(folded.text, "aeж");
  EXPECT_EQ(folded.origins, (std::vector<size_t>{0, 1, 3, 3, 5}));
  EXPECT_EQ(fold("").origins, (std::vector<size_t>{0}));
}

}  // namespace
}  // namespace v2t
