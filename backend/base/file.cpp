// Files: owned descriptors, maps, whole reads, atomic writes.
#include "base/file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdint>
#include <cstring>

#include "base/huge_map.h"

namespace v2t {

UniqueFd& UniqueFd::operator=(UniqueFd&& other) noexcept {
  if (this != &other) {
    if (valid()) ::close(fd_);
    fd_ = other.release();
  }
  return *this;
}

UniqueFd::~UniqueFd() {
  if (valid()) ::close(fd_);
}

Error errno_error(std::string_view what, const std::filesystem::path& path) {
  const int number = errno;
  const std::string subject = std::string(what) + " " + path.string() + ": ";
  switch (number) {
    case ENOTDIR:
      return {ErrorCode::kNotFound, subject + "there is a file where a folder should be; check the name"};
    case ENOENT:
      return {ErrorCode::kNotFound, subject + "no such file or folder; check the name"};
    case EACCES:
    case EPERM:
    case EROFS:
      return {ErrorCode::kForbidden, subject + std::strerror(number) + "; check the permissions"};
    case ENOSPC:
    case EDQUOT:
      return {ErrorCode::kDiskFull, subject + "no space left on the disk; free some and try again"};
    default:
      return {ErrorCode::kUnavailable, subject + std::strerror(number)};
  }
}

Result<UniqueFd> open_for_reading(const std::filesystem::path& path) {
  UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd.valid()) return tl::unexpected(errno_error("open", path));
  return fd;
}

Result<std::shared_ptr<const MappedFile>> MappedFile::open(const std::filesystem::path& path, Pages pages) {
  TRY(UniqueFd fd, open_for_reading(path));
  struct stat info{};
  if (::fstat(fd.get(), &info) != 0) return tl::unexpected(errno_error("stat", path));
  if (!S_ISREG(info.st_mode)) return fail(ErrorCode::kInvalidArgument, path.string() + " is not a regular file");
  const auto size = static_cast<size_t>(info.st_size);
  if (size == 0) return std::shared_ptr<const MappedFile>(new MappedFile({}));
  if (pages == Pages::kHuge) {
    TRY(const auto bytes, map_on_huge_pages(fd.get(), size, path));
    return std::shared_ptr<const MappedFile>(new MappedFile(bytes));
  }
  void* data = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, fd.get(), 0);
  if (data == MAP_FAILED) return tl::unexpected(errno_error("map", path));
  return std::shared_ptr<const MappedFile>(new MappedFile({static_cast<const std::byte*>(data), size}));
}

MappedFile::~MappedFile() {
  if (!bytes_.empty()) ::munmap(const_cast<std::byte*>(bytes_.data()), bytes_.size());
}

Result<std::string> read_file(const std::filesystem::path& path, size_t limit_bytes) {
  TRY(UniqueFd fd, open_for_reading(path));
  std::string content;
  struct stat info{};
  if (::fstat(fd.get(), &info) == 0 && info.st_size > 0)
    content.reserve(std::min(static_cast<size_t>(info.st_size), limit_bytes));
  std::string chunk(size_t{64} * 1024, '\0');
  for (;;) {
    const ssize_t n = ::read(fd.get(), chunk.data(), chunk.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return tl::unexpected(errno_error("read", path));
    if (n == 0) return content;
    if (content.size() + static_cast<size_t>(n) > limit_bytes)
      return fail(ErrorCode::kTooLarge, path.string() + " is larger than " + std::to_string(limit_bytes) + " bytes");
    content.append(chunk.data(), static_cast<size_t>(n));
  }
}

namespace {

using Parts = std::vector<std::span<const std::byte>>;

// Large pieces, so that the system may keep the file in huge pages; at most the 1024 parts of one call.
std::vector<iovec> next_piece(const Parts& parts, size_t offset) {
  size_t n_left = size_t{8} << 20;
  std::vector<iovec> piece;
  for (const auto part : parts) {
    if (offset >= part.size()) {
      offset -= part.size();
      continue;
    }
    const auto taken = part.subspan(offset, std::min(n_left, part.size() - offset));
    offset = 0;
    n_left -= taken.size();
    piece.push_back({const_cast<std::byte*>(taken.data()), taken.size()});
    if (n_left == 0 || piece.size() == IOV_MAX) break;
  }
  return piece;
}

Result<void> write_all(int fd, const Parts& parts, const std::filesystem::path& path, const std::stop_token& stop) {
  size_t n_written = 0;
  for (auto piece = next_piece(parts, 0); !piece.empty(); piece = next_piece(parts, n_written)) {
    if (stop.stop_requested()) return fail(ErrorCode::kCancelled, "write " + path.string() + ": stopped");
    const ssize_t n = ::writev(fd, piece.data(), static_cast<int>(piece.size()));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return tl::unexpected(errno_error("write", path));
    n_written += static_cast<size_t>(n);
  }
  if (::fsync(fd) != 0) return tl::unexpected(errno_error("sync", path));
  return {};
}

Result<void> sync_folder(const std::filesystem::path& folder) {
  const UniqueFd fd(::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd.valid() || ::fsync(fd.get()) != 0) return tl::unexpected(errno_error("sync", folder));
  return {};
}

}  // namespace

Result<void> write_file_atomically(const std::filesystem::path& path, std::string_view content) {
  return write_file_atomically(path, {std::as_bytes(std::span(content))}, {});
}

Result<void> write_file_atomically(const std::filesystem::path& path, const Parts& parts, const std::stop_token& stop) {
  // Renaming over a device would take it from the whole machine.
  std::error_code absent;
  const auto status = std::filesystem::status(path, absent);
  if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status))
    return fail(ErrorCode::kInvalidArgument, path.string() + " is no regular file; write to another");
  std::string temporary = path.string() + ".XXXXXX";
  const UniqueFd fd(::mkostemp(temporary.data(), O_CLOEXEC));
  if (!fd.valid()) return tl::unexpected(errno_error("create", path));
  auto written = write_all(fd.get(), parts, path, stop);
  if (written && ::fchmod(fd.get(), 0644) != 0) written = tl::unexpected(errno_error("chmod", path));
  if (written && ::rename(temporary.c_str(), path.c_str()) != 0) written = tl::unexpected(errno_error("rename", path));
  if (!written) {
    ::unlink(temporary.c_str());
    return written;
  }
  return sync_folder(path.parent_path());
}

}  // namespace v2t
