// Headers of tus 1.0.0, the protocol of resumable uploads (tus.io/protocols/resumable-upload).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "app/http/message.h"

namespace v2t::http {

// 412 with Tus-Version unless the request speaks tus 1.0.0.
Outcome<void> check_tus_version(const Headers& headers);
// The number in a header that must be there: 400 otherwise.
Outcome<uint64_t> number_header(const Headers& headers, std::string_view name);
// The value of a key in "filename bGVjdHVyZS5tcDQ=,lang cnU="; empty when it is not there. 400 for what is not of this
// form.
Outcome<std::string> upload_metadata(std::string_view header, std::string_view key);
// RFC 4648 section 4, padding required.
std::optional<std::string> decode_base64(std::string_view text);
// POST with X-HTTP-Method-Override, for clients that cannot send PATCH or DELETE.
std::string effective_method(const Request& request);

}  // namespace v2t::http
