// Byte ranges (RFC 9110, section 14) and entity tags (section 13).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>

#include "app/http/message.h"

namespace v2t::http {

struct ByteRange {
  uint64_t first = 0;
  uint64_t last = 0;  // >= first, < size

  friend bool operator==(const ByteRange&, const ByteRange&) = default;
};
struct WholeFile {
  friend bool operator==(const WholeFile&, const WholeFile&) = default;
};
struct Unsatisfiable {
  friend bool operator==(const Unsatisfiable&, const Unsatisfiable&) = default;
};

// What a Range header asks of a file. Headers that are malformed, of another unit or of several ranges are ignored,
// as the RFC allows: the whole file.
std::variant<WholeFile, ByteRange, Unsatisfiable> parse_range(std::string_view header, uint64_t size);

// Whether a list of tags (If-None-Match) holds this one, by weak comparison.
bool has_tag(std::string_view list, std::string_view tag);

// 200, 206, 304 or 416 for a GET of an open file with this strong tag; the caller adds Content-Type.
Response file_response(const Request& request, UniqueFd file, uint64_t size, const std::string& tag);

}  // namespace v2t::http
