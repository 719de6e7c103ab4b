// Jobs as the API sends them, and settings as it takes them.
#pragma once

#include <boost/json/fwd.hpp>
#include <optional>
#include <string>

#include "app/http/message.h"
#include "app/services/jobs.h"

namespace v2t::http {

boost::json::object job_json(const JobView& view);
boost::json::value error_json(const std::optional<Error>& error);  // {"code", "message"}; null when there is none
boost::json::value activity_json(const std::optional<Activity>& activity);  // null when there is none
// "2026-11-22T10:15:30.250Z"
std::string iso_time(WallTime time);

struct NewJob {
  BlobId upload;
  JobSettings settings;
  std::optional<JobId> source;
};
// {"upload", "settings"?, "source"?}; what is absent comes from `defaults`. 400 names the field that is wrong or
// unknown.
Outcome<NewJob> parse_new_job(const Request& request, const JobSettings& defaults);
// {"name"}
Outcome<std::string> parse_job_change(const Request& request);

}  // namespace v2t::http
