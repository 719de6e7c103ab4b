// A transcript as a file.
#include "app/services/exports.h"

#include <array>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <cstdio>

#include "app/services/transcript_json.h"
#include "base/text.h"
#include "domain/script.h"
#include "domain/subtitles.h"

namespace v2t {
namespace {

struct FormatFacts {
  ExportFormat format;
  std::string_view name;
  std::string_view content_type;
};

constexpr std::array<FormatFacts, 5> kFormats{{
    {ExportFormat::kTxt, "txt", "text/plain; charset=utf-8"},
    {ExportFormat::kSrt, "srt", "application/x-subrip; charset=utf-8"},
    {ExportFormat::kVtt, "vtt", "text/vtt; charset=utf-8"},
    {ExportFormat::kJson, "json", "application/json"},
    {ExportFormat::kTsv, "tsv", "text/tab-separated-values; charset=utf-8"},
}};

const FormatFacts& facts(ExportFormat format) {
  for (const auto& entry : kFormats)
    if (entry.format == format) return entry;
  CHECK(false);
}

// A pause this long begins a new paragraph; so does a sentence's end in one that is long already.
constexpr Millis kParagraphPause{2000};
constexpr size_t kLongParagraphBytes = 700;

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
    text.replace(at, from.size(), to);
}

// The text on one line.
std::string one_line(const std::string& text) {
  std::string out = to_valid_utf8(text);
  for (char& c : out)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = ' ';
  return std::string(trim(out));
}

std::string timestamp(Millis time, char decimal_mark) {
  const auto ms = static_cast<long long>(time.count() < 0 ? 0 : time.count());
  std::array<char, 40> out{};
  std::snprintf(out.data(), out.size(), "%02lld:%02lld:%02lld%c%03lld", ms / 3600000, ms / 60000 % 60, ms / 1000 % 60,
                decimal_mark, ms % 1000);
  return out.data();
}

std::string to_txt(const Transcript& transcript) {
  std::string out;
  std::string paragraph;
  Millis last_end{};
  for (const auto& segment : transcript.segments) {
    const std::string text = one_line(segment.text);
    if (text.empty()) continue;
    const bool is_full = paragraph.size() >= kLongParagraphBytes && ends_sentence(last_before_closing_marks(paragraph));
    if (!paragraph.empty() && (is_full || segment.start - last_end >= kParagraphPause)) {
      out += paragraph + "\n\n";
      paragraph.clear();
    }
    paragraph += joint(paragraph, text);
    paragraph += text;
    last_end = segment.end;
  }
  return paragraph.empty() ? out : out + paragraph + "\n";
}

std::string to_srt(const Transcript& transcript) {
  std::string out;
  size_t number = 0;
  for (const auto& cue : shape_subtitles(transcript.segments)) {
    if (number > 0) out += "\n";
    out += std::to_string(++number) + "\n" + timestamp(cue.start, ',') + " --> " + timestamp(cue.end, ',') + "\n";
    for (auto line : cue.lines) {
      replace_all(line, "-->", "->");  // the arrow parts a cue's times; SubRip has no way to quote it
      out += line + "\n";
    }
  }
  return out;
}

std::string to_vtt(const Transcript& transcript) {
  std::string out = "WEBVTT\n";
  for (const auto& cue : shape_subtitles(transcript.segments)) {
    out += "\n" + timestamp(cue.start, '.') + " --> " + timestamp(cue.end, '.') + "\n";
    for (auto line : cue.lines) {
      replace_all(line, "&", "&amp;");
      replace_all(line, "<", "&lt;");
      replace_all(line, ">", "&gt;");
      out += line + "\n";
    }
  }
  return out;
}

std::string to_tsv(const Transcript& transcript) {
  std::string out = "start\tend\ttext\n";
  for (const auto& segment : transcript.segments)
    out += std::to_string(segment.start.count()) + "\t" + std::to_string(segment.end.count()) + "\t" +
           one_line(segment.text) + "\n";
  return out;
}

}  // namespace

std::string_view export_format_name(ExportFormat format) { return facts(format).name; }
std::string_view export_content_type(ExportFormat format) { return facts(format).content_type; }

std::optional<ExportFormat> export_format_from_name(std::string_view name) {
  for (const auto& entry : kFormats)
    if (entry.name == name) return entry.format;
  return std::nullopt;
}

std::string export_transcript(const Transcript& transcript, ExportFormat format) {
  switch (format) {
    case ExportFormat::kTxt:
      return to_txt(transcript);
    case ExportFormat::kSrt:
      return to_srt(transcript);
    case ExportFormat::kVtt:
      return to_vtt(transcript);
    case ExportFormat::kJson:
      return boost::json::serialize(transcript_json(transcript)) + "\n";
    case ExportFormat::kTsv:
      return to_tsv(transcript);
  }
  CHECK(false);
}

}  // namespace v2t
