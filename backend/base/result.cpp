// Names of error codes, and the end of the road for our own mistakes.
#include "base/result.h"

#include <array>
#include <cstdio>
#include <cstdlib>

namespace v2t {
namespace {

struct NamedCode {
  ErrorCode code;
  std::string_view name;
};

constexpr std::array kNames{
    NamedCode{ErrorCode::kInvalidArgument, "invalid_argument"},
    NamedCode{ErrorCode::kNotFound, "not_found"},
    NamedCode{ErrorCode::kConflict, "conflict"},
    NamedCode{ErrorCode::kTooLarge, "too_large"},
    NamedCode{ErrorCode::kRateLimited, "rate_limited"},
    NamedCode{ErrorCode::kUnauthorized, "unauthorized"},
    NamedCode{ErrorCode::kForbidden, "forbidden"},
    NamedCode{ErrorCode::kEmptyFile, "empty_file"},
    NamedCode{ErrorCode::kNotMedia, "not_media"},
    NamedCode{ErrorCode::kDamagedMedia, "damaged_media"},
    NamedCode{ErrorCode::kNoAudioTrack, "no_audio_track"},
    NamedCode{ErrorCode::kNoSuchTrack, "no_such_track"},
    NamedCode{ErrorCode::kDecoderFailed, "decoder_failed"},
    NamedCode{ErrorCode::kModelUnavailable, "model_unavailable"},
    NamedCode{ErrorCode::kModelInvalid, "model_invalid"},
    NamedCode{ErrorCode::kUnavailable, "unavailable"},
    NamedCode{ErrorCode::kDiskFull, "disk_full"},
    NamedCode{ErrorCode::kCancelled, "cancelled"},
    NamedCode{ErrorCode::kTimeout, "timeout"},
    NamedCode{ErrorCode::kStale, "stale"},
    NamedCode{ErrorCode::kPreconditionRequired, "precondition_required"},
    NamedCode{ErrorCode::kInternal, "internal"},
};

}  // namespace

std::string_view error_code_name(ErrorCode code) {
  for (const auto& entry : kNames)
    if (entry.code == code) return entry.name;
  return "internal";
}

ErrorCode error_code_from_name(std::string_view name) {
  for (const auto& entry : kNames)
    if (entry.name == name) return entry.code;
  return ErrorCode::kInternal;
}

void check_failed(const char* condition, const char* file, int line) {
  std::fprintf(stderr, "CHECK failed: %s at %s:%d\n", condition, file, line);
  std::abort();
}

}  // namespace v2t
