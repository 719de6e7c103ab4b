// Strict reading and careful writing of message heads.
#include "app/http/head.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <ctime>

#include "base/text.h"

namespace v2t::http {
namespace {

constexpr std::string_view kLineEnd = "\r\n";

Problem bad(std::string message, std::string param = "") {
  return {ErrorCode::kInvalidArgument, std::move(message), std::move(param)};
}

Problem over_limit(int status, std::string message) { return {status, {ErrorCode::kTooLarge, std::move(message)}}; }

// The line up to its CRLF; nothing while it is incomplete.
Outcome<std::optional<std::string_view>> next_line(std::string_view bytes) {
  const size_t end = bytes.find_first_of(std::string_view("\r\n\0", 3));
  if (end == std::string_view::npos || (bytes[end] == '\r' && end + 1 == bytes.size())) return std::nullopt;
  if (!bytes.substr(end).starts_with(kLineEnd)) return refuse(bad("lines of a request head end with CRLF"));
  return bytes.substr(0, end);
}

std::string_view reason_of(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 204:
      return "No Content";
    case 206:
      return "Partial Content";
    case 304:
      return "Not Modified";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 411:
      return "Length Required";
    case 412:
      return "Precondition Failed";
    case 413:
      return "Content Too Large";
    case 414:
      return "URI Too Long";
    case 415:
      return "Unsupported Media Type";
    case 416:
      return "Range Not Satisfiable";
    case 417:
      return "Expectation Failed";
    case 422:
      return "Unprocessable Content";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 501:
      return "Not Implemented";
    case 503:
      return "Service Unavailable";
    case 505:
      return "HTTP Version Not Supported";
    case 507:
      return "Insufficient Storage";
    default:
      return status < 500 ? "Error" : "Internal Server Error";
  }
}

}  // namespace

Outcome<std::optional<size_t>> scan_head(std::string_view bytes, const HeadLimits& limits) {
  ATTEMPT(const auto request_line, next_line(bytes));
  if ((request_line ? request_line->size() : bytes.size()) > limits.request_line_bytes)
    return refuse(over_limit(414, "the request line is longer than " + std::to_string(limits.request_line_bytes) +
                                      " bytes; shorten the address"));
  if (!request_line) return std::nullopt;
  const size_t fields_begin = request_line->size() + kLineEnd.size();
  size_t position = fields_begin;
  for (size_t n_fields = 0;; ++n_fields) {
    ATTEMPT(const auto line, next_line(bytes.substr(position)));
    const size_t end = line ? position + line->size() + kLineEnd.size() : bytes.size();
    if (end - fields_begin > limits.fields_bytes || n_fields > limits.n_fields)
      return refuse(over_limit(431, "the header fields are more than " + std::to_string(limits.fields_bytes) +
                                        " bytes or " + std::to_string(limits.n_fields) +
                                        "; clear the cookies of this site"));
    if (!line) return std::nullopt;
    if (line->empty()) return end;
    if (line->front() == ' ' || line->front() == '\t') return refuse(bad("folded header lines are not accepted"));
    position = end;
  }
}

Outcome<void> check_framing(const Headers& headers, bool is_http_1_0) {
  const size_t n_hosts = headers.count("Host");
  if (n_hosts > 1 || (n_hosts == 0 && !is_http_1_0)) return refuse(bad("send exactly one Host field", "Host"));
  const size_t n_lengths = headers.count("Content-Length");
  if (n_lengths > 1) return refuse(bad("send one Content-Length", "Content-Length"));
  if (n_lengths == 1 && !parse_number(*headers.find("Content-Length")))
    return refuse(bad("Content-Length must be a number", "Content-Length"));
  const size_t n_encodings = headers.count("Transfer-Encoding");
  if (n_encodings == 0) return {};
  if (n_lengths > 0) return refuse(bad("send Content-Length or Transfer-Encoding, not both", "Content-Length"));
  const bool is_chunked = n_encodings == 1 && to_lower_ascii(*headers.find("Transfer-Encoding")) == "chunked";
  if (!is_chunked || is_http_1_0)
    return refuse(bad("the only Transfer-Encoding taken is chunked", "Transfer-Encoding"));
  return {};
}

Outcome<Target> parse_target(std::string_view target) {
  for (const std::string_view scheme : {"http://", "https://"})
    if (target.starts_with(scheme)) {
      const size_t path = target.find_first_of("/?", scheme.size());
      target = path == std::string_view::npos ? std::string_view("/") : target.substr(path);
    }
  if (!target.starts_with('/')) return refuse(bad("the request's target must be a path"));
  const size_t query = target.find('?');
  if (query == std::string_view::npos) return Target{std::string(target), ""};
  return Target{std::string(target.substr(0, query)), std::string(target.substr(query + 1))};
}

std::string write_head(int status, const Headers& headers) {
  std::string head = "HTTP/1.1 " + std::to_string(status) + ' ' + std::string(reason_of(status)) + "\r\n";
  for (const auto& [name, value] : headers.fields()) {
    head += name + ": ";
    const size_t begin = head.size();
    head += value;
    std::replace_if(
        head.begin() + static_cast<std::ptrdiff_t>(begin), head.end(),
        [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }, ' ');
    head += kLineEnd;
  }
  return head += kLineEnd;
}

std::string http_date(std::chrono::sys_seconds time) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
  std::tm utc{};
  ::gmtime_r(&seconds, &utc);
  std::array<char, 40> text{};
  const size_t size = std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &utc);
  return {text.data(), size};
}

std::optional<uint64_t> parse_number(std::string_view text) {
  uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace v2t::http
