// The routes by noun, and what they share: services, options, and who is asking.
#pragma once

#include <functional>
#include <memory>

#include "app/http/caller.h"
#include "app/http/router.h"
#include "app/http/server.h"

namespace v2t::http {

void add_session_routes(Router& router, const std::shared_ptr<const Api>& api);
void add_server_routes(Router& router, const std::shared_ptr<const Api>& api);
void add_upload_routes(Router& router, const std::shared_ptr<const Api>& api);
void add_job_routes(Router& router, const std::shared_ptr<const Api>& api);
void add_edit_routes(Router& router, const std::shared_ptr<const Api>& api);
void add_library_routes(Router& router, const std::shared_ptr<const Api>& api);
void add_audio_routes(Router& router, const std::shared_ptr<const Api>& api);
void add_metrics_routes(Router& router, const std::shared_ptr<const Api>& api);
void add_result_routes(Router& router, const std::shared_ptr<const Api>& api);
void add_export_routes(Router& router, const std::shared_ptr<const Api>& api);

// /docs and /openapi.yaml, as the page's build made them.
void add_description_routes(Router& router, const std::shared_ptr<const Api>& api);

// A handler that knows the owner.
using OwnedHandler = Outcome<Response> (*)(const Api& api, const Request& request, const OwnerId& owner);
Handler with_owner(const std::shared_ptr<const Api>& api, OwnedHandler handler);

// The first path parameter, checked to be an id; 404 otherwise, as for an unknown one. `noun`: "job".
Outcome<std::string> path_id(const Request& request, std::string_view noun);

}  // namespace v2t::http
