// Tests of the report on cues.
#include "domain/subtitle_problems.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace v2t {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;
using Kind = SubtitleProblem::Kind;

SubtitleCue cue(int64_t start, int64_t end, std::vector<std::string> lines) {
  return {Millis(start), Millis(end), std::move(lines), {}};
}

// The only problem of these cues under the rules of "standard".
SubtitleProblem only_problem(const std::vector<SubtitleCue>& cues) {
  const auto problems = subtitle_problems(cues, {});
  EXPECT_THAT(problems, SizeIs(1));
  return problems.empty() ? SubtitleProblem{} : problems.front();
}

TEST(SubtitleProblems, GoodCuesHaveNone) {
  EXPECT_THAT(subtitle_problems(std::vector{cue(0, 2000, {"Hello."}), cue(2080, 4000, {"You", "there."})}, {}),
              IsEmpty());
}

TEST(SubtitleProblems, SayHowFastACueIs) {
  const auto problem = only_problem({cue(0, 1000, {"123456789012345678901234567890"})});
  EXPECT_EQ(problem.kind, Kind::kTooFast);
  EXPECT_DOUBLE_EQ(problem.value, 30);
  EXPECT_DOUBLE_EQ(problem.limit, 20);
}

TEST(SubtitleProblems, FindStaysGapsAndOverlaps) {
  EXPECT_EQ(only_problem({cue(0, 500, {"a"})}).kind, Kind::kTooShort);
  EXPECT_EQ(only_problem({cue(0, 8000, {"a"})}).kind, Kind::kTooLong);
  EXPECT_EQ(only_problem({cue(0, 2000, {"a"}), cue(2010, 4000, {"b"})}).kind, Kind::kGap);
  EXPECT_EQ(only_problem({cue(0, 2000, {"a"}), cue(1500, 4000, {"b"})}).value, 500);
}

TEST(SubtitleProblems, FindLongLinesAndManyLines) {
  EXPECT_EQ(only_problem({cue(0, 5000, {std::string(43, 'x')})}).kind, Kind::kLineTooLong);
  EXPECT_EQ(only_problem({cue(0, 5000, {"a", "b", "c"})}).kind, Kind::kTooManyLines);
}

TEST(SubtitleProblems, NameTheCue) {
  const auto problem = only_problem({cue(0, 2000, {"a"}), cue(3000, 3100, {"b"})});
  EXPECT_EQ(problem.cue, 1U);
  EXPECT_EQ(problem_name(problem.kind), "too_short");
}

}  // namespace
}  // namespace v2t
