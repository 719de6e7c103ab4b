// All that is served: who is let in, and which function answers. The sockets are in server.cpp.
#pragma once

#include "app/http/router.h"
#include "app/http/security.h"
#include "app/http/server.h"

namespace v2t::http {

struct Site {
  Router router;
  AccessPolicy policy;
};

// The routes of the API and the page. `services` outlives the router.
Router make_routes(const ServerOptions& options, const Services& services);

}  // namespace v2t::http
