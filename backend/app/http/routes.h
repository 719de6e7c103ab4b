// The routes by noun, and what they share: services, options, and who is asking.
#pragma once

#include <functional>
#include <memory>

#include "app/http/router.h"
#include "app/http/server.h"

namespace v2t::http {

struct Api {
  Services services;
  ServerOptions options;
};

void add_session_routes(Router& router, const std::shared_ptr<const Api>& api);
void add_server_routes(Router& router, const std::shared_ptr<const Api>& api);
void add_upload_routes(Router& router, const std::shared_ptr<const Api>& api);
void add_job_routes(Router& router, const std::shared_ptr<const Api>& api);
void add_edit_routes(Router& router, const std::shared_ptr<const Api>& api);
void add_library_routes(Router& router, const std::shared_ptr<const Api>& api);
void add_result_routes(Router& router, const std::shared_ptr<const Api>& api);
void add_export_routes(Router& router, const std::shared_ptr<const Api>& api);

// The token of the header X-V2T-Session, else of the cookie, else of the query of a GET; empty without.
std::string session_token(const Request& request);
// 401 without a session.
Outcome<OwnerId> owner_of(const Api& api, const Request& request);

// A handler that knows the owner.
using OwnedHandler = Outcome<Response> (*)(const Api& api, const Request& request, const OwnerId& owner);
Handler with_owner(const std::shared_ptr<const Api>& api, OwnedHandler handler);

// The first path parameter, checked to be an id; 404 otherwise, as for an unknown one. `noun`: "job".
Outcome<std::string> path_id(const Request& request, std::string_view noun);

}  // namespace v2t::http
