// Tokens and their owners.
#include "app/services/sessions.h"

#include "app/services/tokens.h"

namespace v2t {
namespace {

// A request is no reason to write to the disk; the hour is enough to tell who is still there.
constexpr auto kSeenPrecision = std::chrono::hours(1);

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
