// Result<T>: a value or an Error that says what happened, to which thing, and what to do.
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

namespace v2t {

// What the caller can do about it. The snake_case name (error_code_name) is part of the HTTP API and
// the key by which the page finds its words in the user's language, so names are never changed.
enum class ErrorCode {
  kInvalidArgument,       // the request or a flag is wrong; correct it
  kNotFound,              // no such job, upload, model or file (also: not yours)
  kConflict,              // the thing is in another state; read it again
  kTooLarge,              // over a limit that the message names
  kRateLimited,           // too many requests; wait
  kUnauthorized,          // no or wrong credentials
  kForbidden,             // known, but not allowed (a gated model, say)
  kEmptyFile,             // the media file has no bytes
  kNotMedia,              // no audio or video format that we know
  kDamagedMedia,          // a media file, but broken or cut short
  kNoAudioTrack,          // a video without sound
  kNoSuchTrack,           // --audio-track names a track that is not there
  kDecoderFailed,         // the decoding process crashed or passed its limits
  kModelUnavailable,      // the model is not here and cannot be downloaded now
  kModelInvalid,          // the model's files are damaged or of an unknown kind
  kUnavailable,           // a service does not answer for the moment; try again
  kDiskFull,              // no space left
  kCancelled,             // the caller asked to stop
  kTimeout,               // a deadline passed
  kStale,                 // made on an earlier version; read the newest and repeat
  kPreconditionRequired,  // the request must say which version it is made on
  kInternal,              // our fault; the log says more
};

std::string_view error_code_name(ErrorCode code);
// The code of a stored name; kInternal for names that this version does not know.
ErrorCode error_code_from_name(std::string_view name);

struct Error {
  ErrorCode code = ErrorCode::kInternal;
  std::string message;  // UTF-8, one sentence in English that names the thing and the remedy

  friend bool operator==(const Error&, const Error&) = default;
};

template <class T>
using Result = tl::expected<T, Error>;

inline tl::unexpected<Error> fail(ErrorCode code, std::string message) {
  return tl::unexpected<Error>(Error{code, std::move(message)});
}

// Wraps a lower error once, at a seam: "<context>: <message>".
inline tl::unexpected<Error> wrap(Error error, std::string_view context) {
  return fail(error.code, std::string(context) + ": " + error.message);
}

[[noreturn]] void check_failed(const char* condition, const char* file, int line);

}  // namespace v2t

#define V2T_CONCAT_(a, b) a##b
#define V2T_CONCAT(a, b) V2T_CONCAT_(a, b)

// TRY(auto x, f());  -> x is the value, or the function returns the error.
#define TRY_IMPL_(tmp, declaration, expression)                          \
  auto tmp = (expression);                                               \
  if (!tmp) return tl::unexpected<::v2t::Error>(std::move(tmp).error()); \
  declaration = *std::move(tmp)
#define TRY(declaration, expression) TRY_IMPL_(V2T_CONCAT(try_, __LINE__), declaration, expression)

// TRY_VOID(f());  -> goes on, or the function returns the error.
#define TRY_VOID_IMPL_(tmp, expression) \
  if (auto tmp = (expression); !tmp) return tl::unexpected<::v2t::Error>(std::move(tmp).error())
#define TRY_VOID(expression) TRY_VOID_IMPL_(V2T_CONCAT(try_, __LINE__), expression)

// For our own mistakes only, never for input: aborts with the place.
#define CHECK(condition) (static_cast<bool>(condition) ? void(0) : ::v2t::check_failed(#condition, __FILE__, __LINE__))
