// JSON bodies of requests.
#include "app/http/json_body.h"

#include <algorithm>
#include <boost/json.hpp>

#include "base/text.h"

namespace v2t::http {

namespace json = boost::json;

tl::unexpected<Problem> wrong(std::string field, std::string_view what) {
  return refuse({ErrorCode::kInvalidArgument, field + " must be " + std::string(what), field});
}

Outcome<json::object> parse_json_object(const Request& request) {
  const auto type = split(request.headers.find("Content-Type").value_or(""), ';');
  if (to_lower_ascii(trim(type.front())) != "application/json")
    return refuse({415, {ErrorCode::kInvalidArgument, "send Content-Type: application/json"}, "Content-Type"});
  boost::system::error_code error;
  json::parse_options options;
  options.max_depth = 32;
  auto value = json::parse(request.body, error, {}, options);
  if (error) return refuse({ErrorCode::kInvalidArgument, "the body is not JSON: " + error.message()});
  if (!value.is_object()) return refuse({ErrorCode::kInvalidArgument, "the body must be a JSON object"});
  return std::move(value.as_object());
}

Outcome<void> check_fields(const json::object& object, std::initializer_list<std::string_view> known,
                           const std::string& prefix) {
  for (const auto& field : object)
    if (std::find(known.begin(), known.end(), std::string_view(field.key())) == known.end()) {
      const std::string name = prefix + std::string(field.key());
      return refuse({ErrorCode::kInvalidArgument, "unknown field " + name, name});
    }
  return {};
}

}  // namespace v2t::http
