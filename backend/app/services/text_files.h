// Transcripts as text and as tables.
#pragma once

#include <string>
#include <vector>

#include "app/services/exports.h"

namespace v2t {

// Text on one line, valid UTF-8 without control characters, trimmed.
std::string one_line(const std::string& text);

struct TextBlock {
  Millis start{};
  std::string text;  // one line, not empty
};
// The text cut as the layout says: the segments, or paragraphs of them.
std::vector<TextBlock> text_blocks(const Transcript& transcript, TextLayout layout);

// "1:02:03" or "02:03".
std::string clock_time(Millis time);

std::string write_txt(const Transcript& transcript, TextLayout layout);
std::string write_tsv(const Transcript& transcript);
std::string write_csv(const Transcript& transcript);

}  // namespace v2t
