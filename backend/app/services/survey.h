// Learns how long the audio of waiting jobs is, so that short ones can be told from films.
#pragma once

#include <mutex>
#include <set>
#include <stop_token>

#include "domain/audio.h"
#include "domain/blob_store.h"
#include "domain/doorbell.h"
#include "domain/job_store.h"

namespace v2t {

// Thread-safe.
class Survey {
 public:
  Survey(JobStore& jobs, BlobStore& blobs, MediaReader& media, Doorbell& doorbell)
      : jobs_(jobs), blobs_(blobs), media_(media), doorbell_(doorbell) {}

  // Looks at one job of the queue that nobody has looked at; false when there is none. What cannot be read is left for
  // the job itself to say.
  bool measure_one(std::stop_token stop);

 private:
  std::optional<Job> next_unseen();

  JobStore& jobs_;
  BlobStore& blobs_;
  MediaReader& media_;
  Doorbell& doorbell_;
  std::mutex mutex_;
  std::set<JobId> seen_;  // guarded by mutex_
};

}  // namespace v2t
