// Thread team: everyone runs, barriers order, tasks are handed out once.
#include "nn/team.h"

#include <gtest/gtest.h>

#include <array>
#include <vector>

namespace v2t::nn {
namespace {

class TeamTest : public ::testing::TestWithParam<int> {};

TEST_P(TeamTest, EveryMemberRunsOncePerCall) {
  Team team(GetParam());
  std::vector<std::atomic<int>> runs(static_cast<size_t>(GetParam()));
  for (int call = 0; call < 100; ++call) team.run([&](int member) { ++runs[static_cast<size_t>(member)]; });
  for (const auto& count : runs) EXPECT_EQ(count, 100);
}

TEST_P(TeamTest, WritesBeforeABarrierAreSeenAfterIt) {
  Team team(GetParam());
  const auto n = static_cast<size_t>(GetParam());
  std::vector<int> values(n);
  std::atomic<int> wrong = 0;
  team.run([&](int member) {
    for (int round = 1; round <= 200; ++round) {
      values[static_cast<size_t>(member)] = round;
      team.barrier();
      for (const int value : values) wrong += value != round;
      team.barrier();
    }
  });
  EXPECT_EQ(wrong, 0);
}

TEST_P(TeamTest, TasksAreTakenOnceAndBeginAnewAfterEachBarrier) {
  Team team(GetParam());
  std::array<std::atomic<int>, 50> taken{};
  team.run([&](int) {
    for (int round = 0; round < 20; ++round) {
      for (int task = team.take_task(); task < 50; task = team.take_task()) ++taken[static_cast<size_t>(task)];
      team.barrier();
    }
  });
  for (const auto& count : taken) EXPECT_EQ(count, 20);
}

TEST_P(TeamTest, StopsWhileIdle) { Team team(GetParam()); }

INSTANTIATE_TEST_SUITE_P(Sizes, TeamTest, ::testing::Values(1, 2, 5));

}  // namespace
}  // namespace v2t::nn
