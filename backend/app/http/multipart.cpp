// Reading of forms.
#include "app/http/multipart.h"

#include <algorithm>

#include "app/http/router.h"
#include "base/text.h"

namespace v2t::http {
namespace {

constexpr std::string_view kHeadEnd = "\r\n\r\n";
constexpr size_t kMaxBoundary = 70;  // RFC 2046
constexpr size_t kMaxPadding = 64;   // after a delimiter

Problem malformed(std::string message) { return {ErrorCode::kInvalidArgument, "the form is malformed: " + message}; }

bool is_blank(char c) { return c == ' ' || c == '\t'; }

// Whether what stands before `end` is longer than `limit`, or must become so when the last bytes here begin `end`: the
// same answer however the bytes arrive.
bool is_longer(std::string_view bytes, std::string_view end, size_t limit) {
  const size_t found = bytes.find(end);
  return found == std::string_view::npos ? bytes.size() > limit + end.size() - 1 : found > limit;
}

void skip_blanks(std::string_view& text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
}

// The text between quotes; `text` begins after the first one and is left after the last.
std::optional<std::string> take_quoted(std::string_view& text) {
  std::string value;
  while (!text.empty()) {
    const char c = text.front();
    text.remove_prefix(1);
    if (c == '"') return value;
    // Old browsers do not escape the backslashes of paths: only a quote or a backslash is taken as escaped.
    const bool is_escape = c == '\\' && !text.empty() && (text.front() == '"' || text.front() == '\\');
    value += is_escape ? text.front() : c;
    if (is_escape) text.remove_prefix(1);
  }
  return std::nullopt;
}

std::optional<std::string> take_value(std::string_view& text) {
  skip_blanks(text);
  if (text.starts_with('"')) {
    text.remove_prefix(1);
    return take_quoted(text);
  }
  const std::string value(trim(text.substr(0, text.find(';'))));
  text.remove_prefix(std::min(text.find(';'), text.size()));
  return value;
}

// "UTF-8''na%C3%AFve.mp3" (RFC 5987).
std::optional<std::string> extended_value(const std::string& text) {
  const size_t second = text.find('\'', text.find('\'') + 1);
  if (second == std::string::npos || !to_lower_ascii(text).starts_with("utf-8'")) return std::nullopt;
  return percent_decode(std::string_view(text).substr(second + 1));
}

// The value of Content-Disposition among the lines of a part's head.
Outcome<FormPart> read_part_head(std::string_view head) {
  for (const auto& line : split(head, '\n')) {
    const size_t colon = line.find(':');
    if (to_lower_ascii(trim(line.substr(0, colon))) != "content-disposition" || colon == std::string::npos) continue;
    const auto field = parse_field_value(trim(std::string_view(line).substr(colon + 1)));
    if (!field || field->value != "form-data" || !field->parameters.contains("name"))
      return refuse(malformed("each part has Content-Disposition: form-data; name=\"...\""));
    FormPart part{field->parameters.at("name"), std::nullopt};
    if (const auto plain = field->parameters.find("filename"); plain != field->parameters.end())
      part.filename = plain->second;
    if (const auto extended = field->parameters.find("filename*"); extended != field->parameters.end())
      if (auto name = extended_value(extended->second)) part.filename = *std::move(name);
    return part;
  }
  return refuse(malformed("a part has no Content-Disposition"));
}

}  // namespace

std::optional<FieldValue> parse_field_value(std::string_view text) {
  FieldValue field;
  field.value = to_lower_ascii(trim(text.substr(0, text.find(';'))));
  if (field.value.empty()) return std::nullopt;
  text.remove_prefix(std::min(text.find(';'), text.size()));
  while (!text.empty()) {
    text.remove_prefix(1);  // ";"
    skip_blanks(text);
    if (text.empty()) break;
    const size_t equals = text.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    const std::string name = to_lower_ascii(trim(text.substr(0, equals)));
    text.remove_prefix(equals + 1);
    auto value = take_value(text);
    skip_blanks(text);
    if (name.empty() || !value || (!text.empty() && text.front() != ';')) return std::nullopt;
    field.parameters.emplace(name, *std::move(value));
  }
  return field;
}

Outcome<std::string> multipart_boundary(const Headers& headers) {
  const auto type = parse_field_value(headers.find("Content-Type").value_or(""));
  if (!type || type->value != "multipart/form-data")
    return refuse({415, {ErrorCode::kInvalidArgument, "send Content-Type: multipart/form-data"}, "Content-Type"});
  const auto boundary = type->parameters.find("boundary");
  if (boundary == type->parameters.end() || boundary->second.empty() || boundary->second.size() > kMaxBoundary)
    return refuse(
        {ErrorCode::kInvalidArgument, "Content-Type names no boundary of 1 to 70 characters", "Content-Type"});
  return boundary->second;
}

MultipartReader::MultipartReader(std::string_view boundary, FormReceiver& receiver, Limits limits)
    : delimiter_("\r\n--" + std::string(boundary)), receiver_(receiver), limits_(limits) {}

Outcome<void> MultipartReader::write(std::string_view piece) {
  if (state_ == State::kEpilogue) return {};  // whatever follows the form is nothing
  buffer_ += piece;
  for (bool goes_on = true; goes_on;) {
    ATTEMPT(goes_on, step());
  }
  buffer_.erase(0, begin_);
  begin_ = 0;
  return {};
}

Outcome<void> MultipartReader::finish() const {
  if (state_ != State::kEpilogue) return refuse(malformed("it ends before its last boundary"));
  return {};
}

Outcome<bool> MultipartReader::step() {
  switch (state_) {
    case State::kPreamble:
    case State::kContent:
      return read_content();
    case State::kAfterDelimiter:
      return read_after_delimiter();
    case State::kHead:
      return read_head();
    case State::kEpilogue:
      begin_ = buffer_.size();
      return false;
  }
  return false;
}

// Up to the next delimiter; bytes that may be its beginning are left.
Outcome<bool> MultipartReader::read_content() {
  const std::string_view bytes = unread();
  const size_t found = bytes.find(delimiter_);
  const bool is_end = found != std::string_view::npos;
  const size_t n_kept = delimiter_.size() - 1;
  const size_t n = is_end ? found : bytes.size() - std::min(bytes.size(), n_kept);
  const bool is_part = state_ == State::kContent;
  if (is_part && n > 0) ATTEMPT_VOID(receiver_.take(bytes.substr(0, n)));
  begin_ += is_end ? n + delimiter_.size() : n;
  if (!is_end) return false;
  if (is_part) ATTEMPT_VOID(receiver_.end_part());
  state_ = State::kAfterDelimiter;
  return true;
}

Outcome<bool> MultipartReader::read_after_delimiter() {
  std::string_view bytes = unread();
  if (bytes.size() < 2) return false;
  if (bytes.starts_with("--")) {
    state_ = State::kEpilogue;
    return true;
  }
  const size_t end = bytes.find("\r\n");
  const std::string_view padding = bytes.substr(0, end);
  const bool is_padding = std::ranges::all_of(padding, [](char c) { return is_blank(c) || c == '\r'; }) &&
                          !is_longer(bytes, "\r\n", kMaxPadding);
  if (!is_padding) return refuse(malformed("a boundary is followed by something else than a line's end"));
  if (end == std::string_view::npos) return false;
  begin_ += end;  // the line's end is the first of a head without lines, too
  state_ = State::kHead;
  return true;
}

Outcome<bool> MultipartReader::read_head() {
  const std::string_view bytes = unread();
  const size_t end = bytes.find(kHeadEnd);
  if (is_longer(bytes, kHeadEnd, limits_.head_bytes))
    return refuse(
        {ErrorCode::kTooLarge, "a part's head is larger than " + std::to_string(limits_.head_bytes) + " bytes"});
  if (end == std::string_view::npos) return false;
  if (++n_parts_ > limits_.n_parts)
    return refuse({ErrorCode::kTooLarge, "the form has more than " + std::to_string(limits_.n_parts) +
                                             " parts; lists can be sent as one JSON array"});
  ATTEMPT(const FormPart part, read_part_head(bytes.substr(0, end)));
  begin_ += end + kHeadEnd.size();
  state_ = State::kContent;
  ATTEMPT_VOID(receiver_.begin_part(part));
  return true;
}

}  // namespace v2t::http
