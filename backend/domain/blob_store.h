// The seam to media: blobs that grow by appends at a known offset until complete, and are immutable afterwards.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/result.h"
#include "domain/job.h"

namespace v2t {

struct BlobInfo {
  BlobId id;
  OwnerId owner;
  std::string name;                          // the user's file name, text only
  uint64_t size_bytes = 0;                   // received so far
  std::optional<uint64_t> final_size_bytes;  // declared at creation, or once complete
  bool is_complete = false;
  WallTime created{};
};

struct BlobUsage {
  uint64_t owner_bytes = 0;  // received, of all the owner's blobs
  uint64_t free_bytes = 0;   // what new blobs may take, of all owners
};

// How long a blob is kept that is not removed: for good, or at most as long as the process.
enum class Lifetime { kForGood, kOfProcess };

// Thread-safe. Foreign and unknown ids give the same kNotFound.
class BlobStore {
 public:
  virtual ~BlobStore() = default;
  // kDiskFull when the declared size does not fit above the reserve, next to what other uploads still need. A blob of
  // no declared size does not outlive the process before it is complete.
  virtual Result<BlobInfo> create(const OwnerId& owner, const std::string& name,
                                  std::optional<uint64_t> final_size_bytes) = 0;
  virtual Result<BlobInfo> find(const OwnerId& owner, const BlobId& id) = 0;
  // Appends and returns the new size. kConflict when offset is not the current size, the blob is complete, or
  // another append is under way; kTooLarge beyond the declared size; kDiskFull.
  virtual Result<uint64_t> append(const OwnerId& owner, const BlobId& id, uint64_t offset,
                                  std::span<const std::byte> bytes) = 0;
  // fsyncs what was appended; completes the blob when it has its declared size. Returns the state after that.
  virtual Result<BlobInfo> flush(const OwnerId& owner, const BlobId& id) = 0;
  // Completes a blob of no declared size, which ends here; kConflict for one that lacks declared bytes.
  virtual Result<BlobInfo> complete(const OwnerId& owner, const BlobId& id, Lifetime lifetime) = 0;
  // A seekable file of a complete blob; kConflict while incomplete.
  virtual Result<UniqueFd> open(const OwnerId& owner, const BlobId& id) = 0;
  virtual Result<void> remove(const OwnerId& owner, const BlobId& id) = 0;
  virtual Result<BlobUsage> usage(const OwnerId& owner) = 0;
  // Of one owner, incomplete.
  virtual Result<std::vector<BlobInfo>> incomplete(const OwnerId& owner) = 0;
  // Of all owners: incomplete blobs not touched since then (abandoned uploads), and blobs completed before then.
  virtual Result<std::vector<BlobInfo>> abandoned(WallTime before) = 0;
  virtual Result<std::vector<BlobInfo>> completed(WallTime before) = 0;
};

}  // namespace v2t
