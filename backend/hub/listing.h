// What the hub says about a repository and its files, parsed and checked.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "base/result.h"

namespace v2t::hub {

struct Listing {
  std::string commit;              // 40 hexadecimal digits
  std::vector<std::string> files;  // of the repository, only those that a model needs
};

// The reply of /api/models/OWNER/NAME/revision/main. kUnavailable when it is not that; kModelInvalid when the
// repository lacks a file that every model has.
Result<Listing> parse_listing(std::string_view json, const std::string& repository);

// Names a blob of the cache: 64 hexadecimal digits, the SHA-256 of a large file; or 40, the SHA-1 of a git blob.
bool is_content_hash(std::string_view text);
bool is_commit(std::string_view text);
// `"abc"`, `W/"abc"` -> `abc`
std::string_view bare_etag(std::string_view etag);
// The digest that gives the hash for a file of this size; CHECKs is_content_hash.
Digest digest_for(std::string_view hash, uint64_t size_bytes);

std::optional<uint64_t> parse_size(std::string_view text);

struct ContentRange {
  uint64_t first = 0;
  uint64_t total = 0;
};
// "bytes 100-199/200" (RFC 9110, section 14.4); nullopt for other units and unknown totals.
std::optional<ContentRange> parse_content_range(std::string_view text);

}  // namespace v2t::hub
