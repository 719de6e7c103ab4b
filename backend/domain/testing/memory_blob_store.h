// A BlobStore in memory, for tests of what is built on one.
#pragma once

#include <map>
#include <mutex>

#include "domain/blob_store.h"
#include "domain/clock.h"

namespace v2t::testing {

class MemoryBlobStore final : public BlobStore {
 public:
  explicit MemoryBlobStore(const Clock& clock) : clock_(clock) {}

  // Free space; plenty unless set.
  void set_free_bytes(uint64_t bytes);
  // A complete blob with this content.
  BlobInfo add(const OwnerId& owner, const std::string& name, const std::string& content);

  Result<BlobInfo> create(const OwnerId& owner, const std::string& name,
                          std::optional<uint64_t> final_size_bytes) override;
  Result<BlobInfo> find(const OwnerId& owner, const BlobId& id) override;
  Result<uint64_t> append(const OwnerId& owner, const BlobId& id, uint64_t offset,
                          std::span<const std::byte> bytes) override;
  Result<BlobInfo> flush(const OwnerId& owner, const BlobId& id) override;
  Result<BlobInfo> complete(const OwnerId& owner, const BlobId& id, Lifetime lifetime) override;
  Result<UniqueFd> open(const OwnerId& owner, const BlobId& id) override;
  Result<void> remove(const OwnerId& owner, const BlobId& id) override;
  Result<BlobUsage> usage(const OwnerId& owner) override;
  Result<std::vector<BlobInfo>> incomplete(const OwnerId& owner) override;
  Result<std::vector<BlobInfo>> abandoned(WallTime before) override;
  Result<std::vector<BlobInfo>> completed(WallTime before) override;

 private:
  struct Entry {
    BlobInfo info;
    std::string content;
    WallTime changed{};
  };
  Result<Entry*> owned(const OwnerId& owner, const BlobId& id);  // the mutex is held
  template <class Condition>
  std::vector<BlobInfo> select(Condition condition) const;

  const Clock& clock_;
  mutable std::mutex mutex_;
  std::map<BlobId, Entry> entries_;             // guarded by mutex_
  uint64_t free_bytes_ = 1'000'000'000'000ULL;  // guarded by mutex_
};

}  // namespace v2t::testing
