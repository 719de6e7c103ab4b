// Ranges, tags, and files as responses.
#include "app/http/range.h"

#include "app/http/head.h"
#include "base/text.h"

namespace v2t::http {
namespace {

std::variant<WholeFile, ByteRange, Unsatisfiable> suffix_range(std::string_view digits, uint64_t size) {
  const auto length = parse_number(digits);
  if (!length) return WholeFile{};
  if (*length == 0 || size == 0) return Unsatisfiable{};
  return ByteRange{size - std::min(*length, size), size - 1};
}

std::string_view without_weak_mark(std::string_view tag) { return tag.starts_with("W/") ? tag.substr(2) : tag; }

// If-Range holds a strong tag; a date never matches, since no Last-Modified is sent.
bool range_applies(const Request& request, const std::string& tag) {
  const auto condition = request.headers.find("If-Range");
  return !condition || *condition == tag;
}

Response beyond_end(uint64_t size) {
  Problem problem(
      416,
      {ErrorCode::kInvalidArgument, "the range lies beyond the end of the file (" + std::to_string(size) + " bytes)"},
      "Range");
  problem.headers.add("Content-Range", "bytes */" + std::to_string(size));
  return problem_response(problem);
}

}  // namespace

std::variant<WholeFile, ByteRange, Unsatisfiable> parse_range(std::string_view header, uint64_t size) {
  constexpr std::string_view kUnit = "bytes=";
  if (to_lower_ascii(header.substr(0, kUnit.size())) != kUnit) return WholeFile{};
  const std::string_view range = trim(header.substr(kUnit.size()));
  const size_t dash = range.find('-');
  if (dash == std::string_view::npos) return WholeFile{};
  if (dash == 0) return suffix_range(range.substr(1), size);
  const auto first = parse_number(range.substr(0, dash));
  const std::string_view end = range.substr(dash + 1);
  const auto last = end.empty() ? std::optional<uint64_t>(UINT64_MAX) : parse_number(end);
  if (!first || !last || *first > *last) return WholeFile{};
  if (*first >= size) return Unsatisfiable{};
  return ByteRange{*first, std::min(*last, size - 1)};
}

bool has_tag(std::string_view list, std::string_view tag) {
  for (const auto& part : split(list, ',')) {
    const std::string_view candidate = trim(part);
    if (candidate == "*" || without_weak_mark(candidate) == without_weak_mark(tag)) return true;
  }
  return false;
}

Response file_response(const Request& request, UniqueFd file, uint64_t size, const std::string& tag) {
  Response response;
  response.headers.add("ETag", tag);
  response.headers.add("Accept-Ranges", "bytes");
  if (const auto known = request.headers.find("If-None-Match"); known && has_tag(*known, tag)) {
    response.status = 304;
    return response;
  }
  const auto header = request.headers.find("Range");
  const auto range =
      header && range_applies(request, tag) ? parse_range(*header, size) : decltype(parse_range("", 0))(WholeFile{});
  if (std::holds_alternative<Unsatisfiable>(range)) return beyond_end(size);
  FileSlice slice{std::move(file), 0, size};
  if (const auto* part = std::get_if<ByteRange>(&range)) {
    response.status = 206;
    response.headers.add("Content-Range", "bytes " + std::to_string(part->first) + '-' + std::to_string(part->last) +
                                              '/' + std::to_string(size));
    slice.offset = part->first;
    slice.length = part->last - part->first + 1;
  }
  response.body = std::move(slice);
  return response;
}

}  // namespace v2t::http
