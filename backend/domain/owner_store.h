// The seam to the owners of jobs and uploads: anonymous browser sessions and API keys, known by hashes alone.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "domain/job.h"

namespace v2t {

struct Owner {
  OwnerId id;
  WallTime created{};
  WallTime last_seen{};
};

// A key's owner outlives the key: a new key of the same name gets the owner's jobs back.
struct ApiKey {
  std::string name;
  OwnerId owner;
  WallTime created{};  // of the key in force, or of the last one
  std::optional<WallTime> last_used;
  std::optional<WallTime> revoked;
};

// Thread-safe. Tokens and keys themselves never reach a store: hashes are their SHA-256 as 64 hexadecimal digits.
class OwnerStore {
 public:
  virtual ~OwnerStore() = default;
  // kConflict when the hash is known already.
  virtual Result<Owner> create_owner(const std::string& token_hash) = 0;
  virtual Result<std::optional<Owner>> find_owner(const std::string& token_hash) = 0;
  // Sets last_seen to now; nothing happens for an unknown owner.
  virtual Result<void> touch_owner(const OwnerId& id) = 0;

  // kConflict when a key of this name is in force.
  virtual Result<ApiKey> create_key(const std::string& name, const std::string& key_hash) = 0;
  // Keys in force alone.
  virtual Result<std::optional<ApiKey>> find_key(const std::string& key_hash) = 0;
  // All, also revoked ones, by name.
  virtual Result<std::vector<ApiKey>> keys() = 0;
  // kNotFound when no key of this name is in force.
  virtual Result<void> revoke_key(const std::string& name) = 0;
  // Sets last_used to now; nothing happens for an unknown name.
  virtual Result<void> touch_key(const std::string& name) = 0;
};

}  // namespace v2t
