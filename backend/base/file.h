// Files: owned descriptors, read-only maps, whole reads, writes that appear whole or not at all.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace v2t {

// Owns a file descriptor; closed on destruction.
class UniqueFd {
 public:
  UniqueFd() = default;
  explicit UniqueFd(int fd) : fd_(fd) {}
  UniqueFd(UniqueFd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  UniqueFd& operator=(UniqueFd&& other) noexcept;
  ~UniqueFd();

  int get() const { return fd_; }
  bool valid() const { return fd_ >= 0; }
  int release() { return std::exchange(fd_, -1); }

 private:
  int fd_ = -1;
};

// kNotFound when there is no such file, kForbidden without permission.
Result<UniqueFd> open_for_reading(const std::filesystem::path& path);

// The whole file mapped read-only; the bytes live as long as the map. A file that shrinks under the map
// kills the process (SIGBUS): map only files that nobody changes (models, complete blobs).
class MappedFile {
 public:
  // kHuge: on pages of 2 MiB, for what is read again and again: mapped where the system keeps the file in such, else
  // copied (base/huge_map.h).
  enum class Pages { kUsual, kHuge };
  static Result<std::shared_ptr<const MappedFile>> open(const std::filesystem::path& path, Pages pages = Pages::kUsual);
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;
  ~MappedFile();

  std::span<const std::byte> bytes() const { return bytes_; }

 private:
  explicit MappedFile(std::span<const std::byte> bytes) : bytes_(bytes) {}
  std::span<const std::byte> bytes_;
};

// Reads a small file whole; kTooLarge above limit_bytes.
Result<std::string> read_file(const std::filesystem::path& path, size_t limit_bytes);

// Writes to a temporary name beside path, fsyncs, renames into place, fsyncs the folder.
// On failure path is as it was. kDiskFull when there is no space; kInvalidArgument for a folder, a device, a pipe.
Result<void> write_file_atomically(const std::filesystem::path& path, std::string_view content);
// The same of a large file, whose parts lie one after another in it. kCancelled when stopped meanwhile.
Result<void> write_file_atomically(const std::filesystem::path& path,
                                   const std::vector<std::span<const std::byte>>& parts, const std::stop_token& stop);

// The error for the current errno: names the path, what was tried, and the remedy.
Error errno_error(std::string_view what, const std::filesystem::path& path);

}  // namespace v2t
