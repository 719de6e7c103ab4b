// Path matching, percent-encoding, query strings.
#include "app/http/router.h"

#include <algorithm>

#include "base/text.h"

namespace v2t::http {
namespace {

constexpr std::string_view kAny = "{";

std::optional<int> hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return std::nullopt;
}

// The segments of a path that starts with "/".
std::optional<std::vector<std::string>> decoded_segments(std::string_view path) {
  std::vector<std::string> segments;
  for (const auto& raw : split(path.substr(1), '/')) {
    auto segment = percent_decode(raw);
    if (!segment) return std::nullopt;
    segments.push_back(*std::move(segment));
  }
  return segments;
}

bool fits(const std::vector<std::string>& pattern, const std::vector<std::string>& segments) {
  return std::equal(pattern.begin(), pattern.end(), segments.begin(), segments.end(),
                    [](const std::string& wanted, const std::string& given) {
                      return wanted == kAny ? !given.empty() : wanted == given;
                    });
}

Problem method_problem(std::string_view method, const std::string& allowed) {
  Problem problem(405, {ErrorCode::kInvalidArgument,
                        "this path does not know the method " + std::string(method) + "; it knows " + allowed});
  problem.headers.add("Allow", allowed);
  return problem;
}

}  // namespace

void Router::add(std::string method, std::string_view pattern, AnyHandler handler) {
  auto segments = split(pattern.substr(1), '/');
  for (auto& segment : segments)
    if (segment.starts_with(kAny)) segment = kAny;
  std::string name = method + ' ' + std::string(pattern);
  routes_.push_back({std::move(method), std::move(name), std::move(segments), std::move(handler)});
}

Router::Found Router::find(std::string_view method, const std::vector<std::string>& segments) const {
  Found found;
  const Route* get = nullptr;
  for (const auto& route : routes_) {
    if (!fits(route.segments, segments)) continue;
    if (route.method == method) found.route = &route;
    if (route.method == "GET") get = &route;
    found.allowed += (found.allowed.empty() ? "" : ", ") + route.method;
  }
  if (get != nullptr) found.allowed += ", HEAD";
  if (found.route == nullptr && method == "HEAD") found.route = get;
  return found;
}

Outcome<Router::Match> Router::match(std::string_view method, std::string_view path) const {
  const auto segments = decoded_segments(path);
  if (!segments) return refuse({ErrorCode::kInvalidArgument, "the path is not percent-encoded UTF-8"});
  const Found found = find(method, *segments);
  if (found.route != nullptr) {
    Match match{&found.route->handler, {}, found.route->name};
    for (size_t i = 0; i < segments->size(); ++i)
      if (found.route->segments[i] == kAny) match.parameters.push_back((*segments)[i]);
    return match;
  }
  if (!found.allowed.empty()) return refuse(method_problem(method, found.allowed));
  if (segments->front() == "api" || segments->front() == "v1" || !std::get<Handler>(fallback_))
    return refuse({ErrorCode::kNotFound, "no such path; the interface is described in docs/http_api.md"});
  if (method != "GET" && method != "HEAD") return refuse(method_problem(method, "GET, HEAD"));
  return Match{&fallback_, {}, "page"};
}

std::optional<std::string> percent_decode(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i];
      continue;
    }
    if (text.size() - i < 3) return std::nullopt;
    const auto high = hex_digit(text[i + 1]);
    const auto low = hex_digit(text[i + 2]);
    if (!high || !low || (*high == 0 && *low == 0)) return std::nullopt;
    decoded += static_cast<char>(*high * 16 + *low);
    i += 2;
  }
  if (!is_valid_utf8(decoded)) return std::nullopt;
  return decoded;
}

std::string percent_encode(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool is_plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                          std::string_view("-._~").find(c) != std::string_view::npos;
    if (is_plain) {
      encoded += c;
      continue;
    }
    encoded += {'%', kHex[byte >> 4U], kHex[byte & 15U]};
  }
  return encoded;
}

std::vector<std::pair<std::string, std::string>> parse_query(std::string_view text) {
  std::vector<std::pair<std::string, std::string>> values;
  for (auto part : split(text, '&')) {
    std::replace(part.begin(), part.end(), '+', ' ');
    const size_t equals = part.find('=');
    const auto name = percent_decode(std::string_view(part).substr(0, equals));
    const auto value =
        percent_decode(equals == std::string::npos ? std::string_view() : std::string_view(part).substr(equals + 1));
    if (name && value && !name->empty()) values.emplace_back(*name, *value);
  }
  return values;
}

}  // namespace v2t::http
