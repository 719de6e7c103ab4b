// Jobs as their owners see and change them. The worker does the work: app/services/worker.h.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "app/services/activity.h"
#include "app/services/janitor.h"
#include "app/services/settings_check.h"
#include "domain/blob_store.h"
#include "domain/clock.h"
#include "domain/doorbell.h"
#include "domain/job_store.h"

namespace v2t {

struct JobView {
  Job job;
  std::optional<BlobInfo> upload;          // absent once the media was deleted
  std::optional<uint64_t> queue_position;  // of a queued job: jobs before it
  std::optional<Activity> activity;        // of a running job
  std::optional<Millis> time_left;         // of a queued or running job; absent while nothing was measured
  std::optional<WallTime> media_expires;   // of an ended job: when its media is deleted; absent: kept, or gone
  std::optional<WallTime> expires;         // of an ended job: when it is deleted
  bool is_repeat = false;                  // create(): the same request has made this job before
};

struct JobPage {
  std::vector<JobView> jobs;
  uint64_t total = 0;  // of the owner, on all pages
};

struct Storage {
  uint64_t media_bytes = 0;  // of the owner
  uint64_t text_bytes = 0;
  uint64_t n_jobs = 0;
  uint64_t disk_free_bytes = 0;  // for new media
};

struct JobMedia {
  UniqueFd file;
  std::string name;  // the user's file name
  uint64_t size_bytes = 0;
};

// Thread-safe. Foreign and unknown ids give the same kNotFound. Rings the doorbell on every change.
class Jobs {
 public:
  struct Parts {
    JobStore& store;
    BlobStore& blobs;
    Doorbell& doorbell;
    const ActivityBoard& activities;
    const Clock& clock;
  };
  Jobs(Parts parts, JobSettings defaults, RetentionOptions retention = {})
      : parts_(parts), defaults_(std::move(defaults)), retention_(retention) {}

  // What a request starts from, with the server's model.
  const JobSettings& defaults() const { return defaults_; }

  // A transient job is not listed, and gone with whoever asked for it: remove_transient() at a start ends what is left.
  enum class Keep { kListed, kTransient };
  // The upload may still be incomplete: the job is uploading then, and queued by itself once it is complete.
  // kNotFound when the owner has no such upload; kInvalidArgument as check_settings() says. `source`: the job of the
  // same media that this one is made again from; kNotFound and kInvalidArgument begin with "source: ". `request`: sent
  // again it finds the job that it made; kConflict when it was another request.
  struct Origin {
    std::optional<JobId> source;
    std::optional<RequestKey> request;
    Keep keep;  // listed where nothing is said: an initialiser here would take the default away from create()
  };
  Result<JobView> create(const OwnerId& owner, const BlobId& upload, const JobSettings& settings,
                         const Origin& origin = {});
  Result<JobView> find(const OwnerId& owner, const JobId& id);
  Result<JobPage> list(const OwnerId& owner, const JobFilter& filter, size_t limit, size_t offset);
  // kInvalidArgument when empty after cleaning (see Uploads::create).
  Result<JobView> rename(const OwnerId& owner, const JobId& id, const std::string& name);
  // A cancelled job stays as it is; kConflict when it is done or failed.
  Result<JobView> cancel(const OwnerId& owner, const JobId& id);
  // Job, text and events; the media too, when no other job uses it.
  Result<void> remove(const OwnerId& owner, const JobId& id);
  // `before_each` hears of every one, before it is removed.
  Result<void> remove_transient(const std::function<void(const Job&)>& before_each);
  // See JobStore::count_states.
  Result<std::map<JobState, uint64_t>> count_states() { return parts_.store.count_states(); }

  // Of windows >= first_window; of a running job what is done so far.
  Result<std::vector<Segment>> segments(const OwnerId& owner, const JobId& id, uint64_t first_window);
  // The newest version when absent; kNotFound for one that is not there.
  Result<Transcript> transcript(const OwnerId& owner, const JobId& id, std::optional<uint64_t> version = {});
  // kNotFound before anything was heard.
  Result<Peaks> peaks(const OwnerId& owner, const JobId& id);
  Result<Storage> storage(const OwnerId& owner);
  // kNotFound also when the media was deleted, kConflict while it is incomplete.
  Result<JobMedia> media(const OwnerId& owner, const JobId& id);
  // See JobStore::events_after.
  Result<std::vector<JobEvent>> events_after(const OwnerId& owner, const JobId& id, uint64_t after, size_t limit);

 private:
  Result<JobView> view(Job job);
  Result<std::optional<Millis>> time_left(const Job& job, const std::optional<QueuePlace>& place);
  Result<std::optional<WallTime>> media_expiry(const Job& job);
  Result<std::optional<Millis>> known_duration(const BlobId& media);

  Parts parts_;
  JobSettings defaults_;
  RetentionOptions retention_;
};

}  // namespace v2t
