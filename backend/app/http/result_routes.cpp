// What a job gives: transcript, media, events.
#include <unistd.h>

#include <array>
#include <boost/json.hpp>

#include "app/http/edit_json.h"
#include "app/http/event_stream.h"
#include "app/http/head.h"
#include "app/http/media_type.h"
#include "app/http/range.h"
#include "app/http/routes.h"
#include "app/services/transcript_json.h"

namespace v2t::http {
namespace {

namespace json = boost::json;

Outcome<std::optional<uint64_t>> wanted_version(const Request& request) {
  const auto text = request.query_value("version");
  if (!text) return std::nullopt;
  const auto version = parse_number(*text);
  if (!version) return refuse({ErrorCode::kInvalidArgument, "version must be a number", "version"});
  return version;
}

Outcome<Response> show_transcript(const Api& api, const Request& request, const OwnerId& owner) {
  ATTEMPT(const std::string id, path_id(request, "job"));
  ATTEMPT(const JobView view, api.services.jobs.find(owner, id));
  ATTEMPT(const auto version, wanted_version(request));
  ATTEMPT(const Transcript transcript, api.services.jobs.transcript(owner, id, version));
  json::object object = transcript_json(transcript);
  object["job"] = id;
  object["version"] = transcript.version;
  object["is_complete"] = view.job.state == JobState::kDone;
  if (!view.job.language) object["language"] = nullptr;
  if (!view.job.duration) object["duration_ms"] = nullptr;
  Response response = json_response(200, json::serialize(object));
  response.headers.add("ETag", version_tag(transcript.version));
  return response;
}

Outcome<Response> show_peaks(const Api& api, const Request& request, const OwnerId& owner) {
  ATTEMPT(const std::string id, path_id(request, "job"));
  ATTEMPT(const Peaks peaks, api.services.jobs.peaks(owner, id));
  return json_response(200,
                       json::serialize(json::object{{"peak_ms", peaks.step.count()},
                                                    {"is_complete", peaks.is_complete},
                                                    {"peaks", json::array(peaks.values.begin(), peaks.values.end())}}));
}

std::string head_of(const UniqueFd& file) {
  std::array<char, 512> bytes{};
  const ssize_t n = ::pread(file.get(), bytes.data(), bytes.size(), 0);
  return {bytes.data(), static_cast<size_t>(std::max<ssize_t>(n, 0))};
}

Outcome<Response> send_media(const Api& api, const Request& request, const OwnerId& owner) {
  ATTEMPT(const std::string id, path_id(request, "job"));
  ATTEMPT(JobMedia media, api.services.jobs.media(owner, id));
  const std::string type(sniff_media_type(head_of(media.file)));
  // The media of a job never changes, so the job's id names its bytes.
  Response response = file_response(request, std::move(media.file), media.size_bytes, '"' + id + '"');
  if (response.status == 200 || response.status == 206) response.headers.set("Content-Type", type);
  response.headers.set("Cache-Control", "private, no-cache");
  return response;
}

Outcome<uint64_t> last_event_id(const Request& request) {
  const auto header = request.headers.find("Last-Event-ID");
  const auto text = header ? header : request.query_value("after");
  if (!text || text->empty()) return 0;
  const auto number = parse_number(*text);
  if (!number || *number > INT64_MAX)
    return refuse(
        {ErrorCode::kInvalidArgument, "the last event's id must be a number", header ? "Last-Event-ID" : "after"});
  return *number;
}

Outcome<Response> stream_events(const Api& api, const Request& request, const OwnerId& owner) {
  ATTEMPT(const std::string id, path_id(request, "job"));
  ATTEMPT(const uint64_t after, last_event_id(request));
  Response response;
  ATTEMPT(response.body, open_events(api.services.jobs, api.services.activities, {owner, id, after}));
  response.headers.add("Content-Type", "text/event-stream");
  response.headers.add("Cache-Control", "no-store");
  response.headers.add("X-Accel-Buffering", "no");  // nginx holds event streams back otherwise
  return response;
}

}  // namespace

void add_result_routes(Router& router, const std::shared_ptr<const Api>& api) {
  router.add("GET", "/api/v1/jobs/{id}/transcript", with_owner(api, show_transcript));
  router.add("GET", "/api/v1/jobs/{id}/peaks", with_owner(api, show_peaks));
  router.add("GET", "/api/v1/jobs/{id}/media", with_owner(api, send_media));
  router.add("GET", "/api/v1/jobs/{id}/events", with_owner(api, stream_events));
}

}  // namespace v2t::http
