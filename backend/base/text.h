// Small text functions: UTF-8, trimming, splitting, JSON string escaping.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace v2t {

bool is_valid_utf8(std::string_view text);
// Invalid sequences become U+FFFD; valid text is returned unchanged.
std::string to_valid_utf8(std::string_view text);
// Number of code points of valid UTF-8.
size_t utf8_length(std::string_view text);

std::string_view trim(std::string_view text);
std::vector<std::string> split(std::string_view text, char separator);  // "a,,b" -> {"a", "", "b"}
std::string to_lower_ascii(std::string_view text);

// The text between the quotes of a JSON string: quotes, backslashes and control characters escaped.
std::string escape_json(std::string_view text);

// "1.5 GB", "340 MB", "12 kB": powers of 1000, at most three figures.
std::string human_bytes(uint64_t bytes);

}  // namespace v2t
