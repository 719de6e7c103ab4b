// Code points of UTF-8 text (RFC 3629).
#include "whisper/utf8.h"

namespace v2t::whisper {
namespace {

unsigned byte_at(std::string_view text, size_t i) { return static_cast<unsigned char>(text[i]); }

size_t length_by_lead(unsigned lead) {
  if (lead >= 0xF0) return 4;
  if (lead >= 0xE0) return 3;
  return lead >= 0xC0 ? 2 : 1;
}

}  // namespace

CodePoint front_code_point(std::string_view text) {
  const unsigned lead = byte_at(text, 0);
  const size_t length = length_by_lead(lead);
  if (length == 1) return {lead, 1};
  char32_t value = lead & (0x7FU >> length);
  for (size_t i = 1; i < length; ++i) value = (value << 6) | (byte_at(text, i) & 0x3F);
  return {value, length};
}

void append_utf8(std::string& text, char32_t c) {
  const auto tail = [&](int shift) { text += static_cast<char>(0x80 | ((c >> shift) & 0x3F)); };
  if (c < 0x80) {
    text += static_cast<char>(c);
  } else if (c < 0x800) {
    text += static_cast<char>(0xC0 | (c >> 6));
    tail(0);
  } else if (c < 0x10000) {
    text += static_cast<char>(0xE0 | (c >> 12));
    tail(6);
    tail(0);
  } else {
    text += static_cast<char>(0xF0 | (c >> 18));
    tail(12);
    tail(6);
    tail(0);
  }
}

size_t incomplete_tail(std::string_view bytes) {
  for (size_t n = 1; n <= 3 && n <= bytes.size(); ++n) {
    const unsigned byte = byte_at(bytes, bytes.size() - n);
    if ((byte & 0xC0) == 0x80) continue;
    return byte >= 0xC2 && byte <= 0xF4 && length_by_lead(byte) > n ? n : 0;
  }
  return 0;
}

}  // namespace v2t::whisper
