// Media on a local disk: a folder per blob with its bytes and a small file that describes it.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <mutex>

#include "domain/blob_store.h"
#include "domain/clock.h"

namespace v2t::store {

// FOLDER/ab/abcd.../{meta.json, data.part}; once complete, data.part is read-only and named `data`. The size of the
// file is the truth about what was received. A blob of the process has no description and is synced nowhere: the next
// start removes it. One process owns the folder (see FolderLock); names from users never
// become paths, and no symbolic link is followed inside the folder.
class DiskBlobStore final : public BlobStore {
 public:
  struct Options {
    uint64_t reserve_bytes = 1'000'000'000;  // kept free for everything else that lives on the disk
  };
  // Creates the folder (0700) where there is none; its parent must exist. Removes what a crash left half-created.
  static Result<std::unique_ptr<DiskBlobStore>> open(const std::filesystem::path& folder, const Clock& clock,
                                                     Options options);

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
    WallTime changed{};    // last append, or completion
    bool is_busy = false;  // one append or flush has it
    bool is_removed = false;
    bool is_described = true;  // on disk, for the next start
  };
  class Hold;

  DiskBlobStore(std::filesystem::path folder, UniqueFd root, const Clock& clock, Options options)
      : folder_(std::move(folder)), root_(std::move(root)), clock_(clock), options_(options) {}

  std::filesystem::path path_of(const BlobId& id) const;
  Result<UniqueFd> open_folder(const BlobId& id) const;
  void load_all();
  void load(const BlobId& id);
  Result<std::shared_ptr<Entry>> read_entry(const BlobId& id) const;
  Result<void> make_folder(const BlobId& id) const;
  Result<void> describe(const BlobInfo& info) const;
  Result<void> sync_part(const BlobId& id) const;
  Result<void> sync_and_seal(const BlobId& id) const;
  Result<void> seal(const BlobId& id) const;
  // A complete blob as it is; another one as `work` leaves it, which alone has it meanwhile and says whether it is
  // whole.
  template <class Work>
  Result<BlobInfo> finish(const OwnerId& owner, const BlobId& id, Work work);
  Result<void> delete_folder(const BlobId& id) const;
  Result<uint64_t> free_bytes() const;
  Result<void> check_space(uint64_t promised_bytes, uint64_t more_bytes) const;
  uint64_t promised_bytes() const;
  Result<std::shared_ptr<Entry>> owned(const OwnerId& owner, const BlobId& id) const;
  Result<std::shared_ptr<Entry>> take(const OwnerId& owner, const BlobId& id, uint64_t offset, uint64_t more_bytes);
  template <class Condition>
  std::vector<BlobInfo> select(Condition condition) const;

  const std::filesystem::path folder_;
  const UniqueFd root_;
  const Clock& clock_;
  const Options options_;
  mutable std::mutex mutex_;
  std::map<BlobId, std::shared_ptr<Entry>> entries_;  // guarded by mutex_, the entries too
};

}  // namespace v2t::store
