// Requests, responses and streams as routes see them: plain types, no sockets, no library.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include "base/file.h"
#include "base/result.h"

namespace v2t::http {

// Header fields in order; names compare without case.
class Headers {
 public:
  using Field = std::pair<std::string, std::string>;

  void add(std::string name, std::string value) { fields_.emplace_back(std::move(name), std::move(value)); }
  // Replaces all fields of the name.
  void set(std::string_view name, std::string value);
  // The first value.
  std::optional<std::string_view> find(std::string_view name) const;
  size_t count(std::string_view name) const;
  std::span<const Field> fields() const { return fields_; }

 private:
  std::vector<Field> fields_;
};

struct Request {
  std::string method;                                      // "GET"
  std::string path;                                        // as sent, without query: "/api/v1/jobs"
  std::vector<std::pair<std::string, std::string>> query;  // decoded
  Headers headers;
  std::string body;                     // of routes that take it whole; at most Limits::body_bytes
  std::vector<std::string> parameters;  // of the route's path, decoded, in order
  std::string client;                   // address, for logs
  bool is_https = false;                // as the client sees it
  std::string id;                       // in logs and in X-Request-Id
  std::string route;                    // see Router::Match; empty where none fits

  std::optional<std::string_view> query_value(std::string_view name) const;
};

// A part of an open file, sent in pieces.
struct FileSlice {
  UniqueFd file;
  uint64_t offset = 0;
  uint64_t length = 0;
};

// Gives a body on demand, mostly server-sent events; called, and destroyed, on pool threads, one call at a time.
class EventSource {
 public:
  struct Batch {
    std::string text;        // ready to send, whole events; may be empty
    bool has_more = false;   // ask again at once
    bool is_last = false;    // end the stream after this
    bool is_broken = false;  // cut the connection instead: what was promised cannot be sent
  };
  virtual ~EventSource() = default;
  virtual Batch next() = 0;
  // Sent first, and whenever there was nothing else for a while.
  virtual std::string_view opening() const { return "retry: 1000\n\n"; }
  virtual std::string_view heartbeat() const { return ": still here\n\n"; }
  // kInParts: clients come back and go on, so the stream may end at any time. kWhole: the answer to this one request:
  // it lasts until it is told, and is given up when the client leaves.
  enum class Length { kInParts, kWhole };
  virtual Length length() const { return Length::kInParts; }
};

struct Response;
struct Problem;

// An answer that takes its time; called, and destroyed, on pool threads, one call at a time. Destroyed while its answer
// is sent, and early when the client leaves.
class PendingReply {
 public:
  virtual ~PendingReply() = default;
  enum class Patience { kLeft, kOver };
  // The answer once it is known; without patience a beginning of it, so that no proxy takes the silence for death.
  virtual std::optional<tl::expected<Response, Problem>> poll(Patience patience) = 0;
};

struct Response {
  int status = 200;
  Headers headers;
  std::variant<std::string, FileSlice, std::unique_ptr<EventSource>, std::unique_ptr<PendingReply>> body;
};

// What is sent instead of the answer; `param` names the parameter, field or header that is wrong.
struct Problem {
  Problem() = default;
  // The status that fits the code.
  Problem(Error error_in);  // NOLINT(google-explicit-constructor): lets store errors pass through
  Problem(ErrorCode code, std::string message, std::string param = "");
  Problem(int status_in, Error error_in, std::string param_in = "");

  int status = 500;
  Error error;
  std::string param;
  Headers headers;
};

template <class T>
using Outcome = tl::expected<T, Problem>;

inline tl::unexpected<Problem> refuse(Problem problem) { return tl::unexpected<Problem>(std::move(problem)); }

// The HTTP status of an error code: 400 invalid_argument, 404 not_found ...
int status_of(ErrorCode code);
// {"error":{"code","message","param","type"}}: `type` and the header X-Should-Retry are those that OpenAI's clients
// read.
std::string problem_json(const Problem& problem);
Response problem_response(const Problem& problem);
Response json_response(int status, std::string json);

// Takes a request's body piece by piece; called on pool threads, one call at a time.
class BodySink {
 public:
  virtual ~BodySink() = default;
  virtual Outcome<void> write(std::span<const std::byte> piece) = 0;
  // All of the body was written.
  virtual Outcome<Response> finish() = 0;
  // The connection broke or was too slow: keeps what was written.
  virtual void abandon() = 0;
};

}  // namespace v2t::http

// TRY for functions that return Outcome; the expression may be an Outcome or a Result.
#define ATTEMPT_IMPL_(tmp, declaration, expression)                              \
  auto tmp = (expression);                                                       \
  if (!tmp) return tl::unexpected<::v2t::http::Problem>(std::move(tmp).error()); \
  declaration = *std::move(tmp)
#define ATTEMPT(declaration, expression) ATTEMPT_IMPL_(V2T_CONCAT(attempt_, __LINE__), declaration, expression)
#define ATTEMPT_VOID(expression)                       \
  if (auto attempt_void = (expression); !attempt_void) \
  return tl::unexpected<::v2t::http::Problem>(std::move(attempt_void).error())
