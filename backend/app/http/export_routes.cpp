// A job's text as files and as subtitles, by the caller's wishes.
#include <boost/json.hpp>
#include <charconv>
#include <cmath>

#include "app/http/head.h"
#include "app/http/media_type.h"
#include "app/http/routes.h"
#include "app/services/exports.h"
#include "domain/subtitle_problems.h"

namespace v2t::http {
namespace {

namespace json = boost::json;

Outcome<std::optional<uint64_t>> query_number(const Request& request, std::string_view name) {
  const auto text = request.query_value(name);
  if (!text) return std::nullopt;
  const auto number = parse_number(*text);
  if (!number || *number > INT32_MAX)
    return refuse({ErrorCode::kInvalidArgument, std::string(name) + " takes a whole number", std::string(name)});
  return number;
}

Outcome<std::optional<Millis>> query_time(const Request& request, std::string_view name) {
  ATTEMPT(const auto number, query_number(request, name));
  if (!number) return std::nullopt;
  return Millis(static_cast<int64_t>(*number));
}

Outcome<std::optional<double>> query_fraction(const Request& request, std::string_view name) {
  const auto text = request.query_value(name);
  if (!text) return std::nullopt;
  double number = 0;
  const auto [end, problem] = std::from_chars(text->data(), text->data() + text->size(), number);
  if (problem != std::errc() || end != text->data() + text->size() || !std::isfinite(number))
    return refuse({ErrorCode::kInvalidArgument, std::string(name) + " takes a number", std::string(name)});
  return number;
}

Outcome<std::optional<bool>> query_switch(const Request& request, std::string_view name) {
  const auto text = request.query_value(name);
  if (!text) return std::nullopt;
  if (*text == "true") return true;
  if (*text == "false") return false;
  return refuse({ErrorCode::kInvalidArgument, std::string(name) + " takes true or false", std::string(name)});
}

Outcome<ExportWishes> wishes_of(const Request& request) {
  ExportWishes wishes;
  wishes.layout = std::string(request.query_value("layout").value_or(wishes.layout));
  wishes.subtitles.preset = std::string(request.query_value("preset").value_or(wishes.subtitles.preset));
  ATTEMPT(wishes.words, query_switch(request, "words"));
  ATTEMPT(wishes.subtitles.line_columns, query_number(request, "line_columns"));
  ATTEMPT(wishes.subtitles.max_lines, query_number(request, "max_lines"));
  ATTEMPT(wishes.subtitles.max_cps, query_fraction(request, "max_cps"));
  ATTEMPT(wishes.subtitles.shortest, query_time(request, "min_ms"));
  ATTEMPT(wishes.subtitles.longest, query_time(request, "max_ms"));
  ATTEMPT(wishes.subtitles.gap, query_time(request, "gap_ms"));
  return wishes;
}

// The wishes' messages begin with the name of what is wrong.
Outcome<ExportOptions> options_of(const Request& request, std::string_view language) {
  ATTEMPT(const ExportWishes wishes, wishes_of(request));
  auto options = export_options(wishes, language);
  if (options) return *std::move(options);
  const std::string& message = options.error().message;
  return refuse({options.error().code, message, message.substr(0, message.find(' '))});
}

Outcome<Response> export_file(const Api& api, const Request& request, const OwnerId& owner) {
  ATTEMPT(const std::string id, path_id(request, "job"));
  const auto format = export_format_from_name(request.parameters.at(1));
  if (!format) return refuse({ErrorCode::kNotFound, "no such format; there are " + export_format_names()});
  ATTEMPT(const Transcript transcript, api.services.jobs.transcript(owner, id));
  ATTEMPT(const ExportOptions options, options_of(request, transcript.language));
  Response response;
  response.headers.add("Content-Type", std::string(export_content_type(*format)));
  response.headers.add("Cache-Control", "no-store");
  response.headers.add("Content-Disposition", attachment(transcript.name, export_format_name(*format)));
  response.body = export_transcript(transcript, *format, options);
  return response;
}

json::object rules_json(const SubtitleRules& rules) {
  return {{"line_columns", rules.line_columns}, {"max_lines", rules.max_lines},    {"max_cps", rules.max_cps},
          {"min_ms", rules.shortest.count()},   {"max_ms", rules.longest.count()}, {"gap_ms", rules.gap.count()}};
}

double one_decimal(double number) { return std::round(number * 10) / 10; }

json::object cue_json(const SubtitleCue& cue) {
  return {{"start_ms", cue.start.count()},
          {"end_ms", cue.end.count()},
          {"lines", json::array(cue.lines.begin(), cue.lines.end())},
          {"cps", one_decimal(reading_speed(cue))}};
}

Outcome<Response> show_subtitles(const Api& api, const Request& request, const OwnerId& owner) {
  ATTEMPT(const std::string id, path_id(request, "job"));
  ATTEMPT(const Transcript transcript, api.services.jobs.transcript(owner, id));
  ATTEMPT(const ExportOptions options, options_of(request, transcript.language));
  const auto cues = shape_subtitles(transcript.segments, options.rules);
  json::array shown;
  for (const auto& cue : cues) shown.push_back(cue_json(cue));
  json::array problems;
  for (const auto& problem : subtitle_problems(cues, options.rules))
    problems.push_back(json::object{{"cue", problem.cue},
                                    {"kind", problem_name(problem.kind)},
                                    {"value", one_decimal(problem.value)},
                                    {"limit", problem.limit}});
  return json_response(
      200, json::serialize(json::object{
               {"rules", rules_json(options.rules)}, {"cues", std::move(shown)}, {"problems", std::move(problems)}}));
}

Outcome<Response> list_presets(const Request&) {
  json::array presets;
  for (const auto& preset : subtitle_presets())
    presets.push_back(
        json::object{{"name", preset.name}, {"source", preset.source}, {"rules", rules_json(preset.rules)}});
  return json_response(200, json::serialize(json::object{{"presets", std::move(presets)}}));
}

}  // namespace

void add_export_routes(Router& router, const std::shared_ptr<const Api>& api) {
  router.add("GET", "/api/v1/jobs/{id}/exports/{format}", with_owner(api, export_file));
  router.add("GET", "/api/v1/jobs/{id}/subtitles", with_owner(api, show_subtitles));
  router.add("GET", "/api/v1/subtitle-presets", Handler(list_presets));
}

}  // namespace v2t::http
