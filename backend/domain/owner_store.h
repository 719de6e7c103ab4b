// The seam to the owners of jobs and uploads: anonymous browser sessions, known by the hash of their token alone.
#pragma once

#include <optional>
#include <string>

#include "domain/job.h"

namespace v2t {

struct Owner {
  OwnerId id;
  WallTime created{};
  WallTime last_seen{};
};

// Thread-safe. Tokens themselves never reach a store: `token_hash` is their SHA-256 as 64 hexadecimal digits.
class OwnerStore {
 public:
  virtual ~OwnerStore() = default;
  // kConflict when the hash is known already.
  virtual Result<Owner> create_owner(const std::string& token_hash) = 0;
  virtual Result<std::optional<Owner>> find_owner(const std::string& token_hash) = 0;
  // Sets last_seen to now; nothing happens for an unknown owner.
  virtual Result<void> touch_owner(const OwnerId& id) = 0;
};

}  // namespace v2t
