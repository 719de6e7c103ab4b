// URLs by libcurl's own parser, so that what is checked is what is connected to.
#include "hub/url.h"

#include <memory>

#include "base/text.h"
#include "hub/libcurl.h"

namespace v2t::hub {
namespace {

struct FreeUrl {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
using Url = std::unique_ptr<CURLU, FreeUrl>;

Url parse(std::string_view text) {
  CHECK(load_curl());
  Url url(curl_url());
  CHECK(url != nullptr);
  if (text.find('\0') != std::string_view::npos) return nullptr;
  if (curl_url_set(url.get(), CURLUPART_URL, std::string(text).c_str(), 0) != CURLUE_OK) return nullptr;
  return url;
}

// Empty when the part is not there.
std::string part(const Url& url, CURLUPart which, unsigned flags = 0) {
  char* text = nullptr;
  if (curl_url_get(url.get(), which, &text, flags) != CURLUE_OK) return "";
  std::string copy(text);
  curl_free(text);
  return copy;
}

std::string quoted(std::string_view text) { return "\"" + to_valid_utf8(text.substr(0, 200)) + "\""; }

Result<Origin> origin_of(const Url& url, std::string_view text) {
  if (url == nullptr) return fail(ErrorCode::kInvalidArgument, quoted(text) + " is not a URL");
  Origin origin{part(url, CURLUPART_SCHEME), to_lower_ascii(part(url, CURLUPART_HOST)),
                part(url, CURLUPART_PORT, CURLU_DEFAULT_PORT)};
  if ((origin.scheme != "http" && origin.scheme != "https") || origin.host.empty())
    return fail(ErrorCode::kInvalidArgument, quoted(text) + " is not an http or https URL");
  if (!part(url, CURLUPART_USER).empty() || !part(url, CURLUPART_PASSWORD).empty())
    return fail(ErrorCode::kInvalidArgument, "a URL of the hub may not hold a user name or password");
  return origin;
}

}  // namespace

Result<Origin> origin_of(std::string_view text) { return origin_of(parse(text), text); }

Result<std::string> parse_endpoint(std::string_view text) {
  TRY_VOID(load_curl());
  const Url url = parse(text);
  auto origin = origin_of(url, text);
  if (!origin) return wrap(origin.error(), "HF_ENDPOINT");
  if (!part(url, CURLUPART_QUERY).empty() || !part(url, CURLUPART_FRAGMENT).empty())
    return fail(ErrorCode::kInvalidArgument, "HF_ENDPOINT: " + quoted(text) + " may not hold ? or #");
  std::string endpoint(text);
  while (endpoint.ends_with('/')) endpoint.pop_back();
  return endpoint;
}

Result<std::string> resolve_redirect(const std::string& base, std::string_view location, const Origin& endpoint) {
  const Url url = parse(base);
  CHECK(url != nullptr);
  const std::string target(location);
  if (target.empty() || curl_url_set(url.get(), CURLUPART_URL, target.c_str(), 0) != CURLUE_OK)
    return fail(ErrorCode::kUnavailable, "a redirect leads nowhere: " + quoted(location));
  const auto origin = origin_of(url, location);
  if (!origin) return fail(ErrorCode::kUnavailable, "a redirect may not be followed: " + origin.error().message);
  if (origin->scheme == "http" && endpoint.scheme != "http")
    return fail(ErrorCode::kUnavailable, "a redirect from https to http is not followed: " + quoted(location));
  return part(url, CURLUPART_URL);
}

}  // namespace v2t::hub
