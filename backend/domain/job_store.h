// The seam to the durable truth about jobs. Every method is a transaction: after it returns, a power cut loses nothing
// of it. Thread-safe. Foreign and unknown ids give the same kNotFound.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <vector>

#include "domain/editing.h"
#include "domain/job.h"
#include "domain/peaks.h"

namespace v2t {

// A worker's hold on a job. Methods that take one fail with kConflict once another worker has claimed the job
// or it was cancelled or deleted: then the worker drops it.
struct Claim {
  Job job;
  uint64_t epoch = 0;
};

struct JobProgress {
  Millis audio_done{};             // media time covered
  std::optional<Millis> duration;  // if known
  std::optional<double> speed;     // seconds of audio per second
  Coverage coverage = {};          // of the window that is appended, alone
};

struct JobFilter {
  std::vector<JobState> states;  // one of these; empty: any
  std::string name;              // in the name somewhere, as fold() sees it; empty: any
};

// Names a request that may be sent twice: the second time it finds the job of the first.
struct RequestKey {
  std::string key;     // the client's
  std::string digest;  // of what was asked for
};

struct QueuePlace {
  uint64_t position = 0;               // jobs that will be claimed before it, as the queue is now
  std::optional<Millis> audio_before;  // left to do of those and of the running ones, of all owners; absent: not known
};

struct SearchQuery {
  std::vector<std::string> terms;  // all of them, somewhere in the text; each folded by fold() and not empty
  size_t limit = 20;
  size_t offset = 0;
};

struct SearchPage {
  struct Hit {
    JobId job;
    std::string name;  // of the job
    Segment segment;   // as it is now
  };
  std::vector<Hit> hits;
  uint64_t total = 0;  // on all pages
};

class JobStore {
 public:
  virtual ~JobStore() = default;

  // Stores a new job as it is (id, owner, state set by the caller).
  virtual Result<void> add(const Job& job) = 0;
  // As add(), unless a request with this key of the same owner added a job within the last kKeepRequests, which is
  // still there: then nothing is added. Returns the id of the job; kConflict when that request had another digest.
  static constexpr auto kKeepRequests = std::chrono::hours(24);
  virtual Result<JobId> add_once(const Job& job, const RequestKey& request) = 0;
  virtual Result<Job> find(const OwnerId& owner, const JobId& id) = 0;
  // Newest first. Transient jobs are neither listed nor counted.
  virtual Result<std::vector<Job>> list(const OwnerId& owner, const JobFilter& filter, size_t limit, size_t offset) = 0;
  virtual Result<uint64_t> count(const OwnerId& owner, const JobFilter& filter) = 0;
  // nullopt when it does not wait in the queue.
  virtual Result<std::optional<QueuePlace>> queue_place(const JobId& id) = 0;
  // The middle one of the speeds of the last jobs with this model; nullopt before the first.
  virtual Result<std::optional<double>> usual_speed(const std::string& model) = 0;
  // Segments with window >= first_window in the newest version of the text, in order.
  virtual Result<std::vector<Segment>> segments(const OwnerId& owner, const JobId& id, uint64_t first_window) = 0;
  // The text at a version, the newest when absent; kNotFound for one that is not there.
  virtual Result<VersionedText> text(const OwnerId& owner, const JobId& id, std::optional<uint64_t> version) = 0;
  // Makes a new version and returns its number. kStale when `before` is not the newest any more.
  virtual Result<uint64_t> save_edit(const OwnerId& owner, const JobId& id, const VersionedText& before,
                                     const TextEdit& edit, std::optional<uint64_t> restored) = 0;
  // Newest first; the last is what was recognised.
  virtual Result<std::vector<TextVersion>> versions(const OwnerId& owner, const JobId& id) = 0;
  // In the newest versions of the texts of all the owner's jobs but transient ones; the best first.
  virtual Result<SearchPage> search(const OwnerId& owner, const SearchQuery& query) = 0;
  // None, and not complete, before the first are saved.
  virtual Result<Peaks> peaks(const OwnerId& owner, const JobId& id) = 0;
  // What the texts of the owner take, in all their versions.
  virtual Result<uint64_t> text_bytes(const OwnerId& owner) = 0;
  virtual Result<void> rename(const OwnerId& owner, const JobId& id, const std::string& name) = 0;
  // kConflict when it is final already.
  virtual Result<void> cancel(const OwnerId& owner, const JobId& id) = 0;
  // Job, text in all versions, peaks and events, out of the file too; the media is the caller's. Returns the removed
  // job. What a transient job wrote is out of the file after erase_traces(), once for many.
  virtual Result<Job> remove(const OwnerId& owner, const JobId& id) = 0;
  virtual Result<void> erase_traces() = 0;
  // The media of these jobs is complete: uploading -> queued. Changes nothing for jobs in other states.
  virtual Result<void> media_completed(const BlobId& media, uint64_t size_bytes) = 0;
  // The media will never be complete: uploading -> failed with this error. Changes nothing for jobs in other states.
  virtual Result<void> media_lost(const BlobId& media, const Error& error) = 0;
  // All jobs, of any state, that use the media.
  virtual Result<std::vector<Job>> jobs_with_media(const BlobId& media) = 0;
  // How many jobs there are in each state, of all owners; states without jobs may be left out.
  virtual Result<std::map<JobState, uint64_t>> count_states() = 0;
  // For the housekeeping, of all owners: jobs that wait for their media, transient jobs, and final jobs that ended
  // before a time.
  virtual Result<std::vector<Job>> uploading(size_t limit) = 0;
  virtual Result<std::vector<Job>> transient(size_t limit) = 0;
  virtual Result<std::vector<Job>> finished_before(WallTime time, size_t limit) = 0;

  // The next queued job, or a running one whose lease has run out (its worker died); nullopt when there is none.
  // Owners take turns (one with fewer running jobs, then the one served longest ago, first); the jobs of one owner go
  // in the order in which they were queued. Every claim is an attempt. A job whose workers died kMaxDeaths times in a
  // row without saving a window fails here, with an error, instead of being claimed.
  static constexpr int kMaxDeaths = 3;
  virtual Result<std::optional<Claim>> claim_next(std::chrono::milliseconds lease) = 0;
  // The same among the short jobs of the queue: those whose audio is known to be no longer than this, or whose duration
  // is not known and whose media is at most kSmallMediaBytes. So a clip need not wait until films are done.
  static constexpr uint64_t kSmallMediaBytes = 1'000'000;
  virtual Result<std::optional<Claim>> claim_short(std::chrono::milliseconds lease, Millis longest) = 0;
  // The first of the queue as it is now, in the order in which they will be claimed.
  virtual Result<std::vector<Job>> queue(size_t limit) = 0;
  // The duration that the container states, learnt while the job waits. Changes nothing for jobs that do not wait or
  // have one.
  virtual Result<void> measured(const JobId& id, Millis duration) = 0;
  virtual Result<void> renew(const Claim& claim, std::chrono::milliseconds lease) = 0;
  // Settled once, before the first window; a later call changes nothing.
  virtual Result<void> set_language(const Claim& claim, const std::string& language) = 0;
  // What is known between checkpoints, such as the duration that the container states.
  virtual Result<void> report(const Claim& claim, const JobProgress& progress) = 0;
  // The checkpoint: the window's segments and the progress, in one transaction. Windows come in order: one that is
  // already there changes nothing, one that leaves a gap is kInvalidArgument.
  virtual Result<void> append_segments(const Claim& claim, uint64_t window, const std::vector<Segment>& segments,
                                       const JobProgress& progress) = 0;
  // In place of earlier ones.
  virtual Result<void> save_peaks(const Claim& claim, const Peaks& peaks) = 0;
  virtual Result<void> finish(const Claim& claim, Millis duration, const std::vector<Warning>& warnings) = 0;
  virtual Result<void> fail_job(const Claim& claim, const Error& error) = 0;
  // Gives the job back to the queue for a later attempt, after a failure that may pass: nobody claims it before the
  // delay is over, and it has no place in the queue until then. The kMaxFailures-th in a row without a saved window
  // fails it.
  static constexpr int kMaxFailures = 5;
  virtual Result<void> retry_later(const Claim& claim, const Error& error, std::chrono::milliseconds delay) = 0;
  // Gives the job back to the queue at once (a worker that shuts down).
  virtual Result<void> release(const Claim& claim) = 0;

  // Events of one job with sequence > after, in order, at most limit. Types and data:
  //   state {}               anything that the job's own fields show has changed, a new name too
  //   segments {"window":N}  the segments of this window were saved
  //   progress {}            audio_done, duration or speed changed, without new segments
  //   edited {"version":N}   the text was changed
  //   deleted {}             the last event of a job that was removed; readable for a day, then the job is kNotFound
  // Progress events may be dropped once the job is final.
  virtual Result<std::vector<JobEvent>> events_after(const OwnerId& owner, const JobId& id, uint64_t after,
                                                     size_t limit) = 0;
};

}  // namespace v2t
