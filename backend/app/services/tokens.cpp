// Random tokens and their hashes.
#include "app/services/tokens.h"

#include <sys/random.h>

#include <algorithm>
#include <array>

#include "base/digest.h"
#include "base/result.h"

namespace v2t {
namespace {

constexpr std::string_view kBase32 = "abcdefghijklmnopqrstuvwxyz234567";
constexpr size_t kTokenLength = 52;  // of 5 bits each

}  // namespace

std::string new_token() {
  std::array<unsigned char, kTokenLength> random{};
  CHECK(::getrandom(random.data(), random.size(), 0) == static_cast<ssize_t>(random.size()));
  std::string token;
  for (const unsigned char byte : random) token += kBase32[byte % kBase32.size()];
  return token;
}

bool is_token(std::string_view text) {
  return text.size() == kTokenLength &&
         std::ranges::all_of(text, [](char c) { return kBase32.find(c) != std::string_view::npos; });
}

std::string hash_of(std::string_view token) {
  Digest digest = Digest::sha256();
  digest.update(std::as_bytes(std::span(token)));
  return digest.hex();
}

}  // namespace v2t
