// A lock between processes.
#include "hub/file_lock.h"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>

#include "hub/waiting.h"

namespace v2t::hub {

Result<FileLock> FileLock::acquire(const std::filesystem::path& file, const std::function<void()>& on_wait,
                                   std::stop_token stop) {
  UniqueFd fd(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
  if (!fd.valid()) return tl::unexpected(errno_error("create", file));
  while (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    // A file system without locks (a mounted bucket): go on without. Two downloads then cost time; the hash of each
    // is still checked before it is used.
    if (errno == ENOSYS || errno == EOPNOTSUPP || errno == ENOLCK) break;
    if (errno != EWOULDBLOCK && errno != EINTR) return tl::unexpected(errno_error("lock", file));
    on_wait();
    TRY_VOID(wait_for(std::chrono::milliseconds(100), stop));
  }
  return FileLock(std::move(fd));
}

}  // namespace v2t::hub
