// GPT-2's split of a text, as a scanner in place of its regular expression.
#include "whisper/pre_tokens.h"

#include <array>

#include "whisper/unicode_classes.h"
#include "whisper/utf8.h"

namespace v2t::whisper {
namespace {

enum class Class { kSpace, kLetter, kNumber, kOther };

Class class_of(char32_t c) {
  if (is_letter(c)) return Class::kLetter;
  if (is_number(c)) return Class::kNumber;
  return is_white_space(c) ? Class::kSpace : Class::kOther;
}

size_t contraction_length(std::string_view text) {
  constexpr std::array<std::string_view, 7> kContractions{"'s", "'t", "'re", "'ve", "'m", "'ll", "'d"};
  for (const auto contraction : kContractions)
    if (text.starts_with(contraction)) return contraction.size();
  return 0;
}

// Bytes of the run of one class at the front; last: where its last code point begins.
size_t run_length(std::string_view text, Class wanted, size_t* last = nullptr) {
  size_t at = 0;
  while (at < text.size()) {
    const auto c = front_code_point(text.substr(at));
    if (class_of(c.value) != wanted) break;
    if (last != nullptr) *last = at;
    at += c.length;
  }
  return at;
}

// White space keeps its last code point back when a word follows: "\s+(?!\S)".
size_t white_space_length(std::string_view text) {
  size_t last = 0;
  const size_t length = run_length(text, Class::kSpace, &last);
  return length == text.size() || last == 0 ? length : last;
}

size_t piece_length(std::string_view text) {
  if (const size_t n = contraction_length(text); n > 0) return n;
  const size_t space = text[0] == ' ' && text.size() > 1 ? 1 : 0;
  const auto kind = class_of(front_code_point(text.substr(space)).value);
  if (kind != Class::kSpace) return space + run_length(text.substr(space), kind);
  return white_space_length(text);
}

}  // namespace

std::vector<std::string_view> split_pre_tokens(std::string_view text) {
  std::vector<std::string_view> pieces;
  while (!text.empty()) {
    const size_t length = piece_length(text);
    pieces.push_back(text.substr(0, length));
    text.remove_prefix(length);
  }
  return pieces;
}

}  // namespace v2t::whisper
