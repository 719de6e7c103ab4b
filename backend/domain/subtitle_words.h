// Words as subtitles need them: what must not be broken, with its width and its times.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "domain/transcript.h"

namespace v2t {

// A word with the punctuation and the word parts that are written on to it.
struct SubtitleWord {
  Millis start{};    // media time
  Millis end{};      // >= start
  std::string text;  // valid UTF-8 without control characters, trimmed, not empty
  bool has_space_before = false;
  bool ends_segment = false;
  size_t columns = 0;     // <= line_columns
  size_t characters = 0;  // that a reader counts
};

// All words of the segments in order; a word wider than a line is cut at characters. Segments without words are cut
// at spaces (or characters, where none are written), each part with its share of the time.
std::vector<SubtitleWord> subtitle_words(std::span<const Segment> segments, size_t line_columns);

}  // namespace v2t
