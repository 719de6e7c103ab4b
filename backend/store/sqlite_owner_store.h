// Owners in SQLite, in the file of the jobs.
#pragma once

#include <memory>

#include "domain/clock.h"
#include "domain/owner_store.h"
#include "store/job_database.h"

namespace v2t::store {

class SqliteOwnerStore final : public OwnerStore {
 public:
  SqliteOwnerStore(std::shared_ptr<JobDatabase> database, const Clock& clock)
      : database_(std::move(database)), clock_(clock) {}

  Result<Owner> create_owner(const std::string& token_hash) override;
  Result<std::optional<Owner>> find_owner(const std::string& token_hash) override;
  Result<void> touch_owner(const OwnerId& id) override;
  Result<ApiKey> create_key(const std::string& name, const std::string& key_hash) override;
  Result<std::optional<ApiKey>> find_key(const std::string& key_hash) override;
  Result<std::vector<ApiKey>> keys() override;
  Result<void> revoke_key(const std::string& name) override;
  Result<void> touch_key(const std::string& name) override;

 private:
  std::shared_ptr<JobDatabase> database_;
  const Clock& clock_;
};

}  // namespace v2t::store
