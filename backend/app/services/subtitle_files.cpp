// Cues as files of subtitles.
#include "app/services/subtitle_files.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "app/services/text_files.h"

namespace v2t {
namespace {

// Lyrics of a passage without words are taken off the screen.
constexpr Millis kLrcPause{3000};

long long whole(Millis time) { return std::max<long long>(time.count(), 0); }

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
    text.replace(at, from.size(), to);
}

std::string timestamp(Millis time, char decimal_mark) {
  const long long ms = whole(time);
  std::array<char, 40> out{};
  std::snprintf(out.data(), out.size(), "%02lld:%02lld:%02lld%c%03lld", ms / 3600000, ms / 60000 % 60, ms / 1000 % 60,
                decimal_mark, ms % 1000);
  return out.data();
}

long long hundredths(Millis time) { return (whole(time) + 5) / 10; }

std::string ass_time(Millis time) {
  const long long cs = hundredths(time);
  std::array<char, 40> out{};
  std::snprintf(out.data(), out.size(), "%lld:%02lld:%02lld.%02lld", cs / 360000, cs / 6000 % 60, cs / 100 % 60,
                cs % 100);
  return out.data();
}

std::string lrc_time(Millis time) {
  const long long cs = hundredths(time);
  std::array<char, 40> out{};
  std::snprintf(out.data(), out.size(), "%02lld:%02lld.%02lld", cs / 6000, cs / 100 % 60, cs % 100);
  return out.data();
}

std::string vtt_text(std::string text) {
  replace_all(text, "&", "&amp;");
  replace_all(text, "<", "&lt;");
  replace_all(text, ">", "&gt;");
  return text;
}

// Braces begin commands and backslashes codes, and the format has no way to quote them: braces become brackets, and an
// invisible word joiner keeps a backslash from what follows.
std::string ass_text(std::string text) {
  std::replace(text.begin(), text.end(), '{', '(');
  std::replace(text.begin(), text.end(), '}', ')');
  replace_all(text, "\\", "\\\xE2\x81\xA0");
  return text;
}

// Lyrics take "[" at the front for a time.
std::string lrc_text(std::string text) {
  std::replace(text.begin(), text.end(), '[', '(');
  std::replace(text.begin(), text.end(), ']', ')');
  std::replace(text.begin(), text.end(), '<', '(');
  std::replace(text.begin(), text.end(), '>', ')');
  return text;
}

// Writes the words of a cue, with a line end between lines and `mark(word)` before each.
template <class Mark, class Quote>
std::string marked_words(const SubtitleCue& cue, std::string_view line_end, const Mark& mark, const Quote& quote) {
  std::string out;
  size_t line = 0;
  for (const auto& word : cue.words) {
    if (word.line != line) out += line_end;
    line = word.line;
    const bool has_space = word.text.starts_with(' ');
    if (has_space) out += ' ';
    out += mark(word);
    out += quote(has_space ? word.text.substr(1) : word.text);
  }
  return out;
}

std::string vtt_words(const SubtitleCue& cue) {
  // A time must be later than the cue's start and the one before, and earlier than its end (WebVTT, 4.2.2).
  Millis last = cue.start;
  const auto mark = [&](const CueWord& word) {
    if (word.start <= last || word.start >= cue.end) return std::string();
    last = word.start;
    return "<" + vtt_time(word.start) + ">";
  };
  return marked_words(cue, "\n", mark, vtt_text) + "\n";
}

// Durations are differences of rounded times, so that they do not drift.
std::string ass_words(const SubtitleCue& cue) {
  long long at = hundredths(cue.start);
  const auto mark = [&](const CueWord& word) {
    const long long start = hundredths(word.start);
    const long long end = hundredths(word.end);
    std::string out;
    if (start > at) out += "{\\k" + std::to_string(start - at) + "}";
    out += "{\\k" + std::to_string(end - std::max(start, at)) + "}";
    at = std::max(at, end);
    return out;
  };
  return marked_words(cue, "\\N", mark, ass_text);
}

std::string ass_lines(const SubtitleCue& cue) {
  std::string out;
  for (const auto& line : cue.lines) out += (out.empty() ? "" : "\\N") + ass_text(line);
  return out;
}

constexpr std::string_view kAssHead =
    "ScriptType: v4.00+\n"
    "WrapStyle: 2\n"
    "ScaledBorderAndShadow: yes\n"
    "PlayResX: 1920\n"
    "PlayResY: 1080\n"
    "\n"
    "[V4+ Styles]\n"
    "Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, "
    "Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, "
    "MarginV, Encoding\n"
    // said words in yellow, those to come in white
    "Style: Default,Arial,60,&H0000E6FF,&H00FFFFFF,&H00000000,&H80000000,0,0,0,0,100,100,0,0,1,3,1,2,90,90,60,1\n"
    "Style: Plain,Arial,60,&H00FFFFFF,&H00FFFFFF,&H00000000,&H80000000,0,0,0,0,100,100,0,0,1,3,1,2,90,90,60,1\n"
    "\n"
    "[Events]\n"
    "Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n";

std::string lrc_words(const SubtitleCue& cue) {
  return marked_words(cue, " ", [](const CueWord& word) { return "<" + lrc_time(word.start) + ">"; }, lrc_text);
}

}  // namespace

std::string vtt_time(Millis time) { return timestamp(time, '.'); }

std::string write_srt(std::span<const SubtitleCue> cues) {
  std::string out;
  size_t number = 0;
  for (const auto& cue : cues) {
    if (number > 0) out += "\n";
    out += std::to_string(++number) + "\n" + timestamp(cue.start, ',') + " --> " + timestamp(cue.end, ',') + "\n";
    for (auto line : cue.lines) {
      replace_all(line, "-->", "->");  // the arrow parts a cue's times; SubRip has no way to quote it
      out += line + "\n";
    }
  }
  return out;
}

std::string write_vtt(std::span<const SubtitleCue> cues, bool with_words) {
  std::string out = "WEBVTT\n";
  for (const auto& cue : cues) {
    out += "\n" + vtt_time(cue.start) + " --> " + vtt_time(cue.end) + "\n";
    if (with_words && !cue.words.empty()) {
      out += vtt_words(cue);
    } else {
      for (const auto& line : cue.lines) out += vtt_text(line) + "\n";
    }
  }
  return out;
}

std::string write_ass(std::span<const SubtitleCue> cues, const std::string& title, bool with_words) {
  std::string out = "[Script Info]\nTitle: " + one_line(title) + "\n" + std::string(kAssHead);
  for (const auto& cue : cues) {
    const bool has_words = with_words && !cue.words.empty();
    out += "Dialogue: 0," + ass_time(cue.start) + "," + ass_time(cue.end) + (has_words ? ",Default" : ",Plain") +
           ",,0,0,0,," + (has_words ? ass_words(cue) : ass_lines(cue)) + "\n";
  }
  return out;
}

std::string write_lrc(std::span<const SubtitleCue> cues, const Transcript& transcript, bool with_words) {
  std::string out =
      "[ti:" + lrc_text(one_line(transcript.name)) + "]\n[length:" + clock_time(transcript.duration) + "]\n";
  for (size_t i = 0; i < cues.size(); ++i) {
    const auto& cue = cues[i];
    std::string line;
    for (const auto& part : cue.lines) line += (line.empty() ? "" : " ") + part;
    out +=
        "[" + lrc_time(cue.start) + "]" + (with_words && !cue.words.empty() ? lrc_words(cue) : lrc_text(line)) + "\n";
    if (i + 1 == cues.size() || cues[i + 1].start - cue.end >= kLrcPause) out += "[" + lrc_time(cue.end) + "]\n";
  }
  return out;
}

}  // namespace v2t
