// Streaming digests by libcrypto: SHA-256, and the SHA-1 by which git names a blob.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

struct evp_md_ctx_st;

namespace v2t {

// One digest over bytes given in pieces. Used by one thread at a time.
class Digest {
 public:
  static Digest sha256();
  // git hash-object of a file of exactly size_bytes: SHA-1 of "blob SIZE\0" and the content. It finds damage;
  // it is no protection against an attacker.
  static Digest git_blob(uint64_t size_bytes);

  void update(std::span<const std::byte> bytes);
  // Lower-case hexadecimal. Ends the digest: call once, update no more.
  std::string hex();

 private:
  struct Free {
    void operator()(evp_md_ctx_st* context) const;
  };
  explicit Digest(const char* algorithm);
  std::unique_ptr<evp_md_ctx_st, Free> context_;
};

}  // namespace v2t
