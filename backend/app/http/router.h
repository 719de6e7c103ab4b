// Which function answers which method and path.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "app/http/message.h"

namespace v2t::http {

// Takes the request with its whole body. Blocking; called on a pool thread.
using Handler = std::function<Outcome<Response>(const Request& request)>;
// Looks at the request before its body is read; the sink takes the body. Blocking; called on a pool thread.
using StreamHandler = std::function<Outcome<std::unique_ptr<BodySink>>(const Request& request)>;
using AnyHandler = std::variant<Handler, StreamHandler>;

// Immutable once the server runs; then thread-safe.
class Router {
 public:
  // A pattern is a path whose segments in braces stand for any one segment: "/api/v1/jobs/{id}".
  void add(std::string method, std::string_view pattern, AnyHandler handler);
  // Answers GET and HEAD of all paths that no pattern matches.
  void set_fallback(Handler handler) { fallback_ = std::move(handler); }

  struct Match {
    const AnyHandler* handler = nullptr;  // lives as long as the router
    std::vector<std::string> parameters;  // decoded
    std::string route;                    // "GET /api/v1/jobs/{id}"; "page" for what no pattern matches
  };
  // HEAD finds the handler of GET where it has none of its own. Errors: 404; 405 with Allow; 400 for a path that is
  // not percent-encoded UTF-8.
  Outcome<Match> match(std::string_view method, std::string_view path) const;

 private:
  struct Route {
    std::string method;
    std::string name;                   // method and pattern
    std::vector<std::string> segments;  // "{" stands for any
    AnyHandler handler;
  };
  struct Found {
    const Route* route = nullptr;
    std::string allowed;  // methods of the path, comma-separated; empty: no such path
  };
  Found find(std::string_view method, const std::vector<std::string>& segments) const;

  std::vector<Route> routes_;
  AnyHandler fallback_;
};

// "%D0%B0+b" -> "а+b". Nothing for broken escapes, NUL or bytes that are not UTF-8.
std::optional<std::string> percent_decode(std::string_view text);
// RFC 3986: all but unreserved characters escaped.
std::string percent_encode(std::string_view text);
// "a=1&b=x+y" -> {a, 1}, {b, "x y"}; parts that cannot be decoded are left out.
std::vector<std::pair<std::string, std::string>> parse_query(std::string_view text);

}  // namespace v2t::http
