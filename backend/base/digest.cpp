// Streaming digests by libcrypto.
#include "base/digest.h"

#include <openssl/evp.h>

#include <array>

#include "base/result.h"

namespace v2t {

void Digest::Free::operator()(evp_md_ctx_st* context) const { EVP_MD_CTX_free(context); }

Digest::Digest(const char* algorithm) : context_(EVP_MD_CTX_new()) {
  const EVP_MD* type = EVP_get_digestbyname(algorithm);
  CHECK(context_ != nullptr && type != nullptr);
  CHECK(EVP_DigestInit_ex(context_.get(), type, nullptr) == 1);
}

Digest Digest::sha256() { return Digest("SHA256"); }

Digest Digest::git_blob(uint64_t size_bytes) {
  Digest digest("SHA1");
  const std::string header = "blob " + std::to_string(size_bytes);
  digest.update(std::as_bytes(std::span(header.c_str(), header.size() + 1)));  // with its final NUL
  return digest;
}

void Digest::update(std::span<const std::byte> bytes) {
  CHECK(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) == 1);
}

std::string Digest::hex() {
  std::array<unsigned char, EVP_MAX_MD_SIZE> raw{};
  unsigned size = 0;
  CHECK(EVP_DigestFinal_ex(context_.get(), raw.data(), &size) == 1);
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (unsigned i = 0; i < size; ++i) {
    text += kDigits[raw[i] >> 4];
    text += kDigits[raw[i] & 15];
  }
  return text;
}

}  // namespace v2t
