// Housekeeping: what was abandoned, what was kept long enough, and what a crash left between two stores.
#pragma once

#include "domain/blob_store.h"
#include "domain/clock.h"
#include "domain/doorbell.h"
#include "domain/job_store.h"

namespace v2t {

// Zero: never.
struct RetentionOptions {
  std::chrono::hours abandoned_uploads_after{24};
  std::chrono::hours media_after{0};  // counted from the end of the last job that uses it
  std::chrono::hours jobs_after{0};   // final jobs, with text and media
};

class Janitor {
 public:
  struct Parts {
    JobStore& jobs;
    BlobStore& blobs;
    Doorbell& doorbell;
    const Clock& clock;
  };
  Janitor(Parts parts, RetentionOptions options) : parts_(parts), options_(options) {}

  // One round; stops at the first error, the next round goes on.
  Result<void> clean();

 private:
  Result<void> reconcile_uploads();
  Result<void> remove_abandoned_uploads();
  Result<void> remove_old_media();
  Result<void> remove_old_jobs();
  Result<void> remove_blob(const OwnerId& owner, const BlobId& id);

  Parts parts_;
  RetentionOptions options_;
};

}  // namespace v2t
