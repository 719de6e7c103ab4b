// Tests of the small text functions.
#include "base/text.h"

#include <gtest/gtest.h>

namespace v2t {
namespace {

TEST(Utf8, AcceptsEveryLength) { EXPECT_TRUE(is_valid_utf8("aé你🎬")); }

TEST(Utf8, RefusesOverlongFormsSurrogatesAndCutSequences) {
  EXPECT_FALSE(is_valid_utf8("\xC0\xAF"));
  EXPECT_FALSE(is_valid_utf8("\xED\xA0\x80"));
  EXPECT_FALSE(is_valid_utf8("\xF4\x90\x80\x80"));
  EXPECT_FALSE(is_valid_utf8("\xE4\xBD"));
}

TEST(Utf8, ReplacesOnlyTheInvalidBytes) { EXPECT_EQ(to_valid_utf8("a\xFFé"), "a\xEF\xBF\xBDé"); }

TEST(Utf8, CountsCodePoints) { EXPECT_EQ(utf8_length("aé你🎬"), 4u); }

TEST(Text, SplitKeepsEmptyParts) {
  EXPECT_EQ(split("a,,b", ','), (std::vector<std::string>{"a", "", "b"}));
  EXPECT_EQ(split("", ','), (std::vector<std::string>{""}));
}

TEST(Text, TrimTakesWhiteSpaceFromBothEnds) { EXPECT_EQ(trim(" \t a b\r\n"), "a b"); }

TEST(Text, JsonEscapesWhatCouldEndTheString) {
  EXPECT_EQ(escape_json("\"\\\n\x01\xFF"), "\\\"\\\\\\n\\u0001\xEF\xBF\xBD");
}

TEST(Text, HumanBytesKeepsFewFigures) {
  EXPECT_EQ(human_bytes(0), "0 B");
  EXPECT_EQ(human_bytes(145217607), "145 MB");
  EXPECT_EQ(human_bytes(1500000000), "1.5 GB");
  EXPECT_EQ(human_bytes(999999), "1.0 MB");
}

}  // namespace
}  // namespace v2t
