// Subtitles: words shaped into cues that people can read.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "domain/transcript.h"

namespace v2t {

struct SubtitleCue {
  Millis start{};                  // media time
  Millis end{};                    // > start; at most the next cue's start
  std::vector<std::string> lines;  // one or two, UTF-8, trimmed, not empty
};

// Widths are in columns (domain/script.h): a Chinese character takes two.
struct SubtitleRules {
  size_t line_columns = 42;
  Millis longest{7000};      // a cue stays no longer
  Millis shortest{1000};     // a cue stays at least this long where the next one leaves room
  Millis pause{1200};        // no cue spans a pause this long
  Millis clause_pause{300};  // a pause this long after a clause is a good place to break
};

// Cues in order of time that do not overlap. Every word is in exactly one cue, in order; only a single word wider
// than a line is broken inside, at a character. Segments without words are cut by the share of their text.
std::vector<SubtitleCue> shape_subtitles(std::span<const Segment> segments, const SubtitleRules& rules = {});

}  // namespace v2t
