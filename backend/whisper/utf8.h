// Code points of UTF-8 text.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace v2t::whisper {

struct CodePoint {
  char32_t value = 0;
  size_t length = 0;  // bytes
};

// The code point at the front of valid, non-empty UTF-8.
CodePoint front_code_point(std::string_view text);

void append_utf8(std::string& text, char32_t c);

// Bytes at the end of `bytes` that begin a sequence which more bytes could complete: 0 to 3.
size_t incomplete_tail(std::string_view bytes);

}  // namespace v2t::whisper
