// Housekeeping.
#include "app/services/janitor.h"

#include <algorithm>

#include "base/log.h"

namespace v2t {
namespace {

constexpr size_t kBatch = 500;  // jobs a round

}  // namespace

Result<void> Janitor::clean() {
  TRY_VOID(parts_.jobs.erase_traces());
  TRY_VOID(reconcile_uploads());
  TRY_VOID(remove_abandoned_uploads());
  TRY_VOID(remove_old_jobs());
  return remove_old_media();
}

// A crash between "the upload is complete" and "its jobs are queued" leaves jobs that nobody would wake.
Result<void> Janitor::reconcile_uploads() {
  TRY(const auto jobs, parts_.jobs.uploading(kBatch));
  for (const Job& job : jobs) {
    const auto blob = parts_.blobs.find(job.owner, job.media);
    if (blob && !blob->is_complete) continue;
    if (!blob && blob.error().code != ErrorCode::kNotFound) return tl::unexpected(blob.error());
    TRY_VOID(blob ? parts_.jobs.media_completed(job.media, blob->size_bytes)
                  : parts_.jobs.media_lost(job.media, {ErrorCode::kNotFound, "the upload of this job was deleted"}));
    parts_.doorbell.ring();
  }
  return {};
}

Result<void> Janitor::remove_abandoned_uploads() {
  if (options_.abandoned_uploads_after.count() == 0) return {};
  TRY(const auto blobs, parts_.blobs.abandoned(parts_.clock.now() - options_.abandoned_uploads_after));
  for (const BlobInfo& blob : blobs) {
    TRY_VOID(remove_blob(blob.owner, blob.id));
    TRY_VOID(parts_.jobs.media_lost(blob.id,
                                    {ErrorCode::kTimeout, "the upload stopped and was not continued within " +
                                                              std::to_string(options_.abandoned_uploads_after.count()) +
                                                              " hours; upload the file again"}));
    log::info("abandoned upload removed", {{"upload", blob.id}});
    parts_.doorbell.ring();
  }
  return {};
}

Result<void> Janitor::remove_old_media() {
  if (options_.media_after.count() == 0) return {};
  const WallTime before = parts_.clock.now() - options_.media_after;
  TRY(const auto blobs, parts_.blobs.completed(before));
  for (const BlobInfo& blob : blobs) {
    TRY(const auto jobs, parts_.jobs.jobs_with_media(blob.id));
    const bool is_needed = std::ranges::any_of(
        jobs, [&](const Job& job) { return !is_final(job.state) || (job.finished && *job.finished >= before); });
    if (is_needed) continue;
    TRY_VOID(remove_blob(blob.owner, blob.id));
    log::info("media removed after its time", {{"upload", blob.id}});
    parts_.doorbell.ring();
  }
  return {};
}

Result<void> Janitor::remove_old_jobs() {
  if (options_.jobs_after.count() == 0) return {};
  TRY(const auto jobs, parts_.jobs.finished_before(parts_.clock.now() - options_.jobs_after, kBatch));
  for (const Job& job : jobs) {
    TRY_VOID(parts_.jobs.remove(job.owner, job.id));
    TRY(const auto others, parts_.jobs.jobs_with_media(job.media));
    if (others.empty()) TRY_VOID(remove_blob(job.owner, job.media));
    log::info("job removed after its time", {{"job", job.id}});
    parts_.doorbell.ring();
  }
  return {};
}

Result<void> Janitor::remove_blob(const OwnerId& owner, const BlobId& id) {
  auto removed = parts_.blobs.remove(owner, id);
  if (!removed && removed.error().code == ErrorCode::kNotFound) return {};
  return removed;
}

}  // namespace v2t
