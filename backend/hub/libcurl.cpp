// Finds libcurl's functions.
#include "hub/libcurl.h"

#include <array>

namespace v2t::hub {

V2T_CURL_FUNCTIONS(V2T_DEFINE_LATE)

namespace {

constexpr std::array kFiles{"libcurl.so.4"};  // the same since 2006

Result<void> find_functions() {
  TRY(const auto library, LateLibrary::load(kFiles));
  V2T_CURL_FUNCTIONS(V2T_FIND_LATE)
  CHECK(curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK);
  return {};
}

Result<void> find_or_explain() {
  const auto found = find_functions();
  if (found) return {};
  return fail(ErrorCode::kUnavailable, "nothing can be downloaded: " + found.error().message + "; install libcurl 4");
}

}  // namespace

Result<void> load_curl() {
  static const Result<void> kFound = find_or_explain();
  return kFound;
}

}  // namespace v2t::hub
