// Changes of a transcript as the API takes them.
#pragma once

#include <boost/json/object.hpp>
#include <vector>

#include "app/http/message.h"
#include "app/services/editing.h"

namespace v2t::http {

// {"changes": [...]}: 400 names the field that is wrong, "changes[3].words[0].text".
Outcome<std::vector<TextChange>> parse_changes(const boost::json::object& body);
// Of the header If-Match (RFC 9110, section 13.1.1): 428 without one, 400 for what is no list of entity tags. Tags that
// are not of the form "vN" match no version.
Outcome<IfMatch> parse_if_match(const Headers& headers);
// "\"v3\""
std::string version_tag(uint64_t version);

}  // namespace v2t::http
