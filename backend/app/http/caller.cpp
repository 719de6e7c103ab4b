// Keys and sessions of requests.
#include "app/http/caller.h"

#include "app/http/security.h"
#include "base/text.h"

namespace v2t::http {
namespace {

// Nobody can log in as this one: no token and no key leads to it.
const OwnerId kLocalOwner = "everybodywithoutakeyisthis";

Problem unknown_key(std::string header) {
  return {ErrorCode::kUnauthorized,
          "this API key is unknown or was revoked; make one with `video2text keys create NAME`", std::move(header)};
}

// The owner by a key; nothing where no key is given, or a Bearer that is none of ours.
Outcome<std::optional<OwnerId>> key_owner_of(const Api& api, const Request& request) {
  if (const auto header = request.headers.find("X-API-Key")) {
    ATTEMPT(const auto owner, api.services.keys.find(*header));
    if (!owner) return refuse(unknown_key("X-API-Key"));
    return owner;
  }
  const std::string bearer = bearer_of(request);
  if (bearer.empty()) return std::nullopt;
  ATTEMPT(auto owner, api.services.keys.find(bearer));
  return owner;
}

Outcome<bool> is_open(const Api& api) {
  if (api.options.open_api != OpenApi::kWithoutKeys) return api.options.open_api == OpenApi::kAlways;
  ATTEMPT(const bool has_keys, api.services.keys.has_any());
  return !has_keys;
}

}  // namespace

std::string bearer_of(const Request& request) {
  const std::string_view value = trim(request.headers.find("Authorization").value_or(""));
  constexpr std::string_view kScheme = "bearer ";
  if (to_lower_ascii(value.substr(0, kScheme.size())) != kScheme) return "";
  return std::string(trim(value.substr(kScheme.size())));
}

std::string session_token(const Request& request) {
  if (const auto header = request.headers.find("X-V2T-Session")) return std::string(*header);
  if (auto cookie = session_cookie(request.headers)) return *std::move(cookie);
  const bool reads = request.method == "GET" || request.method == "HEAD";
  return reads ? std::string(request.query_value("session").value_or("")) : std::string();
}

Outcome<OwnerId> owner_of(const Api& api, const Request& request) {
  ATTEMPT(const auto by_key, key_owner_of(api, request));
  if (by_key) return *by_key;
  const std::string token = session_token(request);
  if (token.empty() && !bearer_of(request).empty()) return refuse(unknown_key("Authorization"));
  if (token.empty())
    return refuse({ErrorCode::kUnauthorized, "no session; call POST /api/v1/session first, or send an API key"});
  return api.services.sessions.owner_of(token).map_error([](const Error& error) { return Problem(error); });
}

Outcome<OwnerId> audio_owner_of(const Api& api, const Request& request) {
  ATTEMPT(const bool open, is_open(api));
  auto owner = owner_of(api, request);
  if (owner || !open || owner.error().error.code != ErrorCode::kUnauthorized) return owner;
  return kLocalOwner;
}

Caller caller_of(const Request& request, const OwnerId& owner) {
  const bool is_local = request.client.starts_with("127.") || request.client == "::1";
  return {owner, is_local ? "" : request.client};
}

Problem over_quota(const Refusal& refusal) {
  Problem problem(ErrorCode::kRateLimited, refusal.message);
  problem.headers.add("Retry-After", std::to_string(refusal.retry_after.count()));
  return problem;
}

}  // namespace v2t::http
