// Cues from files of subtitles, of strangers.
#include "app/services/subtitle_reader.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

#include "base/text.h"

namespace v2t {
namespace {

constexpr std::string_view kArrow = "-->";

std::optional<int64_t> take_digits(std::string_view& text, size_t least, size_t most) {
  int64_t value = 0;
  size_t n = 0;
  while (n < text.size() && n < most && text[n] >= '0' && text[n] <= '9') value = value * 10 + (text[n++] - '0');
  if (n < least) return std::nullopt;
  text.remove_prefix(n);
  return value;
}

bool take(std::string_view& text, std::string_view any_of) {
  if (text.empty() || any_of.find(text.front()) == std::string_view::npos) return false;
  text.remove_prefix(1);
  return true;
}

// "1:02:03,004", "01:02:03.004", "02:03.004" at the front.
std::optional<Millis> take_time(std::string_view& text) {
  auto first = take_digits(text, 1, 4);
  if (!first || !take(text, ":")) return std::nullopt;
  auto second = take_digits(text, 1, 2);
  if (!second) return std::nullopt;
  int64_t hours = 0;
  if (take(text, ":")) {
    hours = *first;
    first = second;
    second = take_digits(text, 1, 2);
  }
  if (!second || *first > 59 || *second > 59 || !take(text, ",.")) return std::nullopt;
  const size_t before = text.size();
  auto fraction = take_digits(text, 1, 3);
  if (!fraction) return std::nullopt;
  for (size_t n = before - text.size(); n < 3; ++n) *fraction *= 10;
  return Millis(((hours * 60 + *first) * 60 + *second) * 1000 + *fraction);
}

// Positions and settings may follow the times.
std::optional<std::pair<Millis, Millis>> parse_times(std::string_view line) {
  line = trim(line);
  const auto start = take_time(line);
  line = trim(line);
  if (!start || !line.starts_with(kArrow)) return std::nullopt;
  line = trim(line.substr(kArrow.size()));
  const auto end = take_time(line);
  if (!end || (!line.empty() && line.front() != ' ' && line.front() != '\t')) return std::nullopt;
  return std::pair{*start, *end};
}

// What stands between '<' and '>' or in "{\...}" is markup, if it looks like it.
std::string without_tags(std::string_view line) {
  std::string out;
  while (!line.empty()) {
    const bool is_tag = line.front() == '<' && line.size() > 1 &&
                        (std::string_view("/bBiIuUcCvVrRlLsSfF0123456789").find(line[1]) != std::string_view::npos);
    const bool is_code = line.starts_with("{\\");
    const size_t end = is_tag ? line.find('>') : is_code ? line.find('}') : std::string_view::npos;
    if (end != std::string_view::npos) {
      line.remove_prefix(end + 1);
      continue;
    }
    out += line.front();
    line.remove_prefix(1);
  }
  return out;
}

std::string with_entities_resolved(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kEntities{{{"&lt;", "<"},
                                                                                    {"&gt;", ">"},
                                                                                    {"&amp;", "&"},
                                                                                    {"&nbsp;", "\xC2\xA0"},
                                                                                    {"&lrm;", "\xE2\x80\x8E"},
                                                                                    {"&rlm;", "\xE2\x80\x8F"}}};
  std::string out;
  while (!text.empty()) {
    const auto entity =
        std::ranges::find_if(kEntities, [&](const auto& known) { return text.starts_with(known.first); });
    if (entity != kEntities.end()) {
      out += entity->second;
      text.remove_prefix(entity->first.size());
    } else {
      out += text.front();
      text.remove_prefix(1);
    }
  }
  return out;
}

enum class Dialect { kSrt, kVtt };

class CueReader {
 public:
  CueReader(std::string_view text, Dialect dialect) : lines_(text_lines(text)), dialect_(dialect) {}

  Result<std::vector<SubtitleCue>> read() {
    if (dialect_ == Dialect::kVtt) TRY_VOID(skip_head());
    while (at_ < lines_.size()) {
      if (lines_[at_].find(kArrow) != std::string_view::npos) {
        TRY_VOID(read_cue());
      } else if (is_note()) {
        skip_block();
      } else {
        ++at_;  // the cue's number or name, or nothing
      }
    }
    return std::move(cues_);
  }

 private:
  Result<void> skip_head() {
    const bool is_vtt = !lines_.empty() && lines_[0].starts_with("WEBVTT") &&
                        (lines_[0].size() == 6 || lines_[0][6] == ' ' || lines_[0][6] == '\t');
    if (!is_vtt) return fail(ErrorCode::kInvalidArgument, "line 1: a WebVTT file begins with WEBVTT");
    skip_block();
    return {};
  }

  bool is_note() const {
    if (dialect_ != Dialect::kVtt) return false;
    const auto line = lines_[at_];
    return line == "NOTE" || line.starts_with("NOTE ") || line == "STYLE" || line == "REGION";
  }

  void skip_block() {
    while (at_ < lines_.size() && !trim(lines_[at_]).empty()) ++at_;
  }

  Result<void> read_cue() {
    const auto times = parse_times(lines_[at_]);
    if (!times) return wrong("is no time like 00:00:01,000 --> 00:00:02,500");
    if (times->second < times->first) return wrong("ends before it begins");
    SubtitleCue cue{times->first, std::max(times->second, times->first + Millis(1)), {}, {}};
    for (++at_; at_ < lines_.size() && !trim(lines_[at_]).empty(); ++at_) {
      if (lines_[at_].find(kArrow) != std::string_view::npos) break;  // the empty line is missing
      const std::string bare = without_tags(lines_[at_]);
      const std::string line(trim(dialect_ == Dialect::kVtt ? with_entities_resolved(bare) : bare));
      if (!line.empty()) cue.lines.push_back(line);
    }
    if (!cue.lines.empty()) cues_.push_back(std::move(cue));
    return {};
  }

  tl::unexpected<Error> wrong(std::string_view what) const {
    const std::string found = to_valid_utf8(lines_[at_].substr(0, 80));
    return fail(ErrorCode::kInvalidArgument,
                "line " + std::to_string(at_ + 1) + ": \"" + found + "\" " + std::string(what));
  }

  const std::vector<std::string_view> lines_;
  const Dialect dialect_;
  size_t at_ = 0;
  std::vector<SubtitleCue> cues_;
};

}  // namespace

std::vector<std::string_view> text_lines(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const size_t end = std::min(text.find_first_of("\r\n"), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end);
    if (text.starts_with("\r\n"))
      text.remove_prefix(2);
    else if (!text.empty())
      text.remove_prefix(1);
  }
  return lines;
}

Result<std::vector<SubtitleCue>> read_srt(std::string_view text) {
  auto cues = CueReader(text, Dialect::kSrt).read();
  if (cues && cues->empty() && !trim(text).empty())
    return fail(ErrorCode::kInvalidArgument,
                "no subtitle was found: a SubRip file has times like 00:00:01,000 --> 00:00:02,500");
  return cues;
}

Result<std::vector<SubtitleCue>> read_vtt(std::string_view text) { return CueReader(text, Dialect::kVtt).read(); }

}  // namespace v2t
