// What is wrong with cues, by the rules.
#include "domain/subtitle_problems.h"

#include <algorithm>

#include "domain/script.h"

namespace v2t {
namespace {

using Kind = SubtitleProblem::Kind;

// A figure over its limit by rounding alone is no problem.
constexpr double kRoundingCps = 0.05;

double number(Millis time) { return static_cast<double>(time.count()); }

class Inspector {
 public:
  explicit Inspector(const SubtitleRules& rules) : rules_(rules) {}

  std::vector<SubtitleProblem> inspect(std::span<const SubtitleCue> cues) {
    for (size_t i = 0; i < cues.size(); ++i) {
      index_ = i;
      inspect_text(cues[i]);
      inspect_times(cues[i]);
      if (i + 1 < cues.size()) inspect_gap(cues[i + 1].start - cues[i].end);
    }
    return std::move(problems_);
  }

 private:
  void add(Kind kind, double value, double limit) { problems_.push_back({index_, kind, value, limit}); }

  void inspect_text(const SubtitleCue& cue) {
    size_t widest = 0;
    for (const auto& line : cue.lines) widest = std::max(widest, display_columns(line));
    if (widest > rules_.line_columns)
      add(Kind::kLineTooLong, static_cast<double>(widest), static_cast<double>(rules_.line_columns));
    if (cue.lines.size() > rules_.max_lines)
      add(Kind::kTooManyLines, static_cast<double>(cue.lines.size()), static_cast<double>(rules_.max_lines));
  }

  void inspect_times(const SubtitleCue& cue) {
    const Millis stay = cue.end - cue.start;
    if (const double cps = reading_speed(cue); cps > rules_.max_cps + kRoundingCps)
      add(Kind::kTooFast, cps, rules_.max_cps);
    if (stay < rules_.shortest) add(Kind::kTooShort, number(stay), number(rules_.shortest));
    if (stay > rules_.longest) add(Kind::kTooLong, number(stay), number(rules_.longest));
  }

  void inspect_gap(Millis gap) {
    if (gap < Millis(0)) add(Kind::kOverlap, number(-gap), 0);
    if (gap >= Millis(0) && gap < rules_.gap) add(Kind::kGap, number(gap), number(rules_.gap));
  }

  const SubtitleRules& rules_;
  size_t index_ = 0;
  std::vector<SubtitleProblem> problems_;
};

}  // namespace

std::string_view problem_name(SubtitleProblem::Kind kind) {
  switch (kind) {
    case Kind::kTooFast:
      return "too_fast";
    case Kind::kTooShort:
      return "too_short";
    case Kind::kTooLong:
      return "too_long";
    case Kind::kGap:
      return "gap";
    case Kind::kLineTooLong:
      return "line_too_long";
    case Kind::kTooManyLines:
      return "too_many_lines";
    case Kind::kOverlap:
      return "overlap";
  }
  CHECK(false);
}

std::vector<SubtitleProblem> subtitle_problems(std::span<const SubtitleCue> cues, const SubtitleRules& rules) {
  return Inspector(rules).inspect(cues);
}

}  // namespace v2t
