// What an owner has in all: search in every transcript, and the storage that is used.
#include <boost/json.hpp>

#include "app/http/query.h"
#include "app/http/routes.h"
#include "base/text.h"

namespace v2t::http {
namespace {

namespace json = boost::json;

constexpr size_t kMostQueryLength = 200;

json::object hit_json(const SearchHit& hit) {
  json::array parts;
  for (const auto& part : hit.parts) parts.push_back(json::object{{"text", part.text}, {"match", part.is_match}});
  return {{"job", hit.job},          {"name", to_valid_utf8(hit.name)},
          {"segment", hit.segment},  {"start_ms", hit.start.count()},
          {"at_ms", hit.at.count()}, {"parts", std::move(parts)}};
}

Outcome<Response> search(const Api& api, const Request& request, const OwnerId& owner) {
  const auto query = request.query_value("q");
  if (!query || query->empty() || utf8_length(*query) > kMostQueryLength)
    return refuse({ErrorCode::kInvalidArgument, "q must be 1 to 200 characters to look for", "q"});
  ATTEMPT(const uint64_t limit, query_number(request, "limit", {20, 1, 100}));
  ATTEMPT(const uint64_t offset, query_number(request, "offset", {0, 0, INT32_MAX}));
  const auto found = api.services.search.find(owner, *query, limit, offset);
  if (!found) return refuse({found.error().code, found.error().message, "q"});
  json::array hits;
  for (const auto& hit : found->hits) hits.push_back(hit_json(hit));
  return json_response(200, json::serialize(json::object{{"total", found->total}, {"hits", std::move(hits)}}));
}

Outcome<Response> show_storage(const Api& api, const Request&, const OwnerId& owner) {
  ATTEMPT(const Storage storage, api.services.jobs.storage(owner));
  return json_response(200, json::serialize(json::object{{"media_bytes", storage.media_bytes},
                                                         {"text_bytes", storage.text_bytes},
                                                         {"jobs", storage.n_jobs},
                                                         {"quota_bytes", nullptr},
                                                         {"disk_free_bytes", storage.disk_free_bytes}}));
}

}  // namespace

void add_library_routes(Router& router, const std::shared_ptr<const Api>& api) {
  router.add("GET", "/api/v1/search", with_owner(api, search));
  router.add("GET", "/api/v1/storage", with_owner(api, show_storage));
}

}  // namespace v2t::http
