// Published numbers of broadcasters for subtitles.
#include "domain/subtitle_presets.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace v2t {
namespace {

constexpr std::string_view kNetflixName = "netflix";

constexpr std::array<SubtitlePreset, 5> kPresets{{
    {"standard", "ours: lines and stays of most broadcasters, English reading speed of Netflix, gap of two frames", {}},
    {kNetflixName,
     "Netflix Timed Text Style Guides, 2026: general requirements, and same-language (SDH) reading speeds and line "
     "lengths by language",
     {42, 2, 20, Millis(833), Millis(7000), Millis(83), Millis(500)}},
    {"bbc",
     "BBC Subtitle Guidelines: 37 characters (teletext), 2 lines, 180 words a minute (18 characters a second), gaps "
     "under a second closed; 1 s and 7 s are ours",
     {37, 2, 18, Millis(1000), Millis(7000), Millis(0), Millis(1000)}},
    {"ted",
     "TED Translators guidelines: 42 characters, 2 lines, 21 characters a second, 1 s to 7 s; no gap is published",
     {42, 2, 21, Millis(1000), Millis(7000), Millis(0), Millis(500)}},
    {"youtube",
     "YouTube publishes no numbers: 32 columns and 2 lines of CEA-608 captions, which it takes and shows; the rest "
     "ours",
     {32, 2, 20, Millis(1000), Millis(6000), Millis(0), Millis(500)}},
}};

struct LanguageNumbers {
  std::string_view language;
  size_t line_columns;
  double max_cps;
};

// Netflix counts a full-width character as one; here it takes two columns and is one character to read.
constexpr std::array<LanguageNumbers, 7> kNetflixByLanguage{
    {{"ar", 42, 23}, {"hi", 42, 25}, {"ja", 26, 7}, {"ko", 32, 14}, {"th", 35, 20}, {"yue", 32, 11}, {"zh", 32, 11}}};

std::string preset_names() {
  std::string names;
  for (const auto& preset : kPresets) names += (names.empty() ? "" : ", ") + std::string(preset.name);
  return names;
}

Result<void> check_range(std::string_view name, double value, double least, double most) {
  if (std::isfinite(value) && value >= least && value <= most) return {};
  return fail(ErrorCode::kInvalidArgument, std::string(name) + " takes a number from " +
                                               std::to_string(static_cast<int>(least)) + " to " +
                                               std::to_string(static_cast<int>(most)));
}

Result<void> check(const SubtitleRules& rules) {
  TRY_VOID(check_range("line_columns", static_cast<double>(rules.line_columns), 10, 200));
  TRY_VOID(check_range("max_lines", static_cast<double>(rules.max_lines), 1, 5));
  TRY_VOID(check_range("max_cps", rules.max_cps, 5, 100));
  TRY_VOID(check_range("min_ms", static_cast<double>(rules.shortest.count()), 0, 10000));
  TRY_VOID(check_range("max_ms", static_cast<double>(rules.longest.count()), 1000, 60000));
  TRY_VOID(check_range("gap_ms", static_cast<double>(rules.gap.count()), 0, 2000));
  if (rules.shortest <= rules.longest) return {};
  return fail(ErrorCode::kInvalidArgument, "min_ms must not be more than max_ms");
}

}  // namespace

std::span<const SubtitlePreset> subtitle_presets() { return kPresets; }

const SubtitlePreset* find_subtitle_preset(std::string_view name) {
  const auto found = std::ranges::find(kPresets, name, &SubtitlePreset::name);
  return found == kPresets.end() ? nullptr : &*found;
}

SubtitleRules rules_for(const SubtitlePreset& preset, std::string_view language) {
  SubtitleRules rules = preset.rules;
  if (preset.name != kNetflixName) return rules;
  const auto found = std::ranges::find(kNetflixByLanguage, language, &LanguageNumbers::language);
  if (found == kNetflixByLanguage.end()) return rules;
  rules.line_columns = found->line_columns;
  rules.max_cps = found->max_cps;
  return rules;
}

Result<SubtitleRules> subtitle_rules(const SubtitleWishes& wishes, std::string_view language) {
  const SubtitlePreset* preset = find_subtitle_preset(wishes.preset);
  if (preset == nullptr)
    return fail(ErrorCode::kInvalidArgument, "preset " + wishes.preset + ": takes " + preset_names());
  SubtitleRules rules = rules_for(*preset, language);
  rules.line_columns = wishes.line_columns.value_or(rules.line_columns);
  rules.max_lines = wishes.max_lines.value_or(rules.max_lines);
  rules.max_cps = wishes.max_cps.value_or(rules.max_cps);
  rules.gap = wishes.gap.value_or(rules.gap);
  rules.longest = wishes.longest.value_or(rules.longest);
  // One of the two alone moves the other out of its way.
  rules.shortest = wishes.shortest.value_or(wishes.longest ? std::min(rules.shortest, rules.longest) : rules.shortest);
  if (wishes.shortest && !wishes.longest) rules.longest = std::max(rules.longest, rules.shortest);
  TRY_VOID(check(rules));
  return rules;
}

}  // namespace v2t
