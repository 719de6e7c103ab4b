// Uploads: resumable appends to a blob until it is complete; jobs that wait for it start then.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "domain/blob_store.h"
#include "domain/doorbell.h"
#include "domain/job_store.h"

namespace v2t {

struct UploadLimits {
  uint64_t max_size_bytes = 50'000'000'000;
  size_t max_incomplete = 20;  // uploads under way, per owner
};

// Thread-safe. Foreign and unknown ids give the same kNotFound.
class Uploads {
 public:
  Uploads(BlobStore& blobs, JobStore& jobs, Doorbell& doorbell, UploadLimits limits)
      : blobs_(blobs), jobs_(jobs), doorbell_(doorbell), limits_(limits) {}

  const UploadLimits& limits() const { return limits_; }
  // `name` is kept as text: made valid UTF-8, without control characters, at most 255 bytes; "upload" if empty.
  // Errors: kTooLarge, kRateLimited (too many uploads under way), kDiskFull. An upload of 0 bytes is complete at once.
  Result<BlobInfo> create(const OwnerId& owner, const std::string& name, uint64_t size_bytes);
  // One whose size is not known before its end, which end() tells; the caller counts its bytes. Errors as above.
  Result<BlobInfo> begin(const OwnerId& owner, const std::string& name);
  Result<BlobInfo> end(const OwnerId& owner, const BlobId& id, Lifetime lifetime);
  Result<BlobInfo> find(const OwnerId& owner, const BlobId& id);
  // Appends at `offset` and returns the new size; kConflict at another offset, when complete, or while another
  // append is under way; kTooLarge beyond the declared size; kDiskFull.
  Result<uint64_t> append(const OwnerId& owner, const BlobId& id, uint64_t offset, std::span<const std::byte> bytes);
  // Ends a series of appends, one request, however it ended: what was received is on disk for certain afterwards. When
  // that was all, the upload is complete, and the jobs that wait for it are queued.
  Result<BlobInfo> flush(const OwnerId& owner, const BlobId& id);
  // kConflict when a queued or running job needs it; jobs that still wait for it fail.
  Result<void> remove(const OwnerId& owner, const BlobId& id);

 private:
  Result<BlobInfo> create_blob(const OwnerId& owner, const std::string& name, std::optional<uint64_t> size_bytes);
  Result<BlobInfo> announce(BlobInfo info);

  BlobStore& blobs_;
  JobStore& jobs_;
  Doorbell& doorbell_;
  UploadLimits limits_;
};

}  // namespace v2t
