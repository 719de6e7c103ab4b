// A JobStore in memory, for tests of what is built on one.
#pragma once

#include <map>
#include <mutex>

#include "domain/clock.h"
#include "domain/job_store.h"

namespace v2t::testing {

class MemoryJobStore final : public JobStore {
 public:
  explicit MemoryJobStore(const Clock& clock) : clock_(clock) {}

  // While set, every method that writes fails with it: a full disk, say.
  void fail_writes_with(std::optional<Error> error);
  void fail_next_append_with(const Error& error);
  // Another worker takes a running job, as if the lease had run out.
  Claim take_over(const JobId& id);

  Result<void> add(const Job& job) override;
  Result<Job> find(const OwnerId& owner, const JobId& id) override;
  Result<JobId> add_once(const Job& job, const RequestKey& request) override;
  Result<std::vector<Job>> list(const OwnerId& owner, const JobFilter& filter, size_t limit, size_t offset) override;
  Result<uint64_t> count(const OwnerId& owner, const JobFilter& filter) override;
  Result<std::optional<QueuePlace>> queue_place(const JobId& id) override;
  Result<std::optional<double>> usual_speed(const std::string& model) override;
  Result<VersionedText> text(const OwnerId& owner, const JobId& id, std::optional<uint64_t> version) override;
  Result<uint64_t> save_edit(const OwnerId& owner, const JobId& id, const VersionedText& before, const TextEdit& edit,
                             std::optional<uint64_t> restored) override;
  Result<std::vector<TextVersion>> versions(const OwnerId& owner, const JobId& id) override;
  Result<SearchPage> search(const OwnerId& owner, const SearchQuery& query) override;
  Result<Peaks> peaks(const OwnerId& owner, const JobId& id) override;
  Result<uint64_t> text_bytes(const OwnerId& owner) override;
  Result<void> save_peaks(const Claim& claim, const Peaks& peaks) override;
  Result<std::vector<Segment>> segments(const OwnerId& owner, const JobId& id, uint64_t first_window) override;
  Result<void> rename(const OwnerId& owner, const JobId& id, const std::string& name) override;
  Result<void> cancel(const OwnerId& owner, const JobId& id) override;
  Result<Job> remove(const OwnerId& owner, const JobId& id) override;
  Result<void> erase_traces() override { return {}; }
  Result<void> media_completed(const BlobId& media, uint64_t size_bytes) override;
  Result<void> media_lost(const BlobId& media, const Error& error) override;
  Result<std::vector<Job>> jobs_with_media(const BlobId& media) override;
  Result<std::map<JobState, uint64_t>> count_states() override;
  Result<std::vector<Job>> uploading(size_t limit) override;
  Result<std::vector<Job>> transient(size_t limit) override;
  Result<std::vector<Job>> finished_before(WallTime time, size_t limit) override;
  Result<std::optional<Claim>> claim_next(std::chrono::milliseconds lease) override;
  Result<std::optional<Claim>> claim_short(std::chrono::milliseconds lease, Millis longest) override;
  Result<std::vector<Job>> queue(size_t limit) override;
  Result<void> measured(const JobId& id, Millis duration) override;
  Result<void> renew(const Claim& claim, std::chrono::milliseconds lease) override;
  Result<void> set_language(const Claim& claim, const std::string& language) override;
  Result<void> report(const Claim& claim, const JobProgress& progress) override;
  Result<void> append_segments(const Claim& claim, uint64_t window, const std::vector<Segment>& segments,
                               const JobProgress& progress) override;
  Result<void> finish(const Claim& claim, Millis duration, const std::vector<Warning>& warnings) override;
  Result<void> fail_job(const Claim& claim, const Error& error) override;
  Result<void> retry_later(const Claim& claim, const Error& error, std::chrono::milliseconds delay) override;
  Result<void> release(const Claim& claim) override;
  Result<std::vector<JobEvent>> events_after(const OwnerId& owner, const JobId& id, uint64_t after,
                                             size_t limit) override;

 private:
  struct Entry {
    Job job;
    std::vector<Segment> segments;  // as recognised
    std::vector<std::pair<TextVersion, std::vector<SegmentEdit>>> versions;
    std::map<std::string, Millis> heard;  // by language
    Peaks peaks;
    uint64_t ticket = 0;
    uint64_t claim_ticket = 0;
    int deaths = 0;
    std::chrono::milliseconds lease_until{};
    std::chrono::milliseconds retry_at{};
  };

  // All below: the mutex is held.
  void add_locked(const Job& job);
  static VersionedText text_of(const Entry& entry, uint64_t version);
  bool waits(const Entry& entry) const;
  bool is_dead(const Entry& entry) const;
  std::vector<Entry*> queued();
  void fail_poisonous();
  Claim take(Entry& entry, std::chrono::milliseconds lease);
  Result<Entry*> owned(const OwnerId& owner, const JobId& id);
  Result<Entry*> held(const Claim& claim);
  Result<void> writable() const;
  void emit(const Job& job, const std::string& type, const std::string& data);
  void end(Entry& entry, JobState state);
  void end_as_failed(Entry& entry, const Error& error);
  static void apply(const JobProgress& progress, Job& job);
  template <class Condition>
  std::vector<Job> select(size_t limit, Condition condition) const;

  const Clock& clock_;
  mutable std::mutex mutex_;                     // guards all below
  std::vector<std::unique_ptr<Entry>> entries_;  // in the order of add()
  std::vector<JobEvent> events_;
  std::map<JobId, OwnerId> removed_;
  struct Request {
    std::string digest;
    JobId job;
    WallTime at;
  };
  std::map<std::pair<OwnerId, std::string>, Request> requests_;
  uint64_t last_sequence_ = 0;
  uint64_t last_ticket_ = 0;
  std::optional<Error> write_error_;
  std::optional<Error> append_error_;
};

}  // namespace v2t::testing
