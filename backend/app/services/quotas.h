// How much one owner, and all owners behind one address, may ask of the machine in a day.
#pragma once

#include <chrono>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "domain/clock.h"
#include "domain/job.h"

namespace v2t {

struct QuotaLimits {
  size_t uploads_at_once = 20;
  std::optional<std::chrono::hours> audio_per_day;
  std::optional<uint64_t> bytes_per_day;
};

struct Caller {
  OwnerId owner;
  std::string address;  // of programs of this machine: no address
};

struct Refusal {
  std::string message;
  std::chrono::seconds retry_after{};
};

// Thread-safe. Keeps its books in memory: a restart forgives. An upload or job is admitted first, then noted.
class Quotas {
 public:
  // What the books do not hold themselves.
  struct Lookup {
    std::function<bool(const OwnerId&, const BlobId&)> is_under_way;              // an upload
    std::function<std::optional<Millis>(const OwnerId&, const JobId&)> audio_of;  // nothing for a job that is gone
  };
  Quotas(QuotaLimits limits, const Clock& clock, Lookup lookup)
      : limits_(limits), clock_(clock), lookup_(std::move(lookup)) {}

  const QuotaLimits& limits() const { return limits_; }

  // Nothing: it may come. `bytes`: known beforehand, or received so far.
  std::optional<Refusal> refuse_upload(const Caller& caller, uint64_t bytes);
  void add_upload(const Caller& caller, const BlobId& upload, uint64_t bytes);
  // Of an upload whose size was not known when it was noted.
  void set_bytes(const BlobId& upload, uint64_t bytes);
  std::optional<Refusal> refuse_job(const Caller& caller);
  void add_job(const Caller& caller, const JobId& job);
  // The job is about to be removed: what it used stays used.
  void settle(const Job& job);

 private:
  struct Entry {
    std::chrono::milliseconds at{};  // steady
    Caller caller;
    BlobId upload;  // one of both is empty
    JobId job;
    uint64_t bytes = 0;
    Millis audio{};
    bool is_settled = false;
  };

  // All below: the mutex is held.
  void forget_old();
  std::vector<Entry*> entries_of(const Caller& caller);
  std::chrono::seconds until_free(const std::vector<Entry*>& entries) const;

  const QuotaLimits limits_;
  const Clock& clock_;
  const Lookup lookup_;
  std::mutex mutex_;
  std::vector<Entry> entries_;  // guarded by mutex_; in order of time
};

}  // namespace v2t
