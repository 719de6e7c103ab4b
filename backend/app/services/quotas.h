// How much one owner, and all owners behind one address, may ask of the machine in a day.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "domain/clock.h"
#include "domain/job.h"
#include "domain/usage_log.h"

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

// Thread-safe. An upload or job is admitted first, then noted. A log that cannot be read or written is a line in the
// program's log: nobody is refused for it.
class Quotas {
 public:
  // What the log does not hold itself.
  struct Lookup {
    std::function<bool(const OwnerId&, const BlobId&)> is_under_way;              // an upload
    std::function<std::optional<Millis>(const OwnerId&, const JobId&)> audio_of;  // nothing for a job that is gone
  };
  Quotas(QuotaLimits limits, UsageLog& log, const Clock& clock, Lookup lookup)
      : limits_(limits), log_(log), clock_(clock), lookup_(std::move(lookup)) {}

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
  std::vector<Usage> used_by(const Caller& caller, Usage::Kind kind);
  std::chrono::seconds until_free(const std::vector<Usage>& used) const;
  bool is_under_way(const Usage& upload);
  Millis audio_of(const Usage& job) const;
  void add(const Usage& usage);

  const QuotaLimits limits_;
  UsageLog& log_;
  const Clock& clock_;
  const Lookup lookup_;
};

}  // namespace v2t
