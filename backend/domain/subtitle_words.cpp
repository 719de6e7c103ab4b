// Words as subtitles need them.
#include "domain/subtitle_words.h"

#include <algorithm>
#include <cstdint>

#include "base/text.h"
#include "domain/script.h"

namespace v2t {
namespace {

bool sticks_to_previous(const SubtitleWord& previous, const SubtitleWord& word) {
  if (word.has_space_before || previous.ends_segment) return false;
  const char32_t first = first_code_point(word.text).value;
  const char32_t last = last_code_point(previous.text).value;
  if (ends_sentence(first) || ends_clause(first) || is_closing_mark(first) || clings_to_previous(first)) return true;
  return is_opening_mark(last) || (!is_written_without_spaces(first) && !is_written_without_spaces(last));
}

// Time within [start, end] at part/whole of the way.
Millis share(Millis start, Millis end, size_t part, size_t whole) {
  return start + (end - start) * static_cast<int64_t>(part) / static_cast<int64_t>(std::max<size_t>(whole, 1));
}

void measure(SubtitleWord& word) {
  word.columns = display_columns(word.text);
  word.characters = visible_characters(word.text);
}

// Bytes at the front of the text that fill at most this many columns, at least one character.
size_t bytes_of_columns(std::string_view text, size_t columns) {
  size_t size = 0;
  size_t width = 0;
  while (size < text.size()) {
    const size_t next = std::min(first_code_point(text.substr(size)).size_bytes, text.size() - size);
    const size_t next_width = display_columns(text.substr(size, next));
    if (size > 0 && width + next_width > columns) break;
    size += next;
    width += next_width;
  }
  return size;
}

// Pieces of a word that is wider than a line; each takes its share of the time.
void append_pieces(std::vector<SubtitleWord>& out, const SubtitleWord& word, size_t columns) {
  size_t before = 0;
  for (std::string_view rest = word.text; !rest.empty();) {
    const size_t size = bytes_of_columns(rest, columns);
    SubtitleWord piece{{}, {}, std::string(rest.substr(0, size)), before == 0 && word.has_space_before};
    measure(piece);
    piece.start = share(word.start, word.end, before, word.columns);
    before += piece.columns;
    piece.end = share(word.start, word.end, before, word.columns);
    out.push_back(std::move(piece));
    rest.remove_prefix(size);
  }
}

// A segment's words; without word times its text, cut at spaces (or characters, where none are written).
std::vector<Word> words_of(const Segment& segment) {
  if (!segment.words.empty()) return segment.words;
  std::vector<Word> words;
  const std::string text = to_valid_utf8(segment.text);
  const size_t whole = display_columns(text);
  size_t before = 0;
  for (std::string_view rest = text; !rest.empty();) {
    size_t size = first_code_point(rest).size_bytes;
    while (size < rest.size() && rest[size] != ' ' &&
           !is_written_without_spaces(first_code_point(rest.substr(size)).value))
      size += first_code_point(rest.substr(size)).size_bytes;
    size = std::min(size, rest.size());
    Word word;
    word.start = share(segment.start, segment.end, before, whole);
    before += display_columns(rest.substr(0, size));
    word.end = share(segment.start, segment.end, before, whole);
    word.text = std::string(rest.substr(0, size));
    words.push_back(std::move(word));
    rest.remove_prefix(size);
  }
  return words;
}

std::string without_control_characters(std::string text) {
  for (char& c : text)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = ' ';
  return text;
}

void append_word(std::vector<SubtitleWord>& out, const Word& spoken, size_t columns) {
  const std::string text = without_control_characters(to_valid_utf8(spoken.text));
  SubtitleWord word{spoken.start, std::max(spoken.start, spoken.end), std::string(trim(text)), text.starts_with(' ')};
  if (word.text.empty()) return;
  if (!out.empty() && out.back().ends_segment) word.has_space_before = !joint(out.back().text, word.text).empty();
  measure(word);
  const bool sticks = !out.empty() && sticks_to_previous(out.back(), word);
  if (sticks && out.back().columns + word.columns <= columns) {
    out.back().text += word.text;
    out.back().columns += word.columns;
    out.back().characters += word.characters;
    out.back().end = std::max(out.back().end, word.end);
  } else if (word.columns > columns) {
    append_pieces(out, word, columns);
  } else {
    out.push_back(std::move(word));
  }
}

}  // namespace

std::vector<SubtitleWord> subtitle_words(std::span<const Segment> segments, size_t line_columns) {
  std::vector<SubtitleWord> words;
  for (const auto& segment : segments) {
    for (const auto& word : words_of(segment)) append_word(words, word, line_columns);
    if (!words.empty()) words.back().ends_segment = true;
  }
  return words;
}

}  // namespace v2t
