// Tests of Result, TRY and the names of error codes.
#include "base/result.h"

#include <gtest/gtest.h>

namespace v2t {
namespace {

Result<int> parse(bool good) {
  if (!good) return fail(ErrorCode::kInvalidArgument, "not a number: x");
  return 41;
}

Result<int> add_one(bool good) {
  TRY(int value, parse(good));
  return value + 1;
}

Result<void> pass_on(bool good) {
  TRY_VOID(add_one(good));
  return {};
}

TEST(Result, TryPassesTheValueOn) { EXPECT_EQ(add_one(true).value(), 42); }

TEST(Result, TryReturnsTheErrorUnchanged) {
  EXPECT_EQ(pass_on(false).error(), (Error{ErrorCode::kInvalidArgument, "not a number: x"}));
}

TEST(Result, WrapPutsTheContextInFront) {
  auto wrapped = wrap(Error{ErrorCode::kDiskFull, "no space left"}, "upload 7");
  EXPECT_EQ(wrapped.value().message, "upload 7: no space left");
}

TEST(ErrorCodes, NamesLeadBackToTheirCodes) {
  EXPECT_EQ(error_code_name(ErrorCode::kNoAudioTrack), "no_audio_track");
  EXPECT_EQ(error_code_from_name("no_audio_track"), ErrorCode::kNoAudioTrack);
  EXPECT_EQ(error_code_from_name("from a later version"), ErrorCode::kInternal);
}

}  // namespace
}  // namespace v2t
