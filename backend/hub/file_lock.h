// A lock between processes: flock on a file, the same one that huggingface_hub takes for a blob.
#pragma once

#include <filesystem>
#include <functional>
#include <stop_token>

#include "base/file.h"
#include "base/result.h"

namespace v2t::hub {

// Held until destroyed, or until the process ends in whatever way. The file stays.
class FileLock {
 public:
  // Waits as long as another holds it and calls `on_wait` ten times a second meanwhile. kCancelled when stopped.
  static Result<FileLock> acquire(const std::filesystem::path& file, const std::function<void()>& on_wait,
                                  std::stop_token stop);

 private:
  explicit FileLock(UniqueFd fd) : fd_(std::move(fd)) {}
  UniqueFd fd_;
};

}  // namespace v2t::hub
