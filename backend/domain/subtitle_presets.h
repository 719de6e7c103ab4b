// Published numbers of broadcasters for subtitles, and rules from what a user asks for.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "domain/subtitles.h"

namespace v2t {

struct SubtitlePreset {
  std::string_view name;    // "netflix"
  std::string_view source;  // where the numbers are published and what is not
  SubtitleRules rules;      // for English; see rules_for
};

// "standard" first.
std::span<const SubtitlePreset> subtitle_presets();
// nullptr when there is none of this name.
const SubtitlePreset* find_subtitle_preset(std::string_view name);
// The preset's rules for a language (ISO 639-1; empty: unknown): Netflix publishes its numbers by language.
SubtitleRules rules_for(const SubtitlePreset& preset, std::string_view language);

// What a user asks for: a preset, and numbers that replace those of it.
struct SubtitleWishes {
  std::string preset = "standard";
  std::optional<size_t> line_columns;
  std::optional<size_t> max_lines;
  std::optional<double> max_cps;
  std::optional<Millis> shortest;
  std::optional<Millis> longest;
  std::optional<Millis> gap;
};

// kInvalidArgument names the number and what it takes, or the presets that there are.
Result<SubtitleRules> subtitle_rules(const SubtitleWishes& wishes, std::string_view language);

}  // namespace v2t
