// Tests of the languages' codes and names.
#include "domain/languages.h"

#include <gtest/gtest.h>

namespace v2t {
namespace {

TEST(Languages, ACodeHasAName) {
  EXPECT_EQ(language_name("en"), "english");
  EXPECT_EQ(language_name("yue"), "cantonese");
  EXPECT_EQ(language_name("zz"), "");
  EXPECT_TRUE(is_language("ru"));
  EXPECT_FALSE(is_language("RU"));
  EXPECT_FALSE(is_language(""));
}

TEST(Languages, CodesAndNamesAreFoundInAnyCase) {
  EXPECT_EQ(language_from("en"), "en");
  EXPECT_EQ(language_from(" English "), "en");
  EXPECT_EQ(language_from("Haitian Creole"), "ht");
  EXPECT_EQ(language_from("klingon"), std::nullopt);
  EXPECT_EQ(language_from(""), std::nullopt);
}

}  // namespace
}  // namespace v2t
