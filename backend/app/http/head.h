// The head of an HTTP/1.1 message as text: strict checks before it is parsed, and writing (RFC 9112).
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "app/http/message.h"

namespace v2t::http {

struct HeadLimits {
  size_t request_line_bytes = 8 * 1024;
  size_t fields_bytes = 16 * 1024;
  size_t n_fields = 100;
};

// Whether the bytes received so far hold a whole request head. Refused at once, whatever follows: line ends that are
// not CRLF, NUL, folded lines (400), and what is over a limit (414, 431). The value is the size of the head with its
// empty line, or nothing while more bytes are needed.
Outcome<std::optional<size_t>> scan_head(std::string_view bytes, const HeadLimits& limits);

// Rules that make two readers see the same request: one Host, one plain Content-Length or a Transfer-Encoding of
// exactly "chunked", never both (RFC 9112, sections 3.2, 6.1, 6.3).
Outcome<void> check_framing(const Headers& headers, bool is_http_1_0);

// "/a/b?c=d" or "http://host/a/b?c=d" -> {"/a/b", "c=d"}.
struct Target {
  std::string path;
  std::string query;
};
Outcome<Target> parse_target(std::string_view target);

// Status line and fields with the empty line; control characters in values become spaces.
std::string write_head(int status, const Headers& headers);
// "Sun, 06 Nov 1994 08:49:37 GMT"
std::string http_date(std::chrono::sys_seconds time);

// Digits only, no sign, no overflow.
std::optional<uint64_t> parse_number(std::string_view text);

}  // namespace v2t::http
