// Tests of when a copy is made.
#include "app/services/copy_keeper.h"

#include <gtest/gtest.h>

#include <atomic>

#include "base/log.h"
#include "domain/testing/manual_clock.h"

namespace v2t {
namespace {

using namespace std::chrono_literals;

class CopyKeeperTest : public ::testing::Test {
 protected:
  void SetUp() override { log::configure(log::Level::kSilent, log::Format::kText); }
  std::unique_ptr<CopyKeeper> start() {
    return std::make_unique<CopyKeeper>(CopyParts{[this] { return look(); }, [this] { return save(); }, clock_},
                                        CopyOptions{1ms, 30s});
  }
  Result<int64_t> look() {
    ++n_looks_;
    n_looks_.notify_all();
    return revision_.load();
  }
  Result<void> save() {
    ++n_saves_;
    n_saves_.notify_all();
    if (fails_) return fail(ErrorCode::kDiskFull, "the bucket is full");
    return {};
  }
  void wait_for_saves(int n) {
    for (int seen = n_saves_; seen < n; seen = n_saves_) n_saves_.wait(seen);
  }
  void wait_for_more_looks() {
    const int until = n_looks_ + 3;
    for (int seen = n_looks_; seen < until; seen = n_looks_) n_looks_.wait(seen);
  }

  testing::ManualClock clock_;
  std::atomic<int64_t> revision_{7};
  std::atomic<bool> fails_{false};
  std::atomic<int> n_looks_{0};
  std::atomic<int> n_saves_{0};
};

TEST_F(CopyKeeperTest, WithoutAChangeThereIsNoCopy) {
  auto keeper = start();
  wait_for_more_looks();
  keeper.reset();
  EXPECT_EQ(n_saves_, 0);
}

TEST_F(CopyKeeperTest, AChangeIsCopied) {
  const auto keeper = start();
  revision_ = 8;
  wait_for_saves(1);
}

TEST_F(CopyKeeperTest, TheNextCopyWaitsForThePause) {
  const auto keeper = start();
  revision_ = 8;
  wait_for_saves(1);
  revision_ = 9;
  clock_.advance(30s);
  wait_for_saves(2);
}

TEST_F(CopyKeeperTest, TheEndCopiesWhatIsNotCopiedYet) {
  auto keeper = start();
  revision_ = 8;
  wait_for_saves(1);
  revision_ = 9;
  keeper.reset();
  EXPECT_EQ(n_saves_, 2);
}

TEST_F(CopyKeeperTest, WhatFailedIsTriedAgain) {
  fails_ = true;
  auto keeper = start();
  revision_ = 8;
  wait_for_saves(2);
  fails_ = false;
  const int before = n_saves_;
  wait_for_saves(before + 1);
  keeper.reset();
  const int after = n_saves_;
  EXPECT_LE(after, before + 2);
}

}  // namespace
}  // namespace v2t
