// Which requests are let in, and the headers that protect the page.
#pragma once

#include <string_view>

#include "app/http/message.h"

namespace v2t::http {

struct AccessPolicy {
  bool is_loopback = false;  // the server listens on loopback: only names of loopback are taken as Host
  bool trust_proxy = false;
};

// 403 for a Host that a foreign name was pointed at this machine with (DNS rebinding), and for unsafe methods sent by
// a page of another site (CSRF): Sec-Fetch-Site where the browser sends it, else Origin against Host. Programs
// send neither and pass.
Outcome<void> check_access(const Request& request, const AccessPolicy& policy);

// Sets is_https and client from the proxy's headers when the proxy is trusted.
void apply_proxy_headers(Request& request, const AccessPolicy& policy);

// Content-Security-Policy, nosniff and the like: on every response.
void add_security_headers(std::string_view path, Headers& headers);

// "v2t_session=..." of the Cookie fields.
std::optional<std::string> session_cookie(const Headers& headers);
// Set-Cookie value; over https it also works inside an iframe of another site.
std::string make_session_cookie(std::string_view token, bool is_https);

}  // namespace v2t::http
