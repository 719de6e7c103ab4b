// Folders.
#include "base/folder.h"

#include <cerrno>
#include <system_error>

#include "base/file.h"

namespace v2t {

Result<void> make_folder(const std::filesystem::path& folder) {
  std::error_code problem;
  std::filesystem::create_directories(folder, problem);
  if (!problem) return {};
  errno = problem.value();
  return tl::unexpected(errno_error("create the folder", folder));
}

}  // namespace v2t
