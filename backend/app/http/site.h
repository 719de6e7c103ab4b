// All that is served: who is let in, and which function answers. The sockets are in server.cpp.
#pragma once

#include "app/http/router.h"
#include "app/http/security.h"

namespace v2t::http {

struct Site {
  Router router;
  AccessPolicy policy;
};

}  // namespace v2t::http
