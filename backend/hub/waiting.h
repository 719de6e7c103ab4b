// Waiting that ends at once when the caller asks to stop.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stop_token>

#include "base/result.h"

namespace v2t::hub {

inline tl::unexpected<Error> cancelled() { return fail(ErrorCode::kCancelled, "the model's download was stopped"); }

// kCancelled when stopped before the time is over.
inline Result<void> wait_for(std::chrono::milliseconds time, std::stop_token stop) {
  std::mutex mutex;
  std::condition_variable_any never_notified;
  std::unique_lock lock(mutex);
  never_notified.wait_for(lock, stop, time, [] { return false; });
  if (stop.stop_requested()) return cancelled();
  return {};
}

}  // namespace v2t::hub
