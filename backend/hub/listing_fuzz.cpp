// Whatever the hub says, parsing ends in a value or an error.
#include "hub/listing.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto listing = v2t::hub::parse_listing(text, "a/b"); listing && !v2t::hub::is_commit(listing->commit))
    __builtin_trap();
  if (const auto range = v2t::hub::parse_content_range(text); range && range->first >= range->total) __builtin_trap();
  v2t::hub::is_content_hash(v2t::hub::bare_etag(text));
  return 0;
}
