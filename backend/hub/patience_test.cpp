// When a failure is tried again.
#include "hub/patience.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace v2t::hub {
namespace {

using Outcome = tl::expected<HttpReply, HttpFailure>;
using Kind = HttpFailure::Kind;

constexpr RetryPolicy kQuick{.attempts = 3,
                             .connect_attempts = 2,
                             .first_delay = std::chrono::milliseconds(0),
                             .longest_delay = std::chrono::milliseconds(2000)};

Outcome reply(int status, std::map<std::string, std::string> headers = {}) {
  return HttpReply{status, std::move(headers)};
}
Outcome failure(Kind kind) { return tl::unexpected(HttpFailure{kind, {ErrorCode::kUnavailable, "why"}}); }

TEST(Trouble, IsWhatMayPass) {
  for (const int status : {408, 429, 500, 502, 503, 504}) EXPECT_TRUE(trouble_of(reply(status))) << status;
  for (const Kind kind : {Kind::kNotReached, Kind::kCut, Kind::kStalled}) EXPECT_TRUE(trouble_of(failure(kind)));
}

TEST(Trouble, IsNotWhatIsFinal) {
  for (const int status : {200, 206, 302, 401, 403, 404, 416}) EXPECT_FALSE(trouble_of(reply(status))) << status;
  for (const Kind kind : {Kind::kReceiver, Kind::kCancelled}) EXPECT_FALSE(trouble_of(failure(kind)));
}

TEST(Trouble, KnowsRetryAfterInSeconds) {
  EXPECT_EQ(trouble_of(reply(429, {{"retry-after", "7"}}))->retry_after, std::chrono::seconds(7));
  EXPECT_FALSE(trouble_of(reply(429, {{"retry-after", "Wed, 21 Oct 2026 07:28:00 GMT"}}))->retry_after);
  EXPECT_FALSE(trouble_of(reply(429, {{"retry-after", "-1"}}))->retry_after);
}

TEST(Patience, EndsAfterSoManyFailuresInARow) {
  Patience patience(kQuick);
  EXPECT_TRUE(patience.after({"cut"}, {}));
  EXPECT_TRUE(patience.after({"cut"}, {}));
  EXPECT_EQ(patience.after({"cut"}, {}).error(), (Error{ErrorCode::kModelUnavailable, "cut"}));
}

TEST(Patience, IsRenewedByAMegabyte) {
  Patience patience(kQuick);
  EXPECT_TRUE(patience.after({"cut"}, {}));
  EXPECT_TRUE(patience.after({"cut"}, {}));
  patience.progressed(600'000);
  patience.progressed(600'000);
  EXPECT_TRUE(patience.after({"cut"}, {}));
}

TEST(Patience, IsShorterWhenNobodyAnswers) {
  Patience patience(kQuick);
  EXPECT_TRUE(patience.after({"no such host", true}, {}));
  EXPECT_FALSE(patience.after({"no such host", true}, {}));
}

TEST(Patience, DoesNotWaitLongerThanItsLongestDelay) {
  Patience patience(kQuick);
  const auto error = patience.after({"the server answers 429", false, std::chrono::seconds(3)}, {}).error();
  EXPECT_EQ(error.code, ErrorCode::kModelUnavailable);
  EXPECT_THAT(error.message, testing::HasSubstr("3 s"));
}

TEST(Patience, EndsAtOnceWhenStopped) {
  RetryPolicy slow = kQuick;
  slow.first_delay = slow.longest_delay = std::chrono::hours(1);
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(Patience(slow).after({"cut"}, stop.get_token()).error().code, ErrorCode::kCancelled);
}

}  // namespace
}  // namespace v2t::hub
