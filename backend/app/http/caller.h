// Who is asking: an API key, else an anonymous session.
#pragma once

#include <string>

#include "app/http/message.h"
#include "app/http/server.h"

namespace v2t::http {

struct Api {
  Services services;
  ServerOptions options;
};

// The token of the header X-V2T-Session, else of the cookie, else of the query of a GET; empty without.
std::string session_token(const Request& request);

// The secret of `Authorization: Bearer SECRET`; empty without.
std::string bearer_of(const Request& request);

// The owner by X-API-Key, which must be a key in force; by `Authorization: Bearer KEY`; else by session. A Bearer that
// is no key of ours may be meant for a proxy before us: it is passed over where there is a session. 401 for nobody.
Outcome<OwnerId> owner_of(const Api& api, const Request& request);

// The same for /v1, whose clients have no sessions and always send some key: where OpenApi allows it, all that are
// nobody else are one owner.
Outcome<OwnerId> audio_owner_of(const Api& api, const Request& request);

// For the quotas: programs of this machine have no address.
Caller caller_of(const Request& request, const OwnerId& owner);
// 429 with Retry-After.
Problem over_quota(const Refusal& refusal);

}  // namespace v2t::http
