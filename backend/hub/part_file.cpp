// A download on its way to becoming a blob.
#include "hub/part_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <functional>
#include <vector>

#include "base/text.h"
#include "hub/listing.h"
#include "hub/waiting.h"

namespace v2t::hub {
namespace {

constexpr size_t kChunkBytes = 262'144;

// Reads from the descriptor's position to its end.
Result<void> for_each_chunk(int fd, const std::filesystem::path& path, std::stop_token stop,
                            const std::function<void(std::span<const std::byte>)>& take) {
  std::vector<std::byte> chunk(kChunkBytes);
  for (;;) {
    if (stop.stop_requested()) return cancelled();
    const ssize_t n = ::read(fd, chunk.data(), chunk.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return tl::unexpected(errno_error("read", path));
    if (n == 0) return {};
    take(std::span(chunk).first(static_cast<size_t>(n)));
  }
}

Result<void> sync_folder(const std::filesystem::path& folder) {
  const UniqueFd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd.valid() || ::fsync(fd.get()) != 0) return tl::unexpected(errno_error("sync", folder));
  return {};
}

}  // namespace

std::filesystem::path part_path(const std::filesystem::path& blob) { return blob.string() + ".incomplete"; }

PartFile::PartFile(BlobSpec blob, std::filesystem::path path, UniqueFd fd)
    : blob_(std::move(blob)),
      path_(std::move(path)),
      fd_(std::move(fd)),
      digest_(digest_for(blob_.hash, blob_.size_bytes)) {}

Result<PartFile> PartFile::open(const BlobSpec& blob, std::stop_token stop) {
  const auto path = part_path(blob.path);
  UniqueFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0644));
  if (!fd.valid()) return tl::unexpected(errno_error("create", path));
  PartFile part(blob, path, std::move(fd));
  TRY_VOID(part.hash_what_is_there(stop));
  return part;
}

Result<void> PartFile::hash_what_is_there(std::stop_token stop) {
  struct stat info{};
  if (::fstat(fd_.get(), &info) != 0) return tl::unexpected(errno_error("stat", path_));
  if (static_cast<uint64_t>(info.st_size) > blob_.size_bytes) return restart();
  TRY_VOID(for_each_chunk(fd_.get(), path_, stop, [&](auto bytes) {
    digest_.update(bytes);
    size_bytes_ += bytes.size();
  }));
  is_resumed_ = size_bytes_ > 0;
  return {};
}

Result<void> PartFile::append(std::span<const std::byte> bytes) {
  if (bytes.size() > blob_.size_bytes - size_bytes_) {
    ::unlink(path_.c_str());
    return fail(ErrorCode::kUnavailable, "more bytes than announced (" + human_bytes(blob_.size_bytes) + ")");
  }
  digest_.update(bytes);
  while (!bytes.empty()) {
    const ssize_t n = ::write(fd_.get(), bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) {
      Error error = errno_error("write", path_);
      if (error.code == ErrorCode::kDiskFull) ::unlink(path_.c_str());
      return tl::unexpected(std::move(error));
    }
    bytes = bytes.subspan(static_cast<size_t>(n));
    size_bytes_ += static_cast<uint64_t>(n);
  }
  return {};
}

Result<void> PartFile::restart() {
  if (::ftruncate(fd_.get(), 0) != 0 || ::lseek(fd_.get(), 0, SEEK_SET) != 0)
    return tl::unexpected(errno_error("truncate", path_));
  digest_ = digest_for(blob_.hash, blob_.size_bytes);
  size_bytes_ = 0;
  is_resumed_ = false;
  return {};
}

Result<void> PartFile::finish() {
  if (size_bytes_ != blob_.size_bytes || digest_.hex() != blob_.hash) {
    ::unlink(path_.c_str());
    return fail(ErrorCode::kUnavailable, "the content is not what the hub announced (its hash differs)");
  }
  if (::fsync(fd_.get()) != 0) return tl::unexpected(errno_error("sync", path_));
  if (::rename(path_.c_str(), blob_.path.c_str()) != 0) return tl::unexpected(errno_error("rename", path_));
  return sync_folder(blob_.path.parent_path());
}

Result<bool> has_hash(const std::filesystem::path& file, const std::string& hash, std::stop_token stop) {
  TRY(const UniqueFd fd, open_for_reading(file));
  struct stat info{};
  if (::fstat(fd.get(), &info) != 0) return tl::unexpected(errno_error("stat", file));
  Digest digest = digest_for(hash, static_cast<uint64_t>(info.st_size));
  TRY_VOID(for_each_chunk(fd.get(), file, stop, [&](auto bytes) { digest.update(bytes); }));
  return digest.hex() == hash;
}

}  // namespace v2t::hub
