// Anonymous sessions: a secret token in the browser stands for an owner of jobs.
#pragma once

#include <string>
#include <string_view>

#include "domain/clock.h"
#include "domain/owner_store.h"

namespace v2t {

struct Session {
  OwnerId owner;
  std::string token;  // 256 random bits as 52 characters of [a-z2-7]; known to the browser alone
  bool is_new = false;
};

// Thread-safe. Only SHA-256 hashes of tokens are stored.
class Sessions {
 public:
  Sessions(OwnerStore& owners, const Clock& clock) : owners_(owners), clock_(clock) {}
  // The owner of the token; a new one, with a new token, when the token is empty, malformed or unknown.
  Result<Session> open(std::string_view token);
  // kUnauthorized when the token is empty, malformed or unknown.
  Result<OwnerId> owner_of(std::string_view token);

 private:
  Result<std::optional<Owner>> find(std::string_view token);

  OwnerStore& owners_;
  const Clock& clock_;
};

}  // namespace v2t
