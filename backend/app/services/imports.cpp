// Files of text with times, read back: names of formats, tables, and what all readers share.
#include "app/services/imports.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "app/services/subtitle_reader.h"
#include "app/services/transcript_reader.h"
#include "base/text.h"
#include "domain/script.h"

namespace v2t {
namespace {

constexpr std::array<std::pair<ImportFormat, std::string_view>, 4> kFormats{{
    {ImportFormat::kJson, "json"},
    {ImportFormat::kSrt, "srt"},
    {ImportFormat::kVtt, "vtt"},
    {ImportFormat::kTsv, "tsv"},
}};

constexpr std::string_view kTsvHead = "start\tend\ttext";

std::optional<Millis> milliseconds(std::string_view text) {
  int64_t value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem != std::errc() || end != text.data() + text.size() || value < 0 || value > kMostMillis)
    return std::nullopt;
  return Millis(value);
}

Result<Segment> read_row(std::string_view line, size_t number) {
  const auto wrong = [&] {
    return fail(
        ErrorCode::kInvalidArgument,
        "line " + std::to_string(number) + ": a row is start and end in milliseconds and the text, with tabs between");
  };
  const size_t first = line.find('\t');
  if (first == std::string_view::npos) return wrong();
  const size_t second = line.find('\t', first + 1);
  if (second == std::string_view::npos) return wrong();
  const auto start = milliseconds(line.substr(0, first));
  const auto end = milliseconds(line.substr(first + 1, second - first - 1));
  if (!start || !end || *end < *start) return wrong();
  Segment segment;
  segment.start = *start;
  segment.end = *end;
  segment.text = std::string(trim(line.substr(second + 1)));
  return segment;
}

Result<std::vector<Segment>> read_tsv(std::string_view text) {
  std::vector<Segment> segments;
  const auto lines = text_lines(text);
  if (lines.empty() || lines.front() != kTsvHead)
    return fail(ErrorCode::kInvalidArgument, "line 1: a table of text begins with the columns start, end and text");
  for (size_t i = 1; i < lines.size(); ++i) {
    if (lines[i].empty()) continue;
    TRY(Segment segment, read_row(lines[i], i + 1));
    segments.push_back(std::move(segment));
  }
  return segments;
}

std::vector<Segment> segments_of(const std::vector<SubtitleCue>& cues) {
  std::vector<Segment> segments;
  for (const auto& cue : cues) {
    Segment segment;
    segment.start = cue.start;
    segment.end = cue.end;
    for (const auto& line : cue.lines) {
      segment.text += joint(segment.text, line);
      segment.text += line;
    }
    segments.push_back(std::move(segment));
  }
  return segments;
}

void finish(Transcript& transcript) {
  std::ranges::stable_sort(transcript.segments, {}, &Segment::start);
  for (size_t i = 0; i < transcript.segments.size(); ++i) {
    transcript.segments[i].window = i;
    transcript.segments[i].id = i;
    transcript.duration = std::max(transcript.duration, transcript.segments[i].end);
  }
}

}  // namespace

std::string_view import_format_name(ImportFormat format) {
  for (const auto& [known, name] : kFormats)
    if (known == format) return name;
  CHECK(false);
}

std::optional<ImportFormat> import_format_from_name(std::string_view name) {
  for (const auto& [format, known] : kFormats)
    if (known == name) return format;
  return std::nullopt;
}

Result<ImportedText> import_text(std::string_view bytes, ImportFormat format) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (bytes.starts_with(kByteOrderMark)) bytes.remove_prefix(kByteOrderMark.size());
  if (!is_valid_utf8(bytes))
    return fail(ErrorCode::kInvalidArgument,
                "the text is not UTF-8; convert it first, for example with iconv -t UTF-8");
  ImportedText out;
  if (format == ImportFormat::kJson) {
    TRY(out.transcript, read_transcript_json(bytes));
  } else if (format == ImportFormat::kTsv) {
    TRY(out.transcript.segments, read_tsv(bytes));
  } else {
    TRY(out.cues, format == ImportFormat::kSrt ? read_srt(bytes) : read_vtt(bytes));
    out.transcript.segments = segments_of(out.cues);
  }
  finish(out.transcript);
  return out;
}

}  // namespace v2t
