// All that is served: who is let in, and which function answers. The sockets are in server.cpp.
#pragma once

#include <memory>

#include "app/http/request_counts.h"
#include "app/http/router.h"
#include "app/http/security.h"

namespace v2t::http {

struct Site {
  Router router;
  AccessPolicy policy;
  std::shared_ptr<RequestCounts> counts;
};

}  // namespace v2t::http
