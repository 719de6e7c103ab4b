// A clock that moves only when told to.
#pragma once

#include <mutex>

#include "domain/clock.h"

namespace v2t::testing {

// Thread-safe.
class ManualClock final : public Clock {
 public:
  WallTime now() const override {
    const std::scoped_lock lock(mutex_);
    return now_;
  }
  std::chrono::milliseconds steady() const override {
    const std::scoped_lock lock(mutex_);
    return steady_;
  }
  std::string boot() const override { return "manual"; }

  // Time passes.
  void advance(std::chrono::milliseconds time) {
    const std::scoped_lock lock(mutex_);
    now_ += time;
    steady_ += time;
  }
  // Somebody sets the wall clock; no time passes.
  void jump(std::chrono::milliseconds time) {
    const std::scoped_lock lock(mutex_);
    now_ += time;
  }

 private:
  mutable std::mutex mutex_;
  WallTime now_{std::chrono::hours(24 * 365 * 56)};          // guarded by mutex_
  std::chrono::milliseconds steady_{std::chrono::hours(1)};  // guarded by mutex_
};

}  // namespace v2t::testing
