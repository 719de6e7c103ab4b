// Blobs as folders.
#include "store/disk_blob_store.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>

#include "base/log.h"
#include "base/text.h"
#include "store/blob_meta.h"

namespace v2t::store {
namespace {

constexpr const char* kMetaName = "meta.json";
constexpr const char* kPartName = "data.part";
constexpr const char* kDataName = "data";
constexpr size_t kMaxMetaBytes = 64 * 1024;
constexpr uint64_t kMaxBlobSize = uint64_t{1} << 50;  // sums of sizes stay far from overflow

tl::unexpected<Error> no_such_blob(const BlobId& id) {
  return fail(ErrorCode::kNotFound, "there is no upload " + id + "; it may have been deleted");
}

// A file that may not grow (a limit of the file system or of the process) is as full as a disk.
tl::unexpected<Error> write_error(const std::filesystem::path& path) {
  if (errno == EFBIG) errno = ENOSPC;
  return tl::unexpected(errno_error("write", path));
}

UniqueFd open_at(int folder, const char* name, int flags) {
  return UniqueFd(::openat(folder, name, flags | O_NOFOLLOW | O_CLOEXEC, 0600));
}

std::vector<std::string> names_in(int folder) {
  std::vector<std::string> names;
  DIR* stream = ::fdopendir(open_at(folder, ".", O_RDONLY | O_DIRECTORY).release());
  if (stream == nullptr) return names;
  while (const dirent* entry = ::readdir(stream)) {
    const std::string name = entry->d_name;
    if (name != "." && name != "..") names.push_back(name);
  }
  ::closedir(stream);
  return names;
}

WallTime modified(const struct stat& file) {
  return WallTime(std::chrono::seconds(file.st_mtim.tv_sec) +
                  std::chrono::floor<std::chrono::milliseconds>(std::chrono::nanoseconds(file.st_mtim.tv_nsec)));
}

std::string shard_of(const BlobId& id) { return id.substr(0, 2); }

}  // namespace

// Ends the hold on an entry that take() began.
class DiskBlobStore::Hold {
 public:
  Hold(DiskBlobStore& store, std::shared_ptr<Entry> entry) : store_(store), entry_(std::move(entry)) {}
  Hold(const Hold&) = delete;
  Hold& operator=(const Hold&) = delete;
  ~Hold() {
    const std::scoped_lock lock(store_.mutex_);
    entry_->is_busy = false;
  }

 private:
  DiskBlobStore& store_;
  std::shared_ptr<Entry> entry_;
};

Result<std::unique_ptr<DiskBlobStore>> DiskBlobStore::open(const std::filesystem::path& folder, const Clock& clock,
                                                           Options options) {
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST)
    return tl::unexpected(errno_error("create the folder", folder));
  UniqueFd root(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!root.valid()) return tl::unexpected(errno_error("open the folder", folder));
  std::unique_ptr<DiskBlobStore> store(new DiskBlobStore(folder, std::move(root), clock, options));
  store->load_all();
  return store;
}

std::filesystem::path DiskBlobStore::path_of(const BlobId& id) const { return folder_ / shard_of(id) / id; }

Result<UniqueFd> DiskBlobStore::open_folder(const BlobId& id) const {
  const UniqueFd shard = open_at(root_.get(), shard_of(id).c_str(), O_RDONLY | O_DIRECTORY);
  if (!shard.valid()) return tl::unexpected(errno_error("open", path_of(id)));
  UniqueFd folder = open_at(shard.get(), id.c_str(), O_RDONLY | O_DIRECTORY);
  if (!folder.valid()) return tl::unexpected(errno_error("open", path_of(id)));
  return folder;
}

void DiskBlobStore::load_all() {
  for (const std::string& shard : names_in(root_.get())) {
    const UniqueFd folder = open_at(root_.get(), shard.c_str(), O_RDONLY | O_DIRECTORY);
    if (!folder.valid()) continue;
    for (const std::string& id : names_in(folder.get()))
      if (is_id(id) && shard == shard_of(id)) load(id);
  }
}

// One that cannot be read is left alone and hidden; one without a description was never promised to anybody.
void DiskBlobStore::load(const BlobId& id) {
  auto entry = read_entry(id);
  if (entry && !*entry) {
    static_cast<void>(delete_folder(id));
  } else if (entry) {
    entries_[id] = *std::move(entry);
  } else {
    log::warning("an upload cannot be read and is left alone", {{"upload", id}, {"reason", entry.error().message}});
  }
}

// Null for a folder without a description.
Result<std::shared_ptr<DiskBlobStore::Entry>> DiskBlobStore::read_entry(const BlobId& id) const {
  TRY(const UniqueFd folder, open_folder(id));
  if (::faccessat(folder.get(), kMetaName, F_OK, AT_SYMLINK_NOFOLLOW) != 0 && errno == ENOENT) return nullptr;
  TRY(const std::string text, read_file(path_of(id) / kMetaName, kMaxMetaBytes));
  auto entry = std::make_shared<Entry>();
  BlobInfo& info = entry->info;
  TRY(info, blob_meta_from_json(id, text));
  struct stat file{};
  info.is_complete = ::fstatat(folder.get(), kDataName, &file, AT_SYMLINK_NOFOLLOW) == 0;
  if (!info.is_complete && ::fstatat(folder.get(), kPartName, &file, AT_SYMLINK_NOFOLLOW) != 0)
    return tl::unexpected(errno_error("read", path_of(id)));
  info.size_bytes = static_cast<uint64_t>(file.st_size);
  entry->changed = modified(file);
  if (info.size_bytes > info.final_size_bytes.value_or(kMaxBlobSize))
    return fail(ErrorCode::kInternal, "its file is larger than its declared size");
  // All bytes had come when the program stopped.
  if (!info.is_complete && info.size_bytes == info.final_size_bytes) {
    TRY_VOID(sync_and_seal(id));
    info.is_complete = true;
  }
  return entry;
}

Result<std::shared_ptr<DiskBlobStore::Entry>> DiskBlobStore::owned(const OwnerId& owner, const BlobId& id) const {
  const auto found = entries_.find(id);
  if (found == entries_.end() || found->second->info.owner != owner) return no_such_blob(id);
  return found->second;
}

template <class Condition>
std::vector<BlobInfo> DiskBlobStore::select(Condition condition) const {
  const std::scoped_lock lock(mutex_);
  std::vector<BlobInfo> infos;
  for (const auto& [id, entry] : entries_)
    if (condition(*entry)) infos.push_back(entry->info);
  return infos;
}

Result<uint64_t> DiskBlobStore::free_bytes() const {
  struct statvfs disk{};
  if (::fstatvfs(root_.get(), &disk) != 0) return tl::unexpected(errno_error("read the free space of", folder_));
  return uint64_t{disk.f_bavail} * disk.f_frsize;
}

Result<void> DiskBlobStore::check_space(uint64_t promised_bytes, uint64_t more_bytes) const {
  TRY(const uint64_t free, free_bytes());
  if (options_.reserve_bytes <= free && promised_bytes + more_bytes <= free - options_.reserve_bytes) return {};
  return fail(ErrorCode::kDiskFull, "the server's disk has no room for this upload (" + human_bytes(more_bytes) +
                                        " asked, " + human_bytes(free) + " free, " +
                                        human_bytes(options_.reserve_bytes) + " kept in reserve, " +
                                        human_bytes(promised_bytes) + " promised to other uploads); delete old jobs");
}

// The mutex is held.
uint64_t DiskBlobStore::promised_bytes() const {
  uint64_t bytes = 0;
  for (const auto& [id, entry] : entries_)
    if (!entry->info.is_complete && entry->info.final_size_bytes)
      bytes += *entry->info.final_size_bytes - entry->info.size_bytes;
  return bytes;
}

Result<BlobInfo> DiskBlobStore::create(const OwnerId& owner, const std::string& name,
                                       std::optional<uint64_t> final_size_bytes) {
  auto entry = std::make_shared<Entry>();
  const WallTime now = clock_.now();
  entry->info = {new_id(), owner, name, 0, final_size_bytes, false, now};
  entry->changed = now;
  const uint64_t size_bytes = final_size_bytes.value_or(0);
  if (size_bytes > kMaxBlobSize)
    return fail(ErrorCode::kTooLarge, "an upload of " + human_bytes(size_bytes) + " is more than any disk holds");
  const std::scoped_lock lock(mutex_);
  TRY_VOID(check_space(promised_bytes(), size_bytes));
  entry->is_described = final_size_bytes.has_value();
  auto written = make_folder(entry->info.id);
  if (written && entry->is_described) written = describe(entry->info);
  if (!written) {
    static_cast<void>(delete_folder(entry->info.id));
    return tl::unexpected(std::move(written).error());
  }
  entries_[entry->info.id] = entry;
  return entry->info;
}

Result<void> DiskBlobStore::make_folder(const BlobId& id) const {
  const std::filesystem::path path = path_of(id);
  const std::string shard_name = shard_of(id);
  if (::mkdirat(root_.get(), shard_name.c_str(), 0700) != 0 && errno != EEXIST) return write_error(path);
  const UniqueFd shard = open_at(root_.get(), shard_name.c_str(), O_RDONLY | O_DIRECTORY);
  if (!shard.valid() || ::mkdirat(shard.get(), id.c_str(), 0700) != 0) return write_error(path);
  TRY(const UniqueFd folder, open_folder(id));
  const UniqueFd part = open_at(folder.get(), kPartName, O_WRONLY | O_CREAT | O_EXCL);
  if (!part.valid()) return write_error(path);
  return {};
}

// Comes last: until it is there, a crash leaves a folder that the next start removes.
Result<void> DiskBlobStore::describe(const BlobInfo& info) const {
  const std::filesystem::path path = path_of(info.id);
  const UniqueFd shard = open_at(root_.get(), shard_of(info.id).c_str(), O_RDONLY | O_DIRECTORY);
  if (!shard.valid() || ::fsync(shard.get()) != 0 || ::fsync(root_.get()) != 0) return write_error(path);
  return write_file_atomically(path / kMetaName, blob_meta_to_json(info));
}

Result<BlobInfo> DiskBlobStore::find(const OwnerId& owner, const BlobId& id) {
  const std::scoped_lock lock(mutex_);
  TRY(const auto entry, owned(owner, id));
  return entry->info;
}

// Checks an append and holds the entry for it.
Result<std::shared_ptr<DiskBlobStore::Entry>> DiskBlobStore::take(const OwnerId& owner, const BlobId& id,
                                                                  uint64_t offset, uint64_t more_bytes) {
  TRY(auto entry, owned(owner, id));
  const BlobInfo& info = entry->info;
  if (info.is_complete) return fail(ErrorCode::kConflict, "the upload " + id + " is complete already");
  if (entry->is_busy) return fail(ErrorCode::kConflict, "another request is writing to the upload " + id);
  if (offset != info.size_bytes)
    return fail(ErrorCode::kConflict, "the upload " + id + " goes on at byte " + std::to_string(info.size_bytes) +
                                          ", not at " + std::to_string(offset));
  const uint64_t limit = info.final_size_bytes.value_or(kMaxBlobSize);
  if (more_bytes > limit - info.size_bytes)
    return fail(ErrorCode::kTooLarge,
                "the upload " + id + " was declared with " + std::to_string(limit) + " bytes and cannot take more");
  entry->is_busy = true;
  return entry;
}

namespace {

// All of `bytes` at `offset`, or nothing: after an error the file ends at `offset` again.
Result<void> write_at(const UniqueFd& file, uint64_t offset, std::span<const std::byte> bytes,
                      const std::filesystem::path& path) {
  uint64_t end = offset;
  while (!bytes.empty()) {
    const ssize_t n = ::pwrite(file.get(), bytes.data(), bytes.size(), static_cast<off_t>(end));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) {
      auto error = write_error(path);
      // Should this fail too, the size of the file is still the truth, at the next start.
      if (end > offset && ::ftruncate(file.get(), static_cast<off_t>(offset)) != 0)
        log::warning("cannot cut back a failed write", {{"file", path.string()}});
      return error;
    }
    end += static_cast<uint64_t>(n);
    bytes = bytes.subspan(static_cast<size_t>(n));
  }
  return {};
}

}  // namespace

Result<uint64_t> DiskBlobStore::append(const OwnerId& owner, const BlobId& id, uint64_t offset,
                                       std::span<const std::byte> bytes) {
  std::shared_ptr<Entry> entry;
  {
    const std::scoped_lock lock(mutex_);
    TRY(entry, take(owner, id, offset, bytes.size()));
  }
  const Hold hold(*this, entry);
  // There was room at creation, but others write to the disk too.
  TRY_VOID(check_space(0, bytes.size()));
  TRY(const UniqueFd folder, open_folder(id));
  const UniqueFd part = open_at(folder.get(), kPartName, O_WRONLY);
  if (!part.valid()) return no_such_blob(id);
  TRY_VOID(write_at(part, offset, bytes, path_of(id)));
  const std::scoped_lock lock(mutex_);
  if (entry->is_removed) return no_such_blob(id);
  entry->info.size_bytes = offset + bytes.size();
  entry->changed = clock_.now();
  return entry->info.size_bytes;
}

template <class Work>
Result<BlobInfo> DiskBlobStore::finish(const OwnerId& owner, const BlobId& id, Work work) {
  std::shared_ptr<Entry> entry;
  {
    const std::scoped_lock lock(mutex_);
    TRY(entry, owned(owner, id));
    if (entry->info.is_complete) return entry->info;
    TRY(entry, take(owner, id, entry->info.size_bytes, 0));
  }
  const Hold hold(*this, entry);
  TRY(const bool is_whole, work(*entry));
  const std::scoped_lock lock(mutex_);
  if (entry->is_removed) return no_such_blob(id);
  entry->info.is_complete = is_whole;
  return entry->info;
}

Result<BlobInfo> DiskBlobStore::flush(const OwnerId& owner, const BlobId& id) {
  return finish(owner, id, [&](const Entry& entry) -> Result<bool> {
    const bool is_whole = entry.info.size_bytes == entry.info.final_size_bytes;
    TRY_VOID(is_whole ? sync_and_seal(id) : sync_part(id));
    return is_whole;
  });
}

Result<BlobInfo> DiskBlobStore::complete(const OwnerId& owner, const BlobId& id, Lifetime lifetime) {
  return finish(owner, id, [&](Entry& entry) -> Result<bool> {
    if (entry.info.size_bytes != entry.info.final_size_bytes.value_or(entry.info.size_bytes))
      return fail(ErrorCode::kConflict, "the upload " + id + " lacks bytes that were declared; send the rest first");
    const bool is_kept = entry.is_described || lifetime == Lifetime::kForGood;
    TRY_VOID(is_kept ? sync_and_seal(id) : seal(id));
    if (is_kept && !entry.is_described) {
      TRY_VOID(describe(entry.info));
      entry.is_described = true;
    }
    return true;
  });
}

Result<void> DiskBlobStore::sync_part(const BlobId& id) const {
  TRY(const UniqueFd folder, open_folder(id));
  const UniqueFd part = open_at(folder.get(), kPartName, O_WRONLY);
  if (!part.valid()) return no_such_blob(id);
  if (::fsync(part.get()) != 0) return write_error(path_of(id));
  return {};
}

// Bytes first, then the name that says so.
Result<void> DiskBlobStore::sync_and_seal(const BlobId& id) const {
  TRY_VOID(sync_part(id));
  TRY_VOID(seal(id));
  TRY(const UniqueFd folder, open_folder(id));
  if (::fsync(folder.get()) != 0) return write_error(path_of(id));
  return {};
}

Result<void> DiskBlobStore::seal(const BlobId& id) const {
  TRY(const UniqueFd folder, open_folder(id));
  if (::renameat(folder.get(), kPartName, folder.get(), kDataName) != 0) {
    if (errno == ENOENT) return no_such_blob(id);
    return write_error(path_of(id));
  }
  if (::fchmodat(folder.get(), kDataName, 0400, 0) != 0) return write_error(path_of(id));
  return {};
}

Result<UniqueFd> DiskBlobStore::open(const OwnerId& owner, const BlobId& id) {
  {
    const std::scoped_lock lock(mutex_);
    TRY(const auto entry, owned(owner, id));
    if (!entry->info.is_complete)
      return fail(ErrorCode::kConflict, "the upload " + id + " is not complete; send the rest first");
  }
  const auto folder = open_folder(id);
  if (!folder) return no_such_blob(id);
  UniqueFd file = open_at(folder->get(), kDataName, O_RDONLY);
  if (!file.valid()) return tl::unexpected(errno_error("open", path_of(id)));
  return file;
}

Result<void> DiskBlobStore::remove(const OwnerId& owner, const BlobId& id) {
  const std::scoped_lock lock(mutex_);
  TRY(const auto entry, owned(owner, id));
  TRY_VOID(delete_folder(id));
  entry->is_removed = true;
  entries_.erase(id);
  return {};
}

// The description goes first: a crash in between leaves a folder that the next start removes.
Result<void> DiskBlobStore::delete_folder(const BlobId& id) const {
  const UniqueFd shard = open_at(root_.get(), shard_of(id).c_str(), O_RDONLY | O_DIRECTORY);
  const UniqueFd folder = shard.valid() ? open_at(shard.get(), id.c_str(), O_RDONLY | O_DIRECTORY) : UniqueFd();
  if (!folder.valid()) return {};
  const bool was_described = ::unlinkat(folder.get(), kMetaName, 0) == 0;
  for (const std::string& name : names_in(folder.get())) ::unlinkat(folder.get(), name.c_str(), 0);
  if (::unlinkat(shard.get(), id.c_str(), AT_REMOVEDIR) != 0) return tl::unexpected(errno_error("delete", path_of(id)));
  if (was_described) ::fsync(shard.get());
  return {};
}

Result<BlobUsage> DiskBlobStore::usage(const OwnerId& owner) {
  TRY(const uint64_t free, free_bytes());
  const std::scoped_lock lock(mutex_);
  BlobUsage usage;
  for (const auto& [id, entry] : entries_)
    if (entry->info.owner == owner) usage.owner_bytes += entry->info.size_bytes;
  const uint64_t taken = options_.reserve_bytes + promised_bytes();
  usage.free_bytes = free > taken ? free - taken : 0;
  return usage;
}

Result<std::vector<BlobInfo>> DiskBlobStore::incomplete(const OwnerId& owner) {
  return select([&](const Entry& entry) { return entry.info.owner == owner && !entry.info.is_complete; });
}

Result<std::vector<BlobInfo>> DiskBlobStore::abandoned(WallTime before) {
  return select(
      [&](const Entry& entry) { return !entry.info.is_complete && !entry.is_busy && entry.changed < before; });
}

Result<std::vector<BlobInfo>> DiskBlobStore::completed(WallTime before) {
  return select([&](const Entry& entry) { return entry.info.is_complete && entry.changed < before; });
}

}  // namespace v2t::store
