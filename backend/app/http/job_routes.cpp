// Jobs: create, list, read, rename, cancel, delete.
#include <boost/json.hpp>

#include "app/http/head.h"
#include "app/http/job_json.h"
#include "app/http/routes.h"
#include "app/services/settings_check.h"

namespace v2t::http {
namespace {

namespace json = boost::json;

constexpr uint64_t kMostJobs = 200;

Response job_response(int status, const JobView& view) {
  return json_response(status, json::serialize(job_json(view)));
}

Outcome<uint64_t> query_number(const Request& request, const std::string& name, uint64_t fallback, uint64_t least,
                               uint64_t most) {
  const auto text = request.query_value(name);
  if (!text) return fallback;
  const auto number = parse_number(*text);
  if (!number || *number < least || *number > most)
    return refuse({ErrorCode::kInvalidArgument,
                   name + " must be a number from " + std::to_string(least) + " to " + std::to_string(most), name});
  return *number;
}

// The message begins with the setting's name.
Problem settings_problem(const Error& error) {
  return {error.code, error.message, "settings." + error.message.substr(0, error.message.find(':'))};
}

Outcome<Response> create_job(const Api& api, const Request& request, const OwnerId& owner) {
  ATTEMPT(const NewJob job, parse_new_job(request, api.services.jobs.defaults()));
  if (const auto checked = check_settings(job.settings); !checked) return refuse(settings_problem(checked.error()));
  if (!is_id(job.upload)) return refuse({ErrorCode::kNotFound, "no such upload", "upload"});
  ATTEMPT(const JobView view, api.services.jobs.create(owner, job.upload, job.settings));
  Response response = job_response(201, view);
  response.headers.add("Location", "/api/v1/jobs/" + view.job.id);
  return response;
}

Outcome<Response> list_jobs(const Api& api, const Request& request, const OwnerId& owner) {
  ATTEMPT(const uint64_t limit, query_number(request, "limit", 50, 1, kMostJobs));
  ATTEMPT(const uint64_t offset, query_number(request, "offset", 0, 0, INT32_MAX));
  ATTEMPT(const JobPage page, api.services.jobs.list(owner, limit, offset));
  json::array jobs;
  for (const auto& view : page.jobs) jobs.push_back(job_json(view));
  return json_response(200, json::serialize(json::object{{"jobs", std::move(jobs)}, {"total", page.total}}));
}

Outcome<Response> show_job(const Api& api, const Request& request, const OwnerId& owner) {
  ATTEMPT(const std::string id, path_id(request, "job"));
  ATTEMPT(const JobView view, api.services.jobs.find(owner, id));
  return job_response(200, view);
}

Outcome<Response> rename_job(const Api& api, const Request& request, const OwnerId& owner) {
  ATTEMPT(const std::string id, path_id(request, "job"));
  ATTEMPT(const std::string name, parse_job_change(request));
  ATTEMPT(const JobView view, api.services.jobs.rename(owner, id, name));
  return job_response(200, view);
}

Outcome<Response> cancel_job(const Api& api, const Request& request, const OwnerId& owner) {
  ATTEMPT(const std::string id, path_id(request, "job"));
  ATTEMPT(const JobView view, api.services.jobs.cancel(owner, id));
  return job_response(200, view);
}

Outcome<Response> delete_job(const Api& api, const Request& request, const OwnerId& owner) {
  ATTEMPT(const std::string id, path_id(request, "job"));
  ATTEMPT_VOID(api.services.jobs.remove(owner, id));
  Response response;
  response.status = 204;
  return response;
}

}  // namespace

void add_job_routes(Router& router, const std::shared_ptr<const Api>& api) {
  router.add("GET", "/api/v1/jobs", with_owner(api, list_jobs));
  router.add("POST", "/api/v1/jobs", with_owner(api, create_job));
  router.add("GET", "/api/v1/jobs/{id}", with_owner(api, show_job));
  router.add("PATCH", "/api/v1/jobs/{id}", with_owner(api, rename_job));
  router.add("DELETE", "/api/v1/jobs/{id}", with_owner(api, delete_job));
  router.add("POST", "/api/v1/jobs/{id}/cancel", with_owner(api, cancel_job));
}

}  // namespace v2t::http
