// What was used in the last day, in the file of the jobs.
#pragma once

#include <memory>

#include "domain/usage_log.h"
#include "store/job_database.h"

namespace v2t::store {

class SqliteUsageLog final : public UsageLog {
 public:
  explicit SqliteUsageLog(std::shared_ptr<JobDatabase> database) : database_(std::move(database)) {}

  Result<void> add(const Usage& usage, WallTime until) override;
  Result<std::vector<Usage>> find(const OwnerId& owner, const std::string& address, WallTime after) override;
  Result<void> set_bytes(const std::string& id, uint64_t bytes) override;
  Result<void> settle(const std::string& id, Millis audio) override;

 private:
  std::shared_ptr<JobDatabase> database_;
};

}  // namespace v2t::store
