// Tests of the log's line formats.
#include "base/log.h"

#include <gtest/gtest.h>

namespace v2t::log {
namespace {

TEST(Log, JsonStaysValidUnderHostileValues) {
  EXPECT_EQ(format_line(Format::kJson, Level::kInfo, "a\"b", {{"file", "x\n\"}{"}}),
            R"({"level":"info","message":"a\"b","file":"x\n\"}{"})");
}

TEST(Log, TextKeepsOneEventOnOneLine) {
  EXPECT_EQ(format_line(Format::kText, Level::kError, "failed", {{"file", "a\nb"}}), R"(error failed file="a\nb")");
}

}  // namespace
}  // namespace v2t::log
