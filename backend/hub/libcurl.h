// libcurl's C header, and its functions. Only files of this folder include it.
#pragma once

#include <curl/curl.h>
// A macro that checks the types of arguments, where it is one: the name is a pointer's here.
#undef curl_easy_setopt

#include "base/late_library.h"

// All that we call. Debian's libcurl brings 27 other libraries, which take 5 ms to load, in the decoding child too;
// most starts ask the hub for nothing. So the program is not linked with it (late_library.h): null until load_curl().
// clang-format off
#define V2T_CURL_FUNCTIONS(X) \
  X(curl_easy_cleanup) X(curl_easy_init) X(curl_easy_setopt) X(curl_easy_strerror) X(curl_free) X(curl_global_init) \
  X(curl_multi_add_handle) X(curl_multi_cleanup) X(curl_multi_info_read) X(curl_multi_init) X(curl_multi_perform) \
  X(curl_multi_poll) X(curl_multi_remove_handle) X(curl_multi_wakeup) X(curl_slist_append) X(curl_slist_free_all) \
  X(curl_url) X(curl_url_cleanup) X(curl_url_get) X(curl_url_set)
// clang-format on

namespace v2t::hub {

V2T_CURL_FUNCTIONS(V2T_DECLARE_LATE)

// Before any of these is called, and as often as wanted, by any thread; also what curl_global_init() asks for is done
// then. kUnavailable: libcurl is not installed.
Result<void> load_curl();

}  // namespace v2t::hub
