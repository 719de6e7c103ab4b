// Tokens and their owners.
#include "app/services/sessions.h"

#include <sys/random.h>

#include <algorithm>
#include <array>

#include "base/digest.h"

namespace v2t {
namespace {

constexpr std::string_view kBase32 = "abcdefghijklmnopqrstuvwxyz234567";
constexpr size_t kTokenLength = 52;  // of 5 bits each
// A request is no reason to write to the disk; the hour is enough to tell who is still there.
constexpr auto kSeenPrecision = std::chrono::hours(1);

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

}  // namespace

Result<std::optional<Owner>> Sessions::find(std::string_view token) {
  if (!is_token(token)) return std::nullopt;
  TRY(const std::optional<Owner> owner, owners_.find_owner(hash_of(token)));
  if (owner && clock_.now() - owner->last_seen > kSeenPrecision) TRY_VOID(owners_.touch_owner(owner->id));
  return owner;
}

Result<Session> Sessions::open(std::string_view token) {
  TRY(const std::optional<Owner> known, find(token));
  if (known) return Session{known->id, std::string(token), false};
  std::string made = new_token();
  TRY(Owner owner, owners_.create_owner(hash_of(made)));
  return Session{std::move(owner.id), std::move(made), true};
}

Result<OwnerId> Sessions::owner_of(std::string_view token) {
  TRY(const std::optional<Owner> owner, find(token));
  if (!owner)
    return fail(ErrorCode::kUnauthorized, "this request needs a session; get a token with POST /api/v1/session");
  return owner->id;
}

}  // namespace v2t
