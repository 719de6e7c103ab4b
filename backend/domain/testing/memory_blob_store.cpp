// Blobs in memory.
#include "domain/testing/memory_blob_store.h"

#include <sys/mman.h>
#include <unistd.h>

namespace v2t::testing {

void MemoryBlobStore::set_free_bytes(uint64_t bytes) {
  const std::scoped_lock lock(mutex_);
  free_bytes_ = bytes;
}

BlobInfo MemoryBlobStore::add(const OwnerId& owner, const std::string& name, const std::string& content) {
  const BlobInfo info = create(owner, name, content.size()).value();
  append(owner, info.id, 0, std::as_bytes(std::span(content))).value();
  return flush(owner, info.id).value();
}

Result<MemoryBlobStore::Entry*> MemoryBlobStore::owned(const OwnerId& owner, const BlobId& id) {
  const auto found = entries_.find(id);
  if (found == entries_.end() || found->second.info.owner != owner)
    return fail(ErrorCode::kNotFound, "there is no upload " + id);
  return &found->second;
}

template <class Condition>
std::vector<BlobInfo> MemoryBlobStore::select(Condition condition) const {
  const std::scoped_lock lock(mutex_);
  std::vector<BlobInfo> infos;
  for (const auto& [id, entry] : entries_)
    if (condition(entry)) infos.push_back(entry.info);
  return infos;
}

Result<BlobInfo> MemoryBlobStore::create(const OwnerId& owner, const std::string& name,
                                         std::optional<uint64_t> final_size_bytes) {
  const std::scoped_lock lock(mutex_);
  if (final_size_bytes.value_or(0) > free_bytes_) return fail(ErrorCode::kDiskFull, "no space left; delete old jobs");
  const WallTime now = clock_.now();
  Entry entry{{new_id(), owner, name, 0, final_size_bytes, false, now}, {}, now};
  return entries_.emplace(entry.info.id, entry).first->second.info;
}

Result<BlobInfo> MemoryBlobStore::find(const OwnerId& owner, const BlobId& id) {
  const std::scoped_lock lock(mutex_);
  TRY(const Entry* entry, owned(owner, id));
  return entry->info;
}

Result<uint64_t> MemoryBlobStore::append(const OwnerId& owner, const BlobId& id, uint64_t offset,
                                         std::span<const std::byte> bytes) {
  const std::scoped_lock lock(mutex_);
  TRY(Entry * entry, owned(owner, id));
  BlobInfo& info = entry->info;
  if (info.is_complete || offset != info.size_bytes) return fail(ErrorCode::kConflict, "not the end of the upload");
  if (info.final_size_bytes && bytes.size() > *info.final_size_bytes - info.size_bytes)
    return fail(ErrorCode::kTooLarge, "more than the declared size");
  if (bytes.size() > free_bytes_) return fail(ErrorCode::kDiskFull, "no space left; delete old jobs");
  entry->content.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  entry->changed = clock_.now();
  info.size_bytes += bytes.size();
  return info.size_bytes;
}

Result<BlobInfo> MemoryBlobStore::flush(const OwnerId& owner, const BlobId& id) {
  const std::scoped_lock lock(mutex_);
  TRY(Entry * entry, owned(owner, id));
  if (entry->info.size_bytes == entry->info.final_size_bytes) entry->info.is_complete = true;
  return entry->info;
}

Result<BlobInfo> MemoryBlobStore::complete(const OwnerId& owner, const BlobId& id, Lifetime) {
  const std::scoped_lock lock(mutex_);
  TRY(Entry * entry, owned(owner, id));
  BlobInfo& info = entry->info;
  if (info.final_size_bytes.value_or(info.size_bytes) != info.size_bytes)
    return fail(ErrorCode::kConflict, "declared bytes are missing");
  info.is_complete = true;
  return info;
}

Result<UniqueFd> MemoryBlobStore::open(const OwnerId& owner, const BlobId& id) {
  const std::scoped_lock lock(mutex_);
  TRY(const Entry* entry, owned(owner, id));
  if (!entry->info.is_complete) return fail(ErrorCode::kConflict, "the upload is not complete");
  UniqueFd file(::memfd_create("blob", MFD_CLOEXEC));
  CHECK(file.valid());
  CHECK(::pwrite(file.get(), entry->content.data(), entry->content.size(), 0) ==
        static_cast<ssize_t>(entry->content.size()));
  return file;
}

Result<void> MemoryBlobStore::remove(const OwnerId& owner, const BlobId& id) {
  const std::scoped_lock lock(mutex_);
  TRY_VOID(owned(owner, id));
  entries_.erase(id);
  return {};
}

Result<BlobUsage> MemoryBlobStore::usage(const OwnerId& owner) {
  const std::scoped_lock lock(mutex_);
  BlobUsage usage{0, free_bytes_};
  for (const auto& [id, entry] : entries_)
    if (entry.info.owner == owner) usage.owner_bytes += entry.info.size_bytes;
  return usage;
}

Result<std::vector<BlobInfo>> MemoryBlobStore::incomplete(const OwnerId& owner) {
  return select([&](const Entry& entry) { return entry.info.owner == owner && !entry.info.is_complete; });
}

Result<std::vector<BlobInfo>> MemoryBlobStore::abandoned(WallTime before) {
  return select([&](const Entry& entry) { return !entry.info.is_complete && entry.changed < before; });
}

Result<std::vector<BlobInfo>> MemoryBlobStore::completed(WallTime before) {
  return select([&](const Entry& entry) { return entry.info.is_complete && entry.changed < before; });
}

}  // namespace v2t::testing
