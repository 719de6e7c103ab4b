// A transcript as a file: plain text, SubRip, WebVTT, JSON, tab-separated values.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "domain/transcript.h"

namespace v2t {

enum class ExportFormat {
  kTxt,   // paragraphs
  kSrt,   // SubRip
  kVtt,   // WebVTT (W3C)
  kJson,  // all that is known: the API's transcript
  kTsv,   // start, end (ms), text of each segment: the columns of openai/whisper
};

// "txt", "srt" ...: the name in the API and on the command line, and the file's extension.
std::string_view export_format_name(ExportFormat format);
std::optional<ExportFormat> export_format_from_name(std::string_view name);
// "text/vtt; charset=utf-8" and so on.
std::string_view export_content_type(ExportFormat format);

// Valid UTF-8 with "\n" line ends, whatever the transcript's texts hold; a transcript without text gives a valid
// empty file of its format.
std::string export_transcript(const Transcript& transcript, ExportFormat format);

}  // namespace v2t
