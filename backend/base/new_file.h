// A large file written piece by piece, which appears whole or not at all.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>

#include "base/file.h"
#include "base/result.h"

namespace v2t {

// Under a temporary name beside its path until finish(); destroyed before that, nothing is left. Used by one thread.
class NewFile {
 public:
  static Result<NewFile> create(const std::filesystem::path& path);
  NewFile(NewFile&&) = default;
  ~NewFile();

  // kDiskFull when there is no space.
  Result<void> append(std::span<const std::byte> bytes);
  // Replaces what was at the path; synced to the disk.
  Result<void> finish();

 private:
  NewFile(UniqueFd fd, std::filesystem::path path, std::string temporary)
      : fd_(std::move(fd)), path_(std::move(path)), temporary_(std::move(temporary)) {}

  UniqueFd fd_;  // not valid after finish()
  std::filesystem::path path_;
  std::string temporary_;
};

}  // namespace v2t
