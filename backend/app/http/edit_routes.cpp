// Editing of transcripts: changes, versions, restoring.
#include <boost/json.hpp>

#include "app/http/edit_json.h"
#include "app/http/head.h"
#include "app/http/job_json.h"
#include "app/http/json_body.h"
#include "app/http/routes.h"
#include "app/services/transcript_json.h"

namespace v2t::http {
namespace {

namespace json = boost::json;

Response edited_response(const Edited& edited) {
  json::array removed;
  for (const uint64_t id : edited.edit.removed) removed.emplace_back(id);
  Response response = json_response(200, json::serialize(json::object{{"version", edited.version},
                                                                      {"segments", segments_json(edited.edit.segments)},
                                                                      {"removed", std::move(removed)}}));
  response.headers.add("ETag", version_tag(edited.version));
  return response;
}

// The message of a change that cannot be made begins with its place; who is too late is told the current version.
Problem edit_problem(const Api& api, const OwnerId& owner, const std::string& id, const Error& error) {
  Problem problem(error);
  if (error.code == ErrorCode::kStale) {
    problem.param = "If-Match";
    if (const auto view = api.services.jobs.find(owner, id))
      problem.headers.add("ETag", version_tag(view->job.version));
  } else if (error.message.starts_with("changes[")) {
    problem.param = error.message.substr(0, error.message.find(':'));
  }
  return problem;
}

Outcome<Response> edit_transcript(const Api& api, const Request& request, const OwnerId& owner) {
  ATTEMPT(const std::string id, path_id(request, "job"));
  ATTEMPT_VOID(api.services.jobs.find(owner, id));
  ATTEMPT(const IfMatch base, parse_if_match(request.headers));
  ATTEMPT(const json::object body, parse_json_object(request));
  ATTEMPT(const auto changes, parse_changes(body));
  const auto edited = api.services.editing.edit(owner, id, base, changes);
  if (!edited) return refuse(edit_problem(api, owner, id, edited.error()));
  return edited_response(*edited);
}

Outcome<Response> list_versions(const Api& api, const Request& request, const OwnerId& owner) {
  ATTEMPT(const std::string id, path_id(request, "job"));
  ATTEMPT(const auto versions, api.services.editing.versions(owner, id));
  json::array array;
  for (const TextVersion& version : versions)
    array.push_back(json::object{{"version", version.version},
                                 {"created_at", iso_time(version.created)},
                                 {"kind", version_kind_name(version.kind)},
                                 {"n_changes", version.n_changes},
                                 {"restored", version.restored ? json::value(*version.restored) : json::value()}});
  return json_response(200, json::serialize(json::object{{"versions", std::move(array)}}));
}

Outcome<Response> restore_version(const Api& api, const Request& request, const OwnerId& owner) {
  ATTEMPT(const std::string id, path_id(request, "job"));
  ATTEMPT_VOID(api.services.jobs.find(owner, id));
  const auto version = parse_number(request.parameters.at(1));
  if (!version) return refuse({ErrorCode::kNotFound, "no such version"});
  ATTEMPT(const IfMatch base, parse_if_match(request.headers));
  const auto edited = api.services.editing.restore(owner, id, base, *version);
  if (!edited) return refuse(edit_problem(api, owner, id, edited.error()));
  return edited_response(*edited);
}

}  // namespace

void add_edit_routes(Router& router, const std::shared_ptr<const Api>& api) {
  router.add("PATCH", "/api/v1/jobs/{id}/transcript", with_owner(api, edit_transcript));
  router.add("GET", "/api/v1/jobs/{id}/versions", with_owner(api, list_versions));
  router.add("POST", "/api/v1/jobs/{id}/versions/{version}/restore", with_owner(api, restore_version));
}

}  // namespace v2t::http
