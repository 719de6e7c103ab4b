// Tests of the doorbell.
#include "domain/doorbell.h"

#include <gtest/gtest.h>

#include <thread>

namespace v2t {
namespace {

using namespace std::chrono_literals;

TEST(Doorbell, ARingBeforeTheWaitIsNotMissed) {
  auto bell = make_doorbell();
  const uint64_t seen = bell->rings();
  bell->ring();
  bell->wait(seen, 1h, {});
  EXPECT_GT(bell->rings(), seen);
}

TEST(Doorbell, WakesAWaiterOfAnotherThread) {
  auto bell = make_doorbell();
  std::jthread ringer([&] { bell->ring(); });
  bell->wait(0, 1h, {});
  EXPECT_EQ(bell->rings(), 1u);
}

TEST(Doorbell, AStopEndsTheWait) {
  auto bell = make_doorbell();
  std::stop_source stop;
  stop.request_stop();
  bell->wait(bell->rings(), 1h, stop.get_token());
  EXPECT_EQ(bell->rings(), 0u);
}

TEST(Doorbell, CallsBackUntilTheHandleIsGone) {
  auto bell = make_doorbell();
  int calls = 0;
  auto handle = bell->subscribe([&] { ++calls; });
  bell->ring();
  handle.reset();
  bell->ring();
  EXPECT_EQ(calls, 1);
}

}  // namespace
}  // namespace v2t
