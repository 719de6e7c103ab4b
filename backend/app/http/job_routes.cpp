// Jobs: create, list, read, rename, cancel, delete.
#include <boost/json.hpp>

#include "app/http/job_json.h"
#include "app/http/query.h"
#include "app/http/routes.h"
#include "app/services/settings_check.h"
#include "base/digest.h"
#include "base/text.h"

namespace v2t::http {
namespace {

namespace json = boost::json;

constexpr uint64_t kMostJobs = 200;
constexpr size_t kMostKeyBytes = 255;

Response job_response(int status, const JobView& view) {
  return json_response(status, json::serialize(job_json(view)));
}

// The message begins with the setting's name.
Problem settings_problem(const Error& error) {
  return {error.code, error.message, "settings." + error.message.substr(0, error.message.find(':'))};
}

// Of the header Idempotency-Key: what was asked for is the body, byte by byte.
Outcome<std::optional<RequestKey>> request_key(const Request& request) {
  const auto header = request.headers.find("Idempotency-Key");
  if (!header) return std::nullopt;
  if (header->empty() || header->size() > kMostKeyBytes || !is_valid_utf8(*header))
    return refuse({ErrorCode::kInvalidArgument, "Idempotency-Key must be 1 to 255 characters", "Idempotency-Key"});
  Digest digest = Digest::sha256();
  digest.update(std::as_bytes(std::span(request.body)));
  return RequestKey{std::string(*header), digest.hex()};
}

Problem create_problem(const Error& error) {
  if (error.code == ErrorCode::kConflict) return {422, error, "Idempotency-Key"};
  const bool is_about_source = error.message.starts_with("source: ");
  return {error.code, error.message, is_about_source ? "source" : ""};
}

Outcome<JobFilter> job_filter(const Request& request) {
  JobFilter filter;
  filter.name = request.query_value("q").value_or("");
  const auto states = request.query_value("state");
  if (!states) return filter;
  for (const auto& name : split(*states, ',')) {
    const auto state = job_state_from_name(name);
    if (!state)
      return refuse({ErrorCode::kInvalidArgument,
                     "state must be of uploading, queued, running, done, failed, cancelled, with commas", "state"});
    filter.states.push_back(*state);
  }
  return filter;
}

Outcome<Response> create_job(const Api& api, const Request& request, const OwnerId& owner) {
  ATTEMPT(const NewJob job, parse_new_job(request, api.services.jobs.defaults()));
  if (const auto checked = check_settings(job.settings); !checked) return refuse(settings_problem(checked.error()));
  if (!is_id(job.upload)) return refuse({ErrorCode::kNotFound, "no such upload", "upload"});
  if (job.source && !is_id(*job.source)) return refuse({ErrorCode::kNotFound, "no such job", "source"});
  ATTEMPT(const auto key, request_key(request));
  const Caller caller = caller_of(request, owner);
  if (const auto refusal = api.services.quotas.refuse_job(caller)) return refuse(over_quota(*refusal));
  const auto created = api.services.jobs.create(owner, job.upload, job.settings, {job.source, key});
  if (!created) return refuse(create_problem(created.error()));
  const JobView& view = *created;
  if (!view.is_repeat) api.services.quotas.add_job(caller, view.job.id);
  Response response = job_response(view.is_repeat ? 200 : 201, view);
  response.headers.add("Location", "/api/v1/jobs/" + view.job.id);
  return response;
}

Outcome<Response> list_jobs(const Api& api, const Request& request, const OwnerId& owner) {
  ATTEMPT(const uint64_t limit, query_number(request, "limit", {50, 1, kMostJobs}));
  ATTEMPT(const uint64_t offset, query_number(request, "offset", {0, 0, INT32_MAX}));
  ATTEMPT(const JobFilter filter, job_filter(request));
  ATTEMPT(const JobPage page, api.services.jobs.list(owner, filter, limit, offset));
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
  ATTEMPT(const JobView view, api.services.jobs.find(owner, id));
  api.services.quotas.settle(view.job);
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
