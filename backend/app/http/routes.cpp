// All routes together; sessions, server, models, health.
#include "app/http/routes.h"

#include <boost/json.hpp>

#include "app/http/job_json.h"
#include "app/http/security.h"
#include "app/http/static_files.h"

namespace v2t::http {
namespace {

namespace json = boost::json;

Outcome<Response> open_session(const Api& api, const Request& request) {
  ATTEMPT(const Session session, api.services.sessions.open(session_token(request)));
  Response response =
      json_response(200, json::serialize(json::object{{"token", session.token}, {"is_new", session.is_new}}));
  response.headers.add("Set-Cookie", make_session_cookie(session.token, request.is_https));
  return response;
}

json::object quota_json(const Api& api) {
  const QuotaLimits& limits = api.services.quotas.limits();
  json::object quota{{"uploads_at_once", limits.uploads_at_once}, {"audio_hours_per_day", nullptr}, {"bytes", nullptr}};
  if (limits.audio_per_day) quota["audio_hours_per_day"] = limits.audio_per_day->count();
  if (limits.bytes_per_day) quota["bytes"] = *limits.bytes_per_day;
  return quota;
}

Outcome<Response> show_server(const Api& api, const Request&) {
  const Readiness readiness = api.services.readiness();
  json::value kept_hours;
  json::value kept_days;
  if (api.options.media_kept_hours) kept_hours = *api.options.media_kept_hours;
  if (api.options.transcripts_kept_days) kept_days = *api.options.transcripts_kept_days;
  return json_response(200, json::serialize(json::object{
                                {"version", api.options.version},
                                {"default_model", api.services.jobs.defaults().model},
                                {"max_upload_bytes", api.services.uploads.limits().max_size_bytes},
                                {"is_ready", readiness.is_ready},
                                {"error", error_json(readiness.problem)},
                                {"media_kept_hours", kept_hours},
                                {"transcripts_kept_days", kept_days},
                                {"is_ephemeral", api.options.is_ephemeral},
                                {"has_sample", open_inside(api.options.static_dir, "/sample.mp4").has_value()},
                                {"quota", quota_json(api)},
                            }));
}

Outcome<Response> show_readiness(const Api& api, const Request&) {
  const Readiness readiness = api.services.readiness();
  if (!readiness.is_ready) return problem_response({ErrorCode::kUnavailable, readiness.reason});
  return json_response(200, R"({"status":"ok"})");
}

json::array downloads_json(const Api& api) {
  json::array downloads;
  for (const auto& download : api.services.downloads())
    downloads.push_back(json::object{{"model", download.model},
                                     {"file", download.file},
                                     {"bytes_done", download.bytes_done},
                                     {"bytes_total", download.bytes_total}});
  return downloads;
}

Outcome<Response> list_models(const Api& api, const Request&, const OwnerId&) {
  ATTEMPT(const auto entries, api.services.models.list());
  json::array models;
  for (const auto& entry : entries)
    models.push_back(json::object{{"name", entry.name},
                                  {"repository", entry.repository},
                                  {"size_bytes", entry.size_bytes},
                                  {"is_downloaded", entry.is_downloaded},
                                  {"is_default", entry.name == api.services.jobs.defaults().model}});
  return json_response(
      200, json::serialize(json::object{{"models", std::move(models)}, {"downloads", downloads_json(api)}}));
}

Handler open_to_all(const std::shared_ptr<const Api>& api, Outcome<Response> (*handler)(const Api&, const Request&)) {
  return [api, handler](const Request& request) { return handler(*api, request); };
}

Router make_routes(const ServerOptions& options, const Services& services) {
  const auto api = std::make_shared<const Api>(Api{services, options});
  Router router;
  add_session_routes(router, api);
  add_server_routes(router, api);
  add_upload_routes(router, api);
  add_job_routes(router, api);
  add_result_routes(router, api);
  add_export_routes(router, api);
  add_edit_routes(router, api);
  add_library_routes(router, api);
  add_audio_routes(router, api);
  add_metrics_routes(router, api);
  add_description_routes(router, api);
  router.set_fallback([folder = options.static_dir](const Request& request) { return serve_static(folder, request); });
  return router;
}

}  // namespace

void add_session_routes(Router& router, const std::shared_ptr<const Api>& api) {
  router.add("POST", "/api/v1/session", open_to_all(api, open_session));
}

void add_server_routes(Router& router, const std::shared_ptr<const Api>& api) {
  router.add("GET", "/api/v1/server", open_to_all(api, show_server));
  router.add("GET", "/api/v1/models", with_owner(api, list_models));
  router.add("GET", "/readyz", open_to_all(api, show_readiness));
  router.add("GET", "/healthz",
             Handler([](const Request&) -> Outcome<Response> { return json_response(200, R"({"status":"ok"})"); }));
}

void add_description_routes(Router& router, const std::shared_ptr<const Api>& api) {
  const auto file = [&](std::string name) {
    return Handler([api, name = std::move(name)](const Request& request) {
      Request wanted = request;
      wanted.path = name;
      return serve_static(api->options.static_dir, wanted);
    });
  };
  router.add("GET", "/docs", file("/docs.html"));
  router.add("GET", "/openapi.yaml", file("/openapi.yaml"));
}

Result<std::unique_ptr<HttpServer>> start_server(const ServerOptions& options, const Services& services) {
  return start_server(options, make_routes(options, services), services.doorbell);
}

Handler with_owner(const std::shared_ptr<const Api>& api, OwnedHandler handler) {
  return [api, handler](const Request& request) -> Outcome<Response> {
    ATTEMPT(const OwnerId owner, owner_of(*api, request));
    return handler(*api, request, owner);
  };
}

Outcome<std::string> path_id(const Request& request, std::string_view noun) {
  if (!is_id(request.parameters.front())) return refuse({ErrorCode::kNotFound, "no such " + std::string(noun)});
  return request.parameters.front();
}

}  // namespace v2t::http
