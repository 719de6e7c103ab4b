// Keeps a copy of all texts, where it outlives this machine, as new as it may be without writing all the time.
#pragma once

#include <chrono>
#include <functional>
#include <thread>

#include "base/result.h"
#include "domain/clock.h"

namespace v2t {

struct CopyParts {
  std::function<Result<int64_t>()> revision;  // differs from the last one: something is worth a copy
  std::function<Result<void>()> save;
  const Clock& clock;
};

struct CopyOptions {
  std::chrono::milliseconds look = std::chrono::seconds(5);
  std::chrono::milliseconds shortest_pause = std::chrono::seconds(30);  // between two copies
};

// Works from construction to destruction, which makes a last copy if one is due. What cannot be copied is logged once
// and tried again.
class CopyKeeper {
 public:
  CopyKeeper(CopyParts parts, CopyOptions options);
  CopyKeeper(const CopyKeeper&) = delete;
  CopyKeeper& operator=(const CopyKeeper&) = delete;
  ~CopyKeeper();

 private:
  void keep(std::stop_token stop);
  void save_if_changed();

  const CopyParts parts_;
  const CopyOptions options_;
  int64_t saved_revision_ = -1;
  bool has_failed_ = false;
  std::jthread thread_;  // last: it uses all of the above
};

}  // namespace v2t
