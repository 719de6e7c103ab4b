// Values in the query of a request.
#include "app/http/query.h"

#include "app/http/head.h"

namespace v2t::http {

Outcome<uint64_t> query_number(const Request& request, const std::string& name, const NumberRange& range) {
  const auto text = request.query_value(name);
  if (!text) return range.fallback;
  const auto number = parse_number(*text);
  if (!number || *number < range.least || *number > range.most)
    return refuse({ErrorCode::kInvalidArgument,
                   name + " must be a number from " + std::to_string(range.least) + " to " + std::to_string(range.most),
                   name});
  return *number;
}

}  // namespace v2t::http
