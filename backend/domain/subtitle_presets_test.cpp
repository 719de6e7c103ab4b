// Tests of the broadcasters' numbers.
#include "domain/subtitle_presets.h"

#include <gtest/gtest.h>

namespace v2t {
namespace {

TEST(SubtitlePresets, StandardIsTheFirstAndTheDefault) {
  EXPECT_EQ(subtitle_presets().front().name, "standard");
  EXPECT_EQ(subtitle_rules({}, "en").value(), SubtitleRules{});
}

TEST(SubtitlePresets, NetflixDependsOnTheLanguage) {
  const auto* netflix = find_subtitle_preset("netflix");
  ASSERT_NE(netflix, nullptr);
  EXPECT_EQ(rules_for(*netflix, "en").line_columns, 42U);
  EXPECT_EQ(rules_for(*netflix, "ja").line_columns, 26U);
  EXPECT_EQ(rules_for(*netflix, "zh").max_cps, 11);
  EXPECT_EQ(rules_for(*netflix, "").shortest, Millis(833));
}

TEST(SubtitlePresets, WishesReplaceThePresetsNumbers) {
  SubtitleWishes wishes;
  wishes.preset = "bbc";
  wishes.max_cps = 15;
  const auto rules = subtitle_rules(wishes, "en");
  ASSERT_TRUE(rules);
  EXPECT_EQ(rules->line_columns, 37U);
  EXPECT_EQ(rules->max_cps, 15);
}

TEST(SubtitlePresets, ALongShortestStayMovesTheLongest) {
  SubtitleWishes wishes;
  wishes.preset = "standard";
  wishes.shortest = Millis(8000);
  EXPECT_EQ(subtitle_rules(wishes, "en").value().longest, Millis(8000));
}

TEST(SubtitlePresets, UnknownPresetsAndWildNumbersAreRefusedInWords) {
  SubtitleWishes unknown;
  unknown.preset = "hbo";
  EXPECT_NE(subtitle_rules(unknown, "en").error().message.find("netflix"), std::string::npos);
  SubtitleWishes wild;
  wild.line_columns = 0;
  EXPECT_EQ(subtitle_rules(wild, "en").error().message, "line_columns takes a number from 10 to 200");
  SubtitleWishes crossed;
  crossed.shortest = Millis(3000);
  crossed.longest = Millis(2000);
  EXPECT_FALSE(subtitle_rules(crossed, "en"));
}

}  // namespace
}  // namespace v2t
