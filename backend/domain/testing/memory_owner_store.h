// An OwnerStore in memory, for tests of what is built on one.
#pragma once

#include <map>
#include <mutex>

#include "domain/clock.h"
#include "domain/owner_store.h"

namespace v2t::testing {

class MemoryOwnerStore final : public OwnerStore {
 public:
  explicit MemoryOwnerStore(const Clock& clock) : clock_(clock) {}

  Result<Owner> create_owner(const std::string& token_hash) override {
    const std::scoped_lock lock(mutex_);
    const auto [entry, is_new] = owners_.try_emplace(token_hash, Owner{new_id(), clock_.now(), clock_.now()});
    if (!is_new) return fail(ErrorCode::kConflict, "this session token is taken; make another");
    return entry->second;
  }
  Result<std::optional<Owner>> find_owner(const std::string& token_hash) override {
    const std::scoped_lock lock(mutex_);
    const auto found = owners_.find(token_hash);
    return found == owners_.end() ? std::nullopt : std::optional(found->second);
  }
  Result<void> touch_owner(const OwnerId& id) override {
    const std::scoped_lock lock(mutex_);
    for (auto& [hash, owner] : owners_)
      if (owner.id == id) owner.last_seen = clock_.now();
    return {};
  }

 private:
  const Clock& clock_;
  std::mutex mutex_;
  std::map<std::string, Owner> owners_;  // by hash; guarded by mutex_
};

}  // namespace v2t::testing
