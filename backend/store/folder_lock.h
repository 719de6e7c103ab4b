// Makes sure that one process at a time owns a data folder.
#pragma once

#include <filesystem>

#include "base/file.h"

namespace v2t::store {

// Held until destroyed; the system lets go of it when the process dies, however it dies.
class FolderLock {
 public:
  // Locks FOLDER/lock. kConflict when another process holds it.
  static Result<FolderLock> take(const std::filesystem::path& folder);

 private:
  explicit FolderLock(UniqueFd file) : file_(std::move(file)) {}
  UniqueFd file_;
};

}  // namespace v2t::store
