// Jobs as their owners see and change them. The worker does the work: app/services/worker.h.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/services/activity.h"
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
};

struct JobPage {
  std::vector<JobView> jobs;
  uint64_t total = 0;  // of the owner, on all pages
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
  Jobs(Parts parts, JobSettings defaults) : parts_(parts), defaults_(std::move(defaults)) {}

  // What a request starts from, with the server's model.
  const JobSettings& defaults() const { return defaults_; }

  // The upload may still be incomplete: the job is uploading then, and queued by itself once it is complete.
  // kNotFound when the owner has no such upload; kInvalidArgument as check_settings() says.
  Result<JobView> create(const OwnerId& owner, const BlobId& upload, const JobSettings& settings);
  Result<JobView> find(const OwnerId& owner, const JobId& id);
  Result<JobPage> list(const OwnerId& owner, size_t limit, size_t offset);
  // kInvalidArgument when empty after cleaning (see Uploads::create).
  Result<JobView> rename(const OwnerId& owner, const JobId& id, const std::string& name);
  // A cancelled job stays as it is; kConflict when it is done or failed.
  Result<JobView> cancel(const OwnerId& owner, const JobId& id);
  // Job, text and events; the media too, when no other job uses it.
  Result<void> remove(const OwnerId& owner, const JobId& id);

  // Of windows >= first_window; of a running job what is done so far.
  Result<std::vector<Segment>> segments(const OwnerId& owner, const JobId& id, uint64_t first_window);
  Result<Transcript> transcript(const OwnerId& owner, const JobId& id);
  // kNotFound also when the media was deleted, kConflict while it is incomplete.
  Result<JobMedia> media(const OwnerId& owner, const JobId& id);
  // See JobStore::events_after.
  Result<std::vector<JobEvent>> events_after(const OwnerId& owner, const JobId& id, uint64_t after, size_t limit);

 private:
  Result<JobView> view(Job job);

  Parts parts_;
  JobSettings defaults_;
};

}  // namespace v2t
