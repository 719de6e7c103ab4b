// JSON bodies of requests: parsed within limits, refused with the field that is wrong.
#pragma once

#include <boost/json/object.hpp>
#include <initializer_list>
#include <string>
#include <string_view>

#include "app/http/message.h"

namespace v2t::http {

// 415 for another content type; 400 for what is no JSON object, or is nested deeper than 32 levels.
Outcome<boost::json::object> parse_json_object(const Request& request);
// 400 names a field that is not `known`; `prefix` ends with a dot: "settings.".
Outcome<void> check_fields(const boost::json::object& object, std::initializer_list<std::string_view> known,
                           const std::string& prefix);
// 400: "FIELD must be WHAT".
tl::unexpected<Problem> wrong(std::string field, std::string_view what);

}  // namespace v2t::http
