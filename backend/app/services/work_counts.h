// What the worker has done since the start, as counters that only grow: for /metrics.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>

#include "base/result.h"
#include "domain/audio.h"

namespace v2t {

// Thread-safe.
class WorkCounts {
 public:
  struct Totals {
    uint64_t windows = 0;              // saved
    Millis audio{};                    // media time that they cover
    std::chrono::milliseconds work{};  // of jobs, from the first window to the last
    uint64_t jobs_done = 0;
    std::map<std::string, uint64_t> jobs_failed;  // by error code
  };

  void add_window(Millis audio);
  void add_done(std::chrono::milliseconds work);
  void add_failed(ErrorCode code);
  Totals totals() const;

 private:
  mutable std::mutex mutex_;
  Totals totals_;  // guarded by mutex_
};

}  // namespace v2t
