// Host and origin checks, protective headers, the session cookie.
#include "app/http/security.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace v2t::http {
namespace {

constexpr std::string_view kCookieName = "v2t_session";
// One year: an owner's jobs are found again.
constexpr std::string_view kCookieMaxAge = "31536000";

// Hugging Face shows a Space in an iframe of huggingface.co; inline scripts are refused everywhere.
constexpr std::string_view kContentSecurityPolicy =
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; "
    "connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'self' https://huggingface.co https://*.hf.space";

// "localhost:7860" -> "localhost", "[::1]:7860" -> "[::1]".
std::string_view host_name(std::string_view host) {
  if (host.starts_with('[')) return host.substr(0, host.find(']') + 1);
  return host.substr(0, host.find(':'));
}

bool is_loopback_name(std::string_view host) {
  const std::string name = to_lower_ascii(host_name(host));
  return name == "localhost" || name == "127.0.0.1" || name == "[::1]";
}

bool is_safe(std::string_view method) { return method == "GET" || method == "HEAD" || method == "OPTIONS"; }

bool comes_from_this_site(const Request& request) {
  if (const auto site = request.headers.find("Sec-Fetch-Site")) return *site == "same-origin" || *site == "none";
  const auto origin = request.headers.find("Origin");
  if (!origin) return true;
  const size_t scheme_end = origin->find("://");
  const auto host = request.headers.find("Host");
  return scheme_end != std::string_view::npos && host &&
         to_lower_ascii(origin->substr(scheme_end + 3)) == to_lower_ascii(*host);
}

// The entry that the nearest proxy wrote.
std::string last_of_list(std::string_view list) {
  const size_t comma = list.rfind(',');
  return std::string(trim(comma == std::string_view::npos ? list : list.substr(comma + 1)));
}

}  // namespace

Outcome<void> check_access(const Request& request, const AccessPolicy& policy) {
  const auto host = request.headers.find("Host");
  if (policy.is_loopback && host && !is_loopback_name(*host))
    return refuse({ErrorCode::kForbidden,
                   "this server listens on this machine only; open it as http://localhost with its port", "Host"});
  if (!is_safe(request.method) && !comes_from_this_site(request))
    return refuse({ErrorCode::kForbidden, "requests from other sites are refused", "Origin"});
  return {};
}

void apply_proxy_headers(Request& request, const AccessPolicy& policy) {
  if (!policy.trust_proxy) return;
  if (const auto scheme = request.headers.find("X-Forwarded-Proto"))
    request.is_https = to_lower_ascii(last_of_list(*scheme)) == "https";
  if (const auto client = request.headers.find("X-Forwarded-For")) request.client = last_of_list(*client);
}

void add_security_headers(std::string_view path, Headers& headers) {
  headers.add("Content-Security-Policy", std::string(kContentSecurityPolicy));
  headers.add("X-Content-Type-Options", "nosniff");
  // Not no-referrer: with it, browsers send "Origin: null" along with forms.
  headers.add("Referrer-Policy", "same-origin");
  headers.add("Permissions-Policy", "camera=(), geolocation=(), microphone=(self)");
  if (path.starts_with("/api/") || path.starts_with("/v1/")) headers.add("Cross-Origin-Resource-Policy", "same-origin");
}

std::optional<std::string> session_cookie(const Headers& headers) {
  for (const auto& [name, value] : headers.fields()) {
    if (to_lower_ascii(name) != "cookie") continue;
    for (const auto& part : split(value, ';')) {
      const std::string_view pair = trim(part);
      const size_t equals = pair.find('=');
      if (equals != std::string_view::npos && pair.substr(0, equals) == kCookieName)
        return std::string(pair.substr(equals + 1));
    }
  }
  return std::nullopt;
}

std::string make_session_cookie(std::string_view token, bool is_https) {
  std::string cookie = std::string(kCookieName) + '=' + std::string(token) + "; Path=/; Max-Age=";
  cookie += std::string(kCookieMaxAge) + "; HttpOnly; ";
  return cookie + (is_https ? "SameSite=None; Secure; Partitioned" : "SameSite=Lax");
}

}  // namespace v2t::http
