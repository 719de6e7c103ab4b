// A large file written piece by piece.
#include "base/new_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

namespace v2t {

Result<NewFile> NewFile::create(const std::filesystem::path& path) {
  std::string temporary = path.string() + ".XXXXXX";
  UniqueFd fd(::mkostemp(temporary.data(), O_CLOEXEC));
  if (!fd.valid()) return tl::unexpected(errno_error("create", path));
  return NewFile(std::move(fd), path, std::move(temporary));
}

NewFile::~NewFile() {
  if (fd_.valid()) ::unlink(temporary_.c_str());
}

Result<void> NewFile::append(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(fd_.get(), bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return tl::unexpected(errno_error("write", path_));
    bytes = bytes.subspan(static_cast<size_t>(n));
  }
  return {};
}

Result<void> NewFile::finish() {
  if (::fsync(fd_.get()) != 0) return tl::unexpected(errno_error("sync", path_));
  if (::fchmod(fd_.get(), 0644) != 0) return tl::unexpected(errno_error("chmod", path_));
  if (::rename(temporary_.c_str(), path_.c_str()) != 0) return tl::unexpected(errno_error("rename", path_));
  fd_ = UniqueFd();
  return {};
}

}  // namespace v2t
