// Jobs in SQLite: every method one transaction, durable when it returns but for transient jobs: those are gone at the
// next start, so that a power cut may take them.
#pragma once

#include <functional>
#include <memory>

#include "domain/clock.h"
#include "domain/job_store.h"
#include "store/job_database.h"

namespace v2t::store {

// Several stores, in one process or many, may share a file.
class SqliteJobStore final : public JobStore {
 public:
  SqliteJobStore(std::shared_ptr<JobDatabase> database, const Clock& clock);

  // Frees the jobs of all workers at once. For a process that knows, by holding the FolderLock, that no other worker
  // lives: then a job whose worker was killed need not wait until its lease runs out.
  Result<void> expire_leases();

  Result<void> add(const Job& job) override;
  Result<JobId> add_once(const Job& job, const RequestKey& request) override;
  Result<Job> find(const OwnerId& owner, const JobId& id) override;
  Result<void> rename(const OwnerId& owner, const JobId& id, const std::string& name) override;
  Result<void> cancel(const OwnerId& owner, const JobId& id) override;
  Result<Job> remove(const OwnerId& owner, const JobId& id) override;
  Result<void> erase_traces() override;
  Result<std::vector<JobEvent>> events_after(const OwnerId& owner, const JobId& id, uint64_t after,
                                             size_t limit) override;

  // sqlite_job_lists.cpp
  Result<std::vector<Job>> list(const OwnerId& owner, const JobFilter& filter, size_t limit, size_t offset) override;
  Result<uint64_t> count(const OwnerId& owner, const JobFilter& filter) override;
  Result<std::map<JobState, uint64_t>> count_states() override;
  Result<std::optional<double>> usual_speed(const std::string& model) override;
  Result<void> media_completed(const BlobId& media, uint64_t size_bytes) override;
  Result<void> media_lost(const BlobId& media, const Error& error) override;
  Result<std::vector<Job>> jobs_with_media(const BlobId& media) override;
  Result<std::vector<Job>> uploading(size_t limit) override;
  Result<std::vector<Job>> transient(size_t limit) override;
  Result<std::vector<Job>> finished_before(WallTime time, size_t limit) override;

  // sqlite_queue.cpp
  Result<std::optional<QueuePlace>> queue_place(const JobId& id) override;
  Result<std::vector<Job>> queue(size_t limit) override;
  Result<std::optional<Claim>> claim_next(std::chrono::milliseconds lease) override;
  Result<std::optional<Claim>> claim_short(std::chrono::milliseconds lease, Millis longest) override;
  Result<void> measured(const JobId& id, Millis duration) override;

  // sqlite_claims.cpp
  Result<void> renew(const Claim& claim, std::chrono::milliseconds lease) override;
  Result<void> set_language(const Claim& claim, const std::string& language) override;
  Result<void> report(const Claim& claim, const JobProgress& progress) override;
  Result<void> append_segments(const Claim& claim, uint64_t window, const std::vector<Segment>& segments,
                               const JobProgress& progress) override;
  Result<void> finish(const Claim& claim, Millis duration, const std::vector<Warning>& warnings) override;
  Result<void> fail_job(const Claim& claim, const Error& error) override;
  Result<void> retry_later(const Claim& claim, const Error& error, std::chrono::milliseconds delay) override;
  Result<void> release(const Claim& claim) override;

  // sqlite_search.cpp
  Result<SearchPage> search(const OwnerId& owner, const SearchQuery& query) override;

  // sqlite_texts.cpp
  Result<VersionedText> text(const OwnerId& owner, const JobId& id, std::optional<uint64_t> version) override;
  Result<uint64_t> save_edit(const OwnerId& owner, const JobId& id, const VersionedText& before, const TextEdit& edit,
                             std::optional<uint64_t> restored) override;
  Result<std::vector<TextVersion>> versions(const OwnerId& owner, const JobId& id) override;
  Result<Peaks> peaks(const OwnerId& owner, const JobId& id) override;
  Result<void> save_peaks(const Claim& claim, const Peaks& peaks) override;
  Result<uint64_t> text_bytes(const OwnerId& owner) override;
  Result<std::vector<Segment>> segments(const OwnerId& owner, const JobId& id, uint64_t first_window) override;

 private:
  struct Lease {
    std::string boot;
    int64_t now_ms = 0;
  };

  Database& connection() { return *database_->connection; }
  Lease lease_now() const { return {boot_, clock_.steady().count()}; }
  static Durability durability_of(const Job& job) { return job.is_transient ? Durability::kSoon : Durability::kAtOnce; }
  Result<Transaction> begin_for(const Job& job) { return Transaction::begin(connection(), durability_of(job)); }
  // All below: the mutex is held, inside the caller's transaction.
  Result<Job> find_locked(const OwnerId& owner, const JobId& id);
  Result<int64_t> number_of(const OwnerId& owner, const JobId& id);
  Result<void> erase_traces_locked();
  Result<void> add_locked(const Job& job);
  Result<std::vector<Job>> waiting_for(const BlobId& media);
  Result<int64_t> next_ticket();
  Result<void> emit(const OwnerId& owner, const JobId& job, std::string_view type, const std::string& data);
  Result<void> drop_progress_events(const JobId& job);
  Result<void> fail_poisonous(const Lease& now);
  Result<void> end_as_failed(const Job& job, const Error& error);
  static Result<std::optional<Claim>> commit_nothing(Transaction& transaction);
  struct Next {
    JobId id;
    bool is_transient = false;
  };
  using Query = std::function<Result<std::optional<Next>>(const Lease& now)>;
  Result<std::optional<Claim>> claim(const Query& first, std::chrono::milliseconds lease);
  static Result<std::optional<Next>> read_next(Statement& query);
  Result<Claim> take(const JobId& id, const Lease& now, std::chrono::milliseconds lease);
  Result<std::vector<Segment>> recognised(int64_t job, uint64_t first_window);
  Result<std::vector<SegmentEdit>> edits_until(int64_t job, uint64_t version);
  Result<void> insert_edit(int64_t job, uint64_t version, const SegmentEdit& edit);
  Result<void> index_text(int64_t job, uint64_t segment, const std::string& text);
  Result<void> unindex(int64_t job);
  Result<std::optional<Segment>> segment_now(int64_t job, uint64_t id);
  Result<void> note_languages(int64_t job, const std::vector<Segment>& segments);
  Result<void> insert_segment(int64_t job, uint64_t window, size_t position, const Segment& segment);

  std::shared_ptr<JobDatabase> database_;
  const Clock& clock_;
  const std::string boot_;
  bool has_traces_ = true;  // of removed jobs, in the log of the file, for all we know; guarded by the database's mutex
};

}  // namespace v2t::store
