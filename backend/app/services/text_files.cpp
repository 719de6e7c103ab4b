// Transcripts as text and as tables.
#include "app/services/text_files.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "app/services/subtitle_files.h"
#include "base/text.h"
#include "domain/script.h"

namespace v2t {
namespace {

// A pause this long begins a new paragraph; so does a sentence's end in one that is long already.
constexpr Millis kParagraphPause{2000};
constexpr size_t kLongParagraphBytes = 700;

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";  // without it Excel reads UTF-8 as something else

std::vector<TextBlock> paragraphs_of(const std::vector<TextBlock>& lines, const std::vector<Millis>& ends) {
  std::vector<TextBlock> out;
  for (size_t i = 0; i < lines.size(); ++i) {
    const bool is_full = !out.empty() && out.back().text.size() >= kLongParagraphBytes &&
                         ends_sentence(last_before_closing_marks(out.back().text));
    if (out.empty() || is_full || lines[i].start - ends[i - 1] >= kParagraphPause) {
      out.push_back(lines[i]);
    } else {
      out.back().text += joint(out.back().text, lines[i].text);
      out.back().text += lines[i].text;
    }
  }
  return out;
}

// A spreadsheet would take such a cell for a formula, and run it (OWASP, "CSV injection").
bool looks_like_formula(std::string_view text) {
  return !text.empty() && std::string_view("=+-@").find(text.front()) != std::string_view::npos;
}

std::string csv_cell(const std::string& text) {
  std::string out = looks_like_formula(text) ? "\"'" : "\"";
  for (const char c : text) out += c == '"' ? std::string("\"\"") : std::string(1, c);
  return out + '"';
}

}  // namespace

std::string one_line(const std::string& text) {
  std::string out = to_valid_utf8(text);
  for (char& c : out)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = ' ';
  return std::string(trim(out));
}

std::string clock_time(Millis time) {
  const auto seconds = static_cast<long long>(std::max<int64_t>(time.count(), 0) / 1000);
  std::array<char, 40> out{};
  if (seconds >= 3600)
    std::snprintf(out.data(), out.size(), "%lld:%02lld:%02lld", seconds / 3600, seconds / 60 % 60, seconds % 60);
  else
    std::snprintf(out.data(), out.size(), "%02lld:%02lld", seconds / 60, seconds % 60);
  return out.data();
}

std::vector<TextBlock> text_blocks(const Transcript& transcript, TextLayout layout) {
  std::vector<TextBlock> lines;
  std::vector<Millis> ends;
  for (const auto& segment : transcript.segments) {
    std::string text = one_line(segment.text);
    if (text.empty()) continue;
    lines.push_back({segment.start, std::move(text)});
    ends.push_back(segment.end);
  }
  return layout == TextLayout::kParagraphs ? paragraphs_of(lines, ends) : lines;
}

std::string write_txt(const Transcript& transcript, TextLayout layout) {
  std::string out;
  for (const auto& block : text_blocks(transcript, layout)) {
    if (layout == TextLayout::kParagraphs && !out.empty()) out += "\n";
    if (layout == TextLayout::kTimes) out += "[" + clock_time(block.start) + "] ";
    out += block.text + "\n";
  }
  return out;
}

std::string write_tsv(const Transcript& transcript) {
  std::string out = "start\tend\ttext\n";
  for (const auto& segment : transcript.segments)
    out += std::to_string(segment.start.count()) + "\t" + std::to_string(segment.end.count()) + "\t" +
           one_line(segment.text) + "\n";
  return out;
}

std::string write_csv(const Transcript& transcript) {
  std::string out = std::string(kByteOrderMark) + "start_ms,end_ms,start,end,text\r\n";
  for (const auto& segment : transcript.segments)
    out += std::to_string(segment.start.count()) + "," + std::to_string(segment.end.count()) + "," +
           vtt_time(segment.start) + "," + vtt_time(segment.end) + "," + csv_cell(one_line(segment.text)) + "\r\n";
  return out;
}

}  // namespace v2t
