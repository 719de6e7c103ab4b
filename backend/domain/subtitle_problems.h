// What is wrong with cues, by the rules.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "domain/subtitles.h"

namespace v2t {

struct SubtitleProblem {
  enum class Kind { kTooFast, kTooShort, kTooLong, kGap, kLineTooLong, kTooManyLines, kOverlap };
  size_t cue = 0;  // its index; kGap and kOverlap: of the earlier one
  Kind kind = Kind::kTooFast;
  double value = 0;  // characters per second, milliseconds, columns, lines
  double limit = 0;
};
// "too_fast", "line_too_long" ...: the names in the API.
std::string_view problem_name(SubtitleProblem::Kind kind);

// Where cues break the rules, in order of the cues.
std::vector<SubtitleProblem> subtitle_problems(std::span<const SubtitleCue> cues, const SubtitleRules& rules);

}  // namespace v2t
