// URLs of the hub: origins, redirects, and where a token may go.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace v2t::hub {

// What decides who receives a request: scheme, host and port.
struct Origin {
  std::string scheme;  // "http" or "https"
  std::string host;    // lower case
  std::string port;    // always given: "443"

  friend bool operator==(const Origin&, const Origin&) = default;
};

// kInvalidArgument for anything but an http or https URL with a host and without a user name.
Result<Origin> origin_of(std::string_view url);

// HF_ENDPOINT without its final slashes; kInvalidArgument when it is no http(s) URL or has a query.
Result<std::string> parse_endpoint(std::string_view text);

// The absolute URL that a Location header means, seen from `base`. kUnavailable when it is none that may be followed:
// only https, or http where the endpoint itself is http.
Result<std::string> resolve_redirect(const std::string& base, std::string_view location, const Origin& endpoint);

}  // namespace v2t::hub
