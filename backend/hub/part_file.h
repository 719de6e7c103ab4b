// A download that becomes a blob of the cache only when it is whole and its hash is right.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <stop_token>
#include <string>

#include "base/digest.h"
#include "base/file.h"
#include "base/result.h"

namespace v2t::hub {

struct BlobSpec {
  std::filesystem::path path;  // blobs/HASH
  std::string hash;            // is_content_hash
  uint64_t size_bytes = 0;
};

// HASH.incomplete beside the blob; survives cuts and restarts. Used by one thread at a time, under the blob's lock.
class PartFile {
 public:
  // Goes on with what an earlier attempt left. kCancelled when stopped while that is hashed.
  static Result<PartFile> open(const BlobSpec& blob, std::stop_token stop);

  uint64_t size() const { return size_bytes_; }
  bool is_resumed() const { return is_resumed_; }
  // kDiskFull, kUnavailable beyond the blob's size: then the part is removed.
  Result<void> append(std::span<const std::byte> bytes);
  // Drops everything and begins anew.
  Result<void> restart();
  // Checks the hash, syncs, and renames into place. A wrong hash is kUnavailable and removes the part.
  Result<void> finish();

 private:
  PartFile(BlobSpec blob, std::filesystem::path path, UniqueFd fd);
  Result<void> hash_what_is_there(std::stop_token stop);

  BlobSpec blob_;
  std::filesystem::path path_;
  UniqueFd fd_;
  Digest digest_;
  uint64_t size_bytes_ = 0;
  bool is_resumed_ = false;
};

std::filesystem::path part_path(const std::filesystem::path& blob);

// Whether the file's content has the hash.
Result<bool> has_hash(const std::filesystem::path& file, const std::string& hash, std::stop_token stop);

}  // namespace v2t::hub
