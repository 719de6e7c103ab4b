// Writing and reading of job JSON.
#include "app/http/job_json.h"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <cmath>
#include <ctime>

#include "app/http/json_body.h"
#include "app/services/transcript_json.h"
#include "base/text.h"
#include "domain/speech_engine.h"

namespace v2t::http {
namespace {

namespace json = boost::json;

template <class T>
json::value or_null(const std::optional<T>& value) {
  return value ? json::value(*value) : json::value();
}

json::value ms_or_null(const std::optional<Millis>& time) { return time ? json::value(time->count()) : json::value(); }

json::value time_or_null(const std::optional<WallTime>& time) {
  return time ? json::value(iso_time(*time)) : json::value();
}

std::string_view task_name(Task task) { return task == Task::kTranslate ? "translate" : "transcribe"; }

json::object settings_json(const JobSettings& settings) {
  return {{"model", settings.model},
          {"language", or_null(settings.language)},
          {"task", task_name(settings.task)},
          {"initial_prompt", settings.initial_prompt},
          {"audio_track", or_null(settings.audio_track)},
          {"word_timestamps", settings.word_timestamps},
          {"languages", json::array(settings.languages.begin(), settings.languages.end())},
          {"hotwords", json::array(settings.hotwords.begin(), settings.hotwords.end())},
          {"beam_size", or_null(settings.beam_size)}};
}

json::value upload_json(const std::optional<BlobInfo>& upload) {
  if (!upload) return nullptr;
  return json::object{{"id", upload->id},
                      {"received_bytes", upload->size_bytes},
                      {"size_bytes", upload->final_size_bytes.value_or(upload->size_bytes)}};
}

// Absent: `target` stays as it is.
Outcome<void> read_text(const json::object& object, std::string_view field, std::string& target) {
  const auto* value = object.if_contains(field);
  if (value == nullptr) return {};
  if (!value->is_string()) return wrong("settings." + std::string(field), "a string");
  target = std::string(value->as_string());
  return {};
}

Outcome<void> read_language(const json::object& object, std::optional<std::string>& target) {
  const auto* value = object.if_contains("language");
  if (value == nullptr) return {};
  if (value->is_null()) {
    target.reset();
    return {};
  }
  if (!value->is_string()) return wrong("settings.language", "a language's code or null");
  target = std::string(value->as_string());
  return {};
}

Outcome<void> read_track(const json::object& object, std::optional<int>& target) {
  const auto* value = object.if_contains("audio_track");
  if (value == nullptr) return {};
  if (value->is_null()) {
    target.reset();
    return {};
  }
  if (!value->is_int64() || value->as_int64() < 1 || value->as_int64() > 1000)
    return wrong("settings.audio_track", "a number from 1 to 1000 or null");
  target = static_cast<int>(value->as_int64());
  return {};
}

Outcome<void> read_beam_size(const json::object& object, std::optional<int>& target) {
  const auto* value = object.if_contains("beam_size");
  if (value == nullptr) return {};
  if (value->is_null()) {
    target.reset();
    return {};
  }
  if (!value->is_int64() || value->as_int64() < 1 || value->as_int64() > kMaxBeams)
    return wrong("settings.beam_size", "a number from 1 to 10 or null");
  target = static_cast<int>(value->as_int64());
  return {};
}

Outcome<void> read_texts(const json::object& object, std::string_view field, std::vector<std::string>& target) {
  const auto* value = object.if_contains(field);
  if (value == nullptr) return {};
  const auto* array = value->if_array();
  const auto is_text = [](const json::value& item) { return item.is_string(); };
  if (array == nullptr || !std::all_of(array->begin(), array->end(), is_text))
    return wrong("settings." + std::string(field), "a list of strings");
  target.clear();
  for (const auto& item : *array) target.emplace_back(item.get_string());
  return {};
}

Outcome<void> read_task(const json::object& object, Task& target) {
  std::string name(task_name(target));
  ATTEMPT_VOID(read_text(object, "task", name));
  if (name != "transcribe" && name != "translate") return wrong("settings.task", "transcribe or translate");
  target = name == "translate" ? Task::kTranslate : Task::kTranscribe;
  return {};
}

Outcome<JobSettings> read_settings(const json::value& value, JobSettings settings) {
  if (!value.is_object()) return wrong("settings", "an object");
  const auto& object = value.as_object();
  ATTEMPT_VOID(check_fields(object,
                            {"model", "language", "task", "initial_prompt", "audio_track", "word_timestamps",
                             "languages", "hotwords", "beam_size"},
                            "settings."));
  ATTEMPT_VOID(read_text(object, "model", settings.model));
  ATTEMPT_VOID(read_language(object, settings.language));
  ATTEMPT_VOID(read_task(object, settings.task));
  ATTEMPT_VOID(read_text(object, "initial_prompt", settings.initial_prompt));
  ATTEMPT_VOID(read_track(object, settings.audio_track));
  ATTEMPT_VOID(read_texts(object, "languages", settings.languages));
  ATTEMPT_VOID(read_texts(object, "hotwords", settings.hotwords));
  ATTEMPT_VOID(read_beam_size(object, settings.beam_size));
  if (const auto* words = object.if_contains("word_timestamps")) {
    if (!words->is_bool()) return wrong("settings.word_timestamps", "true or false");
    settings.word_timestamps = words->as_bool();
  }
  return settings;
}

}  // namespace

json::value error_json(const std::optional<Error>& error) {
  if (!error) return nullptr;
  return json::object{{"code", error_code_name(error->code)}, {"message", to_valid_utf8(error->message)}};
}

json::object job_json(const JobView& view) {
  const Job& job = view.job;
  return {{"id", job.id},
          {"name", to_valid_utf8(job.name)},
          {"state", job_state_name(job.state)},
          {"settings", settings_json(job.settings)},
          {"language", or_null(job.language)},
          {"duration_ms", ms_or_null(job.duration)},
          {"audio_done_ms", job.audio_done.count()},
          {"windows_done", job.windows_done},
          {"speed", job.speed && std::isfinite(*job.speed) ? json::value(*job.speed) : json::value()},
          {"queue_position", or_null(view.queue_position)},
          {"activity", activity_json(view.activity)},
          {"error", error_json(job.error)},
          {"warnings", warnings_json(job.warnings)},
          {"coverage", job.coverage ? json::value(coverage_json(*job.coverage)) : json::value()},
          {"upload", upload_json(view.upload)},
          {"attempts", job.attempts},
          {"created_at", iso_time(job.created)},
          {"started_at", time_or_null(job.started)},
          {"finished_at", time_or_null(job.finished)},
          {"source", or_null(job.source)},
          {"version", job.version},
          {"eta_ms", ms_or_null(view.time_left)},
          {"media_expires_at", time_or_null(view.media_expires)},
          {"expires_at", time_or_null(view.expires)},
          {"languages", json::array(job.languages.begin(), job.languages.end())}};
}

json::value activity_json(const std::optional<Activity>& activity) {
  if (!activity) return nullptr;
  json::object object{{"phase", phase_name(activity->phase)}};
  if (activity->phase != Activity::Phase::kDownloadingModel) return object;
  object["bytes_done"] = activity->bytes_done;
  if (activity->bytes_total > 0) object["bytes_total"] = activity->bytes_total;
  return object;
}

std::string iso_time(WallTime time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  const std::time_t unix_time = seconds.time_since_epoch().count();
  std::tm utc{};
  ::gmtime_r(&unix_time, &utc);
  std::array<char, 40> text{};
  const size_t size = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &utc);
  const std::string ms = std::to_string((time - seconds).count());
  return std::string(text.data(), size) + '.' + std::string(3 - ms.size(), '0') + ms + 'Z';
}

Outcome<NewJob> parse_new_job(const Request& request, const JobSettings& defaults) {
  ATTEMPT(const json::object object, parse_json_object(request));
  ATTEMPT_VOID(check_fields(object, {"upload", "settings", "source"}, ""));
  NewJob job{"", defaults, std::nullopt};
  const auto* upload = object.if_contains("upload");
  if (upload == nullptr || !upload->is_string())
    return wrong("upload", "the id of an upload: the last part of the Location that POST /api/v1/uploads gave");
  job.upload = std::string(upload->as_string());
  if (const auto* settings = object.if_contains("settings")) {
    ATTEMPT(job.settings, read_settings(*settings, defaults));
  }
  const auto* source = object.if_contains("source");
  if (source == nullptr || source->is_null()) return job;
  if (!source->is_string()) return wrong("source", "the id of a job or null");
  job.source = std::string(source->as_string());
  return job;
}

Outcome<std::string> parse_job_change(const Request& request) {
  ATTEMPT(const json::object object, parse_json_object(request));
  ATTEMPT_VOID(check_fields(object, {"name"}, ""));
  const auto* name = object.if_contains("name");
  if (name == nullptr || !name->is_string() || name->as_string().empty())
    return wrong("name", "a text that is not empty");
  return std::string(name->as_string());
}

}  // namespace v2t::http
