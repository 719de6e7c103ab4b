// The seam to what was used of the machine in the last day, by whom: quotas outlive a restart by it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "domain/job.h"

namespace v2t {

struct Usage {
  enum class Kind { kUpload, kJob };
  Kind kind = Kind::kUpload;
  std::string id;  // of the upload or the job
  OwnerId owner;
  std::string address;      // of the client; empty: a program of this machine
  WallTime at{};            // when it was admitted
  uint64_t bytes = 0;       // of an upload
  Millis audio{};           // of a settled job
  bool is_settled = false;  // its figures will not change any more

  friend bool operator==(const Usage&, const Usage&) = default;
};

// Thread-safe. Every method is a transaction, as with JobStore.
class UsageLog {
 public:
  virtual ~UsageLog() = default;
  // Forgets what is of `until` or earlier.
  virtual Result<void> add(const Usage& usage, WallTime until) = 0;
  // Later than `after`, of the owner or, unless it is empty, of the address; in the order of add().
  virtual Result<std::vector<Usage>> find(const OwnerId& owner, const std::string& address, WallTime after) = 0;
  // These change nothing where there is no such usage.
  virtual Result<void> set_bytes(const std::string& id, uint64_t bytes) = 0;
  virtual Result<void> settle(const std::string& id, Millis audio) = 0;
};

}  // namespace v2t
