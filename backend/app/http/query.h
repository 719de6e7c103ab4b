// Values in the query of a request.
#pragma once

#include <string>

#include "app/http/message.h"

namespace v2t::http {

struct NumberRange {
  uint64_t fallback = 0;  // when absent
  uint64_t least = 0;
  uint64_t most = 0;
};
// 400 names the value and its range.
Outcome<uint64_t> query_number(const Request& request, const std::string& name, const NumberRange& range);

}  // namespace v2t::http
