// Files of text with times, read back: our JSON, SubRip, WebVTT, and the tables of openai/whisper.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "domain/subtitles.h"
#include "domain/transcript.h"

namespace v2t {

enum class ImportFormat { kJson, kSrt, kVtt, kTsv };

std::string_view import_format_name(ImportFormat format);
std::optional<ImportFormat> import_format_from_name(std::string_view name);

struct ImportedText {
  Transcript transcript;          // segments in order of time; duration: the end of the last
  std::vector<SubtitleCue> cues;  // of srt and vtt: lines and times as they stand in the file, in its order
};

// The bytes come from strangers: everything is checked. kInvalidArgument names the line (or the place in the JSON),
// what was found there and what belongs there. Tags and positions of subtitles are left out; entities of WebVTT are
// resolved.
Result<ImportedText> import_text(std::string_view bytes, ImportFormat format);

}  // namespace v2t
