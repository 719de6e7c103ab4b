// Whole files to and from a mounted bucket.
#include "store/bucket.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "base/file.h"
#include "base/folder.h"

namespace v2t::store {
namespace {

namespace fs = std::filesystem;

Result<void> write_all(int file, const char* bytes, size_t count, const fs::path& path) {
  while (count > 0) {
    const ssize_t n = ::write(file, bytes, count);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return tl::unexpected(errno_error("write", path));
    bytes += n;
    count -= static_cast<size_t>(n);
  }
  return {};
}

Result<void> copy_bytes(const fs::path& from, const fs::path& to) {
  TRY(const UniqueFd source, open_for_reading(from));
  const UniqueFd target(::open(to.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (!target.valid()) return tl::unexpected(errno_error("create", to));
  std::array<char, 256 * 1024> piece;
  for (;;) {
    const ssize_t n = ::read(source.get(), piece.data(), piece.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return tl::unexpected(errno_error("read", from));
    if (n == 0) break;
    TRY_VOID(write_all(target.get(), piece.data(), static_cast<size_t>(n), to));
  }
  if (::fsync(target.get()) != 0 && errno != EINVAL && errno != ENOSYS) return tl::unexpected(errno_error("save", to));
  return {};
}

}  // namespace

bool is_mount_point(const fs::path& folder) {
  struct stat own{};
  struct stat parent{};
  return ::stat(folder.c_str(), &own) == 0 && S_ISDIR(own.st_mode) && ::stat((folder / "..").c_str(), &parent) == 0 &&
         own.st_dev != parent.st_dev;
}

Result<void> check_bucket(const fs::path& folder) {
  const fs::path probe = folder / ".video2text-probe";
  TRY_VOID(write_file_atomically(probe, "x"));
  std::error_code problem;
  fs::remove(probe, problem);
  if (!problem) return {};
  errno = problem.value();
  return tl::unexpected(errno_error("remove", probe));
}

Result<void> copy_whole(const fs::path& from, const fs::path& to) {
  TRY_VOID(make_folder(to.parent_path()));
  fs::path part = to;
  part += ".part";
  auto copied = copy_bytes(from, part);
  std::error_code problem;
  if (copied) fs::rename(part, to, problem);
  if (copied && !problem) return {};
  if (copied) {
    errno = problem.value();
    copied = tl::unexpected(errno_error("rename", part));
  }
  fs::remove(part, problem);
  return copied;
}

}  // namespace v2t::store
