// A UsageLog in memory, for tests of what is built on one.
#pragma once

#include <algorithm>
#include <mutex>

#include "domain/usage_log.h"

namespace v2t::testing {

class MemoryUsageLog final : public UsageLog {
 public:
  Result<void> add(const Usage& usage, WallTime until) override {
    const std::scoped_lock lock(mutex_);
    std::erase_if(entries_, [&](const Usage& one) { return one.at <= until; });
    entries_.push_back(usage);
    return {};
  }
  Result<std::vector<Usage>> find(const OwnerId& owner, const std::string& address, WallTime after) override {
    const std::scoped_lock lock(mutex_);
    std::vector<Usage> found;
    std::ranges::copy_if(entries_, std::back_inserter(found), [&](const Usage& usage) {
      return usage.at > after && (usage.owner == owner || (!address.empty() && usage.address == address));
    });
    return found;
  }
  Result<void> set_bytes(const std::string& id, uint64_t bytes) override {
    return change(id, [&](Usage& usage) { usage.bytes = bytes; });
  }
  Result<void> settle(const std::string& id, Millis audio) override {
    return change(id, [&](Usage& usage) {
      usage.audio = audio;
      usage.is_settled = true;
    });
  }

 private:
  template <class Change>
  Result<void> change(const std::string& id, Change change) {
    const std::scoped_lock lock(mutex_);
    for (Usage& usage : entries_)
      if (usage.id == id) change(usage);
    return {};
  }

  std::mutex mutex_;
  std::vector<Usage> entries_;  // guarded by mutex_
};

}  // namespace v2t::testing
