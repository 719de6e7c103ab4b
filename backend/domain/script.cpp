// What a writing system asks of text layout.
#include "domain/script.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace v2t {
namespace {

struct Range {
  char32_t first;
  char32_t last;
};

// East Asian Width W and F (UAX 11), in blocks, with the emoji.
constexpr std::array<Range, 11> kWide{{{0x1100, 0x115F},
                                       {0x2E80, 0x303E},
                                       {0x3041, 0xA4CF},
                                       {0xA960, 0xA97F},
                                       {0xAC00, 0xD7A3},
                                       {0xF900, 0xFAFF},
                                       {0xFE30, 0xFE6F},
                                       {0xFF00, 0xFF60},
                                       {0xFFE0, 0xFFE6},
                                       {0x1F300, 0x1F9FF},
                                       {0x20000, 0x3FFFD}}};

// Marks that stand on the character before (general category Mn, the common blocks) and zero-width characters.
constexpr std::array<Range, 21> kCombining{
    {{0x0300, 0x036F}, {0x0483, 0x0489}, {0x0591, 0x05BD}, {0x0610, 0x061A}, {0x064B, 0x065F}, {0x0670, 0x0670},
     {0x06D6, 0x06DC}, {0x0901, 0x0902}, {0x093C, 0x093C}, {0x0941, 0x0948}, {0x094D, 0x094D}, {0x0981, 0x0981},
     {0x0E31, 0x0E31}, {0x0E34, 0x0E3A}, {0x0E47, 0x0E4E}, {0x0EB1, 0x0EBC}, {0x1AB0, 0x1AFF}, {0x200B, 0x200F},
     {0x20D0, 0x20FF}, {0x3099, 0x309A}, {0xFE00, 0xFE0F}}};

constexpr std::array<Range, 9> kWithoutSpaces{{{0x0E00, 0x0EFF},      // Thai, Lao
                                               {0x1000, 0x109F},      // Burmese
                                               {0x1780, 0x17FF},      // Khmer
                                               {0x2E80, 0x30FF},      // radicals, punctuation, kana
                                               {0x31F0, 0x31FF},      // kana extensions
                                               {0x3400, 0x9FFF},      // Han
                                               {0xF900, 0xFAFF},      // Han compatibility
                                               {0xFF00, 0xFF9F},      // full-width forms, half-width kana
                                               {0x20000, 0x3FFFD}}};  // Han extensions

constexpr std::array<Range, 8> kDigits{{{U'0', U'9'},
                                        {0x0660, 0x0669},
                                        {0x06F0, 0x06F9},
                                        {0x0966, 0x096F},
                                        {0x09E6, 0x09EF},
                                        {0x0E50, 0x0E59},
                                        {0x1040, 0x1049},
                                        {0xFF10, 0xFF19}}};

// Blocks of capitals whose small letters stand 0x20 further on (Armenian, 0x30, and Cyrillic before А, 0x50, aside).
constexpr std::array<Range, 7> kCapitals{{{U'A', U'Z'},
                                          {0x00C0, 0x00D6},
                                          {0x00D8, 0x00DE},
                                          {0x0391, 0x03A9},
                                          {0x0400, 0x040F},
                                          {0x0410, 0x042F},
                                          {0x0531, 0x0556}}};

template <size_t n>
bool holds(const std::array<Range, n>& ranges, char32_t c) {
  return std::any_of(ranges.begin(), ranges.end(), [c](const Range& r) { return c >= r.first && c <= r.last; });
}

bool continues(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) == 0x80; }

}  // namespace

CodePoint first_code_point(std::string_view text) {
  const auto byte = [&](size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
  const unsigned first = byte(0);
  if (first < 0x80) return {first, 1};
  if (first < 0xE0) return {(first & 0x1F) << 6 | (byte(1) & 0x3F), 2};
  if (first < 0xF0) return {(first & 0x0F) << 12 | (byte(1) & 0x3F) << 6 | (byte(2) & 0x3F), 3};
  return {(first & 0x07) << 18 | (byte(1) & 0x3F) << 12 | (byte(2) & 0x3F) << 6 | (byte(3) & 0x3F), 4};
}

CodePoint last_code_point(std::string_view text) {
  size_t at = text.size() - 1;
  while (at > 0 && continues(text[at])) --at;
  return first_code_point(text.substr(at));
}

size_t display_columns(std::string_view text) {
  size_t columns = 0;
  while (!text.empty()) {
    const auto [c, size_bytes] = first_code_point(text);
    columns += holds(kCombining, c) ? 0 : holds(kWide, c) ? 2 : 1;
    text.remove_prefix(std::min(size_bytes, text.size()));
  }
  return columns;
}

size_t visible_characters(std::string_view text) {
  size_t characters = 0;
  while (!text.empty()) {
    const auto [c, size_bytes] = first_code_point(text);
    characters += holds(kCombining, c) ? 0 : 1;
    text.remove_prefix(std::min(size_bytes, text.size()));
  }
  return characters;
}

bool is_written_without_spaces(char32_t c) { return holds(kWithoutSpaces, c); }

bool ends_sentence(char32_t c) {
  constexpr std::u32string_view kMarks = U".?!…。？！．｡।॥؟۔։။។";
  return kMarks.find(c) != std::u32string_view::npos;
}

bool ends_clause(char32_t c) {
  constexpr std::u32string_view kMarks = U",;:—–、，；：､،؛၊";
  return kMarks.find(c) != std::u32string_view::npos;
}

bool is_closing_mark(char32_t c) {
  constexpr std::u32string_view kMarks = U"\"')]}»”’›」』）］】》〉｣";
  return kMarks.find(c) != std::u32string_view::npos;
}

bool is_opening_mark(char32_t c) {
  constexpr std::u32string_view kMarks = U"([{«“‘„‚「『（［【《〈｢¿¡";
  return kMarks.find(c) != std::u32string_view::npos;
}

bool clings_to_previous(char32_t c) {
  constexpr std::u32string_view kMarks = U"ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶーゝゞヽヾ々〻・…‥％%";
  return kMarks.find(c) != std::u32string_view::npos;
}

bool is_katakana(char32_t c) { return (c >= 0x30A1 && c <= 0x30FE) || (c >= 0xFF66 && c <= 0xFF9F); }

bool is_digit(char32_t c) { return holds(kDigits, c); }

bool is_capital(char32_t c) {
  if (c >= 0x0100 && c <= 0x0137) return c % 2 == 0;
  if (c >= 0x0139 && c <= 0x0148) return c % 2 == 1;
  if (c >= 0x014A && c <= 0x0178) return c % 2 == 0;
  if (c >= 0x0179 && c <= 0x017E) return c % 2 == 1;
  if (c >= 0x0460 && c <= 0x052F) return c % 2 == 0;
  return holds(kCapitals, c);
}

char32_t to_small(char32_t c) {
  if (c >= 0x0400 && c <= 0x040F) return c + 0x50;
  return c <= 0x042F && holds(kCapitals, c) ? c + 0x20 : c;
}

char32_t last_before_closing_marks(std::string_view text) {
  while (!text.empty()) {
    const auto [c, size_bytes] = last_code_point(text);
    if (!is_closing_mark(c) && c != U' ') return c;
    text.remove_suffix(std::min(size_bytes, text.size()));
  }
  return 0;
}

std::string_view joint(std::string_view before, std::string_view after) {
  if (before.empty() || after.empty()) return "";
  const bool is_tight = is_written_without_spaces(last_code_point(before).value) &&
                        is_written_without_spaces(first_code_point(after).value);
  return is_tight ? "" : " ";
}

}  // namespace v2t
