// A transcript as a file: text, subtitles, tables, a document, everything as JSON.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "domain/subtitle_presets.h"
#include "domain/subtitles.h"
#include "domain/transcript.h"

namespace v2t {

enum class ExportFormat {
  kTxt,   // UTF-8 text
  kSrt,   // SubRip
  kVtt,   // WebVTT (W3C)
  kJson,  // all that is known: the API's transcript
  kTsv,   // start, end (ms), text of each segment: the columns of openai/whisper
  kCsv,   // RFC 4180 with a byte order mark, for spreadsheets: a text that would be a formula has an apostrophe before
          // it
  kDocx,  // Office Open XML (ECMA-376)
  kAss,   // Advanced SubStation Alpha, words highlighted as they are said
  kLrc,   // lyrics: a time and a line
};

// "txt", "srt" ...: the name in the API and on the command line, and the file's extension.
std::string_view export_format_name(ExportFormat format);
std::optional<ExportFormat> export_format_from_name(std::string_view name);
// "text/vtt; charset=utf-8" and so on.
std::string_view export_content_type(ExportFormat format);
// "txt, srt, vtt ...", for messages.
std::string export_format_names();

// Of txt and docx.
enum class TextLayout {
  kPlain,       // a segment a line
  kTimes,       // the same with the time before it
  kParagraphs,  // joined; a new one after a pause, and at a sentence's end once it is long
};

struct ExportOptions {
  TextLayout layout = TextLayout::kParagraphs;
  SubtitleRules rules;            // of srt, vtt, ass, lrc (there with one line)
  std::optional<bool> words;      // times of words in vtt, ass and lrc; absent: in ass alone
  std::vector<SubtitleCue> cues;  // srt, vtt and ass of these, as they are, instead of shaping the text; none: shape it
};

// What a user asks for, in the names of the API.
struct ExportWishes {
  std::string layout = "paragraphs";
  std::optional<bool> words;
  SubtitleWishes subtitles;
};
// kInvalidArgument names the wish and what it takes.
Result<ExportOptions> export_options(const ExportWishes& wishes, std::string_view language);

// The file's bytes; all but docx are valid UTF-8 with "\n" line ends (csv: "\r\n"), whatever the transcript's texts
// hold. A transcript without text gives a valid empty file of its format. The same transcript gives the same bytes.
std::string export_transcript(const Transcript& transcript, ExportFormat format, const ExportOptions& options = {});

}  // namespace v2t
