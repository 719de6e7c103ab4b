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
  Result<ApiKey> create_key(const std::string& name, const std::string& key_hash) override {
    const std::scoped_lock lock(mutex_);
    const auto [entry, is_new] = keys_.try_emplace(name, StoredKey{{name, new_id(), {}, {}, {}}, ""});
    if (!is_new && !entry->second.key.revoked) return fail(ErrorCode::kConflict, "there is a key " + name);
    entry->second = {{name, entry->second.key.owner, clock_.now(), {}, {}}, key_hash};
    return entry->second.key;
  }
  Result<std::optional<ApiKey>> find_key(const std::string& key_hash) override {
    const std::scoped_lock lock(mutex_);
    for (const auto& [name, stored] : keys_)
      if (stored.hash == key_hash && !stored.key.revoked) return stored.key;
    return std::nullopt;
  }
  Result<std::vector<ApiKey>> keys() override {
    const std::scoped_lock lock(mutex_);
    std::vector<ApiKey> all;
    for (const auto& [name, stored] : keys_) all.push_back(stored.key);
    return all;
  }
  Result<void> revoke_key(const std::string& name) override {
    const std::scoped_lock lock(mutex_);
    const auto found = keys_.find(name);
    if (found == keys_.end() || found->second.key.revoked) return fail(ErrorCode::kNotFound, "no key " + name);
    found->second.key.revoked = clock_.now();
    return {};
  }
  Result<void> touch_key(const std::string& name) override {
    const std::scoped_lock lock(mutex_);
    if (const auto found = keys_.find(name); found != keys_.end()) found->second.key.last_used = clock_.now();
    return {};
  }

 private:
  struct StoredKey {
    ApiKey key;
    std::string hash;
  };

  const Clock& clock_;
  std::mutex mutex_;
  std::map<std::string, Owner> owners_;    // by hash; guarded by mutex_
  std::map<std::string, StoredKey> keys_;  // by name; guarded by mutex_
};

}  // namespace v2t::testing
