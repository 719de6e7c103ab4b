// A lock file.
#include "store/folder_lock.h"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>

namespace v2t::store {
namespace {

tl::unexpected<Error> unusable(Error error) {
  return fail(error.code, error.message + "; choose another folder with --data-dir or DATA_DIR");
}

}  // namespace

Result<FolderLock> FolderLock::take(const std::filesystem::path& folder) {
  const std::filesystem::path path = folder / "lock";
  UniqueFd file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!file.valid()) return unusable(errno_error("open", path));
  if (::flock(file.get(), LOCK_EX | LOCK_NB) == 0) return FolderLock(std::move(file));
  if (errno != EWOULDBLOCK) return tl::unexpected(errno_error("lock", path));
  return fail(ErrorCode::kConflict, "another video2text uses the folder " + folder.string() +
                                        "; stop it, or give this one a folder of its own with --data-dir or DATA_DIR");
}

}  // namespace v2t::store
