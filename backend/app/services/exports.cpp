// A transcript as a file: names of formats, and which writer writes which.
#include "app/services/exports.h"

#include <array>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "app/services/docx.h"
#include "app/services/subtitle_files.h"
#include "app/services/text_files.h"
#include "app/services/transcript_json.h"

namespace v2t {
namespace {

struct FormatFacts {
  ExportFormat format;
  std::string_view name;
  std::string_view content_type;
};

constexpr std::array<FormatFacts, 9> kFormats{{
    {ExportFormat::kTxt, "txt", "text/plain; charset=utf-8"},
    {ExportFormat::kSrt, "srt", "application/x-subrip; charset=utf-8"},
    {ExportFormat::kVtt, "vtt", "text/vtt; charset=utf-8"},
    {ExportFormat::kJson, "json", "application/json"},
    {ExportFormat::kTsv, "tsv", "text/tab-separated-values; charset=utf-8"},
    {ExportFormat::kCsv, "csv", "text/csv; charset=utf-8"},
    {ExportFormat::kDocx, "docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
    {ExportFormat::kAss, "ass", "text/x-ssa; charset=utf-8"},
    {ExportFormat::kLrc, "lrc", "text/x-lrc; charset=utf-8"},
}};

const FormatFacts& facts(ExportFormat format) {
  for (const auto& entry : kFormats)
    if (entry.format == format) return entry;
  CHECK(false);
}

Result<TextLayout> layout_from_name(std::string_view name) {
  if (name == "plain") return TextLayout::kPlain;
  if (name == "times") return TextLayout::kTimes;
  if (name == "paragraphs") return TextLayout::kParagraphs;
  return fail(ErrorCode::kInvalidArgument, "layout takes plain, times or paragraphs");
}

}  // namespace

std::string_view export_format_name(ExportFormat format) { return facts(format).name; }
std::string_view export_content_type(ExportFormat format) { return facts(format).content_type; }

std::optional<ExportFormat> export_format_from_name(std::string_view name) {
  for (const auto& entry : kFormats)
    if (entry.name == name) return entry.format;
  return std::nullopt;
}

std::string export_format_names() {
  std::string names;
  for (const auto& entry : kFormats) names += (names.empty() ? "" : ", ") + std::string(entry.name);
  return names;
}

Result<ExportOptions> export_options(const ExportWishes& wishes, std::string_view language) {
  ExportOptions options;
  TRY(options.layout, layout_from_name(wishes.layout));
  TRY(options.rules, subtitle_rules(wishes.subtitles, language));
  options.words = wishes.words;
  return options;
}

std::string export_transcript(const Transcript& transcript, ExportFormat format, const ExportOptions& options) {
  const auto cues = [&] {
    return options.cues.empty() ? shape_subtitles(transcript.segments, options.rules) : options.cues;
  };
  switch (format) {
    case ExportFormat::kTxt:
      return write_txt(transcript, options.layout);
    case ExportFormat::kSrt:
      return write_srt(cues());
    case ExportFormat::kVtt:
      return write_vtt(cues(), options.words.value_or(false));
    case ExportFormat::kJson:
      return boost::json::serialize(transcript_json(transcript)) + "\n";
    case ExportFormat::kTsv:
      return write_tsv(transcript);
    case ExportFormat::kCsv:
      return write_csv(transcript);
    case ExportFormat::kDocx:
      return write_docx(transcript, options.layout);
    case ExportFormat::kAss:
      return write_ass(cues(), transcript.name, options.words.value_or(true));
    case ExportFormat::kLrc: {
      SubtitleRules one_line = options.rules;
      one_line.max_lines = 1;
      return write_lrc(shape_subtitles(transcript.segments, one_line), transcript, options.words.value_or(false));
    }
  }
  CHECK(false);
}

}  // namespace v2t
