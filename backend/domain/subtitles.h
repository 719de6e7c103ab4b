// Subtitles: words shaped into cues that people can read.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "domain/transcript.h"

namespace v2t {

// A word within a cue, for highlighting as it is said.
struct CueWord {
  size_t line = 0;  // of the cue
  Millis start{};   // within the cue; words are in order and do not overlap
  Millis end{};
  std::string text;  // with the space before it; the words of a line make the line
};

struct SubtitleCue {
  Millis start{};                  // media time
  Millis end{};                    // > start; at most the next cue's start
  std::vector<std::string> lines;  // one to max_lines, UTF-8, trimmed, not empty
  std::vector<CueWord> words;      // empty for cues that were read from a file
};

// Widths are in columns (domain/script.h): a Chinese character takes two. Published sets of these numbers are in
// domain/subtitle_presets.h.
struct SubtitleRules {
  size_t line_columns = 42;
  size_t max_lines = 2;
  double max_cps = 20;           // reading speed: visible characters, spaces too, per second
  Millis shortest{1000};         // a cue stays at least this long where there is room
  Millis longest{7000};          // a cue stays no longer
  Millis gap{80};                // between two cues: a change is seen only after a moment of nothing
  Millis close_gaps_below{500};  // a shorter pause than this between two cues flickers: the first stays for it
  Millis pause{1200};            // no cue spans a pause this long
  Millis clause_pause{300};      // a pause this long is as good a place to break as a comma

  friend bool operator==(const SubtitleRules&, const SubtitleRules&) = default;
};

// Cues in order of time that do not overlap. Every word is in exactly one cue, in order; only a single word wider
// than a line is broken inside, at a character. Lines and lengths are kept always; reading speed, shortest stay and gap
// as far as the speech leaves room (see domain/subtitle_problems.h). Cues may begin up to half a second before the
// first word and stay after the last one where their reader needs it. Segments without words are cut by the share of
// their text.
std::vector<SubtitleCue> shape_subtitles(std::span<const Segment> segments, const SubtitleRules& rules = {});

// That a reader counts, over all lines.
size_t visible_characters(const SubtitleCue& cue);
// Visible characters per second.
double reading_speed(const SubtitleCue& cue);

}  // namespace v2t
