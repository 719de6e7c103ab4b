// Finds libcurl's functions.
#include "hub/libcurl.h"

#include <dlfcn.h>

namespace v2t::hub {

#define V2T_DEFINE(name) decltype(&::name) name = nullptr;
V2T_CURL_FUNCTIONS(V2T_DEFINE)
#undef V2T_DEFINE

namespace {

constexpr const char* kLibrary = "libcurl.so.4";  // the same since 2006

tl::unexpected<Error> missing(const char* what) {
  return fail(ErrorCode::kUnavailable, std::string("nothing can be downloaded: ") + what + "; install libcurl 4");
}

Result<void> find_functions() {
  void* const library = ::dlopen(kLibrary, RTLD_LAZY | RTLD_LOCAL);
  if (library == nullptr) return missing(::dlerror());
#define V2T_FIND(name)                                              \
  name = reinterpret_cast<decltype(name)>(::dlsym(library, #name)); \
  if (name == nullptr) return missing("libcurl has no " #name);
  V2T_CURL_FUNCTIONS(V2T_FIND)
#undef V2T_FIND
  CHECK(curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK);
  return {};
}

}  // namespace

Result<void> load_curl() {
  static const Result<void> kFound = find_functions();
  return kFound;
}

}  // namespace v2t::hub
