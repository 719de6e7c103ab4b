// What a writing system asks of text layout: code points, columns on a screen, whether words are parted by spaces.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace v2t {

// The code point at the front of valid, non-empty UTF-8, and its length in bytes.
struct CodePoint {
  char32_t value = 0;
  size_t size_bytes = 0;
};
CodePoint first_code_point(std::string_view text);
CodePoint last_code_point(std::string_view text);

// Columns of valid UTF-8 on a screen: a full-width character takes two, a combining mark none (after Unicode UAX 11).
size_t display_columns(std::string_view text);

// What a reader counts: code points without combining marks.
size_t visible_characters(std::string_view text);

// Whether a line may be broken and texts may be joined beside this character without a space: Chinese, Japanese, Thai,
// Lao, Khmer, Burmese. Korean is written with spaces.
bool is_written_without_spaces(char32_t c);

// ". ? !" and their kin in other scripts.
bool ends_sentence(char32_t c);
// ", ; :" and their kin.
bool ends_clause(char32_t c);
// Brackets and quotation marks that close, which may follow the mark that ends a sentence.
bool is_closing_mark(char32_t c);
// Brackets and quotation marks that open, which a line must not end with.
bool is_opening_mark(char32_t c);
// Small kana, the long-vowel mark and repetition marks, which a line must not begin with (JIS X 4051).
bool clings_to_previous(char32_t c);
bool is_katakana(char32_t c);
// A decimal digit of any common script.
bool is_digit(char32_t c);
// A capital letter of Latin, Greek, Cyrillic or Armenian.
bool is_capital(char32_t c);
// The small letter of a capital of ASCII, Latin-1, Greek or Cyrillic; everything else as it is.
char32_t to_small(char32_t c);

// The text's last character before closing marks; 0 when there is none.
char32_t last_before_closing_marks(std::string_view text);

// " " or "": what belongs between two trimmed texts.
std::string_view joint(std::string_view before, std::string_view after);

}  // namespace v2t
