// Header fields, and errors as responses.
#include "app/http/message.h"

#include <strings.h>

#include <algorithm>

#include "base/text.h"

namespace v2t::http {
namespace {

bool same_name(std::string_view a, std::string_view b) {
  return a.size() == b.size() && ::strncasecmp(a.data(), b.data(), a.size()) == 0;
}

std::string_view type_of(int status) {
  if (status >= 500) return "server_error";
  if (status == 429) return "rate_limit_error";
  if (status == 401) return "authentication_error";
  return "invalid_request_error";
}

// Whether the same request may end better in a while: a client that tries again sends its file again.
bool may_pass(const Problem& problem) {
  const ErrorCode code = problem.error.code;
  const bool is_settled = code == ErrorCode::kModelUnavailable || code == ErrorCode::kModelInvalid;
  return problem.status == 408 || problem.status == 429 || (problem.status == 503 && !is_settled);
}

}  // namespace

void Headers::set(std::string_view name, std::string value) {
  std::erase_if(fields_, [&](const Field& field) { return same_name(field.first, name); });
  add(std::string(name), std::move(value));
}

std::optional<std::string_view> Headers::find(std::string_view name) const {
  for (const auto& [key, value] : fields_)
    if (same_name(key, name)) return value;
  return std::nullopt;
}

size_t Headers::count(std::string_view name) const {
  return static_cast<size_t>(
      std::count_if(fields_.begin(), fields_.end(), [&](const Field& field) { return same_name(field.first, name); }));
}

std::optional<std::string_view> Request::query_value(std::string_view name) const {
  for (const auto& [key, value] : query)
    if (key == name) return value;
  return std::nullopt;
}

Problem::Problem(Error error_in) : status(status_of(error_in.code)), error(std::move(error_in)) {}

Problem::Problem(ErrorCode code, std::string message, std::string param_in)
    : status(status_of(code)), error{code, std::move(message)}, param(std::move(param_in)) {}

Problem::Problem(int status_in, Error error_in, std::string param_in)
    : status(status_in), error(std::move(error_in)), param(std::move(param_in)) {}

int status_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalidArgument:
      return 400;
    case ErrorCode::kNotFound:
      return 404;
    case ErrorCode::kConflict:
      return 409;
    case ErrorCode::kStale:
      return 412;
    case ErrorCode::kTooLarge:
      return 413;
    case ErrorCode::kPreconditionRequired:
      return 428;
    case ErrorCode::kRateLimited:
      return 429;
    case ErrorCode::kUnauthorized:
      return 401;
    case ErrorCode::kForbidden:
      return 403;
    case ErrorCode::kEmptyFile:
    case ErrorCode::kNotMedia:
    case ErrorCode::kDamagedMedia:
    case ErrorCode::kNoAudioTrack:
    case ErrorCode::kNoSuchTrack:
    case ErrorCode::kDecoderFailed:
      return 422;
    case ErrorCode::kModelUnavailable:
    case ErrorCode::kModelInvalid:
    case ErrorCode::kUnavailable:
    case ErrorCode::kCancelled:
    case ErrorCode::kTimeout:
      return 503;
    case ErrorCode::kDiskFull:
      return 507;
    case ErrorCode::kInternal:
      return 500;
  }
  return 500;
}

Response json_response(int status, std::string json) {
  Response response;
  response.status = status;
  response.headers.add("Content-Type", "application/json");
  response.headers.add("Cache-Control", "no-store");
  response.body = std::move(json);
  return response;
}

std::string problem_json(const Problem& problem) {
  const std::string param = problem.param.empty() ? "null" : '"' + escape_json(to_valid_utf8(problem.param)) + '"';
  return R"({"error":{"code":")" + std::string(error_code_name(problem.error.code)) + R"(","message":")" +
         escape_json(to_valid_utf8(problem.error.message)) + R"(","param":)" + param + R"(,"type":")" +
         std::string(type_of(problem.status)) + "\"}}";
}

Response problem_response(const Problem& problem) {
  Response response = json_response(problem.status, problem_json(problem));
  for (const auto& [name, value] : problem.headers.fields()) response.headers.set(name, value);
  const bool may_retry = problem.status == 429 || problem.status == 503;
  if (may_retry && !response.headers.find("Retry-After")) response.headers.add("Retry-After", "5");
  if (!response.headers.find("X-Should-Retry"))
    response.headers.add("X-Should-Retry", may_pass(problem) ? "true" : "false");
  return response;
}

}  // namespace v2t::http
