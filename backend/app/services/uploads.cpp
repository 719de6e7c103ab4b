// Uploads, and the jobs that wait for them.
#include "app/services/uploads.h"

#include "app/services/names.h"
#include "base/text.h"

namespace v2t {

Result<BlobInfo> Uploads::create(const OwnerId& owner, const std::string& name, uint64_t size_bytes) {
  if (size_bytes > limits_.max_size_bytes)
    return fail(ErrorCode::kTooLarge, "the file has " + human_bytes(size_bytes) + "; this server takes up to " +
                                          human_bytes(limits_.max_size_bytes));
  TRY(BlobInfo info, create_blob(owner, name, size_bytes));
  if (size_bytes == 0) return flush(owner, info.id);
  return info;
}

Result<BlobInfo> Uploads::begin(const OwnerId& owner, const std::string& name) {
  return create_blob(owner, name, std::nullopt);
}

Result<BlobInfo> Uploads::create_blob(const OwnerId& owner, const std::string& name,
                                      std::optional<uint64_t> size_bytes) {
  TRY(const auto under_way, blobs_.incomplete(owner));
  if (under_way.size() >= limits_.max_incomplete)
    return fail(ErrorCode::kRateLimited, std::to_string(under_way.size()) +
                                             " uploads are under way already; let one of them end, or cancel one");
  const std::string clean = clean_name(name);
  return blobs_.create(owner, clean.empty() ? "upload" : clean, size_bytes);
}

Result<BlobInfo> Uploads::find(const OwnerId& owner, const BlobId& id) { return blobs_.find(owner, id); }

Result<uint64_t> Uploads::append(const OwnerId& owner, const BlobId& id, uint64_t offset,
                                 std::span<const std::byte> bytes) {
  return blobs_.append(owner, id, offset, bytes);
}

Result<BlobInfo> Uploads::flush(const OwnerId& owner, const BlobId& id) {
  TRY(BlobInfo info, blobs_.flush(owner, id));
  return announce(std::move(info));
}

Result<BlobInfo> Uploads::end(const OwnerId& owner, const BlobId& id, Lifetime lifetime) {
  TRY(BlobInfo info, blobs_.complete(owner, id, lifetime));
  return announce(std::move(info));
}

Result<BlobInfo> Uploads::announce(BlobInfo info) {
  if (!info.is_complete) return info;
  TRY_VOID(jobs_.media_completed(info.id, info.size_bytes));
  doorbell_.ring();
  return info;
}

Result<void> Uploads::remove(const OwnerId& owner, const BlobId& id) {
  TRY_VOID(blobs_.find(owner, id));
  TRY(const auto jobs, jobs_.jobs_with_media(id));
  for (const Job& job : jobs)
    if (job.state == JobState::kQueued || job.state == JobState::kRunning)
      return fail(ErrorCode::kConflict,
                  "the job " + job.id + " still needs this upload; cancel or delete the job first");
  TRY_VOID(blobs_.remove(owner, id));
  TRY_VOID(jobs_.media_lost(id, {ErrorCode::kCancelled, "the upload was cancelled before it was complete"}));
  doorbell_.ring();
  return {};
}

}  // namespace v2t
