// The pacer: fewer members while barriers eat the time, all again once they do not.
#include "nn/pacer.h"

#include <gtest/gtest.h>

namespace v2t::nn {
namespace {

using namespace std::chrono_literals;

void record_calls(Pacer& pacer, int calls, double lost_share) {
  for (int call = 0; call < calls; ++call)
    pacer.record(1ms,
                 std::chrono::duration_cast<Pacer::Duration>(std::chrono::duration<double, std::milli>(lost_share)));
}

TEST(Pacer, KeepsAllMembersOnAQuietMachine) {
  Pacer pacer(4);
  record_calls(pacer, 1000, 0.1);
  EXPECT_EQ(pacer.active(), 4);
}

TEST(Pacer, LeavesOneMemberOutWhileBarriersEatTheTime) {
  Pacer pacer(2);
  record_calls(pacer, 20, 0.8);
  EXPECT_EQ(pacer.active(), 1);
}

TEST(Pacer, TriesAgainAndKeepsWhatWorks) {
  Pacer pacer(2);
  record_calls(pacer, 20, 0.8);
  record_calls(pacer, 100, 0.0);
  EXPECT_EQ(pacer.active(), 2);
  record_calls(pacer, 1000, 0.1);
  EXPECT_EQ(pacer.active(), 2);
}

TEST(Pacer, TriesEverMoreRarelyWhileThatFails) {
  Pacer pacer(2);
  int tries = 0;
  for (int call = 0; call < 10'000; ++call) {  // ten seconds in which the second processor is taken
    const bool is_trying = pacer.active() == 2;
    tries += is_trying;
    pacer.record(1ms, is_trying ? Pacer::Duration(900us) : Pacer::Duration(0us));
  }
  EXPECT_LT(tries, 300);  // of 10,000 calls
  EXPECT_GT(tries, 50);
}

TEST(Pacer, OneMemberIsAlwaysLeft) {
  Pacer pacer(3);
  record_calls(pacer, 60, 1.0);
  EXPECT_EQ(pacer.active(), 1);
  Pacer alone(1);
  record_calls(alone, 60, 1.0);
  EXPECT_EQ(alone.active(), 1);
}

}  // namespace
}  // namespace v2t::nn
