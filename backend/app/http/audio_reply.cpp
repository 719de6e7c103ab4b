// Bodies and events.
#include "app/http/audio_reply.h"

#include <algorithm>
#include <boost/json.hpp>
#include <cmath>

#include "app/services/exports.h"
#include "base/text.h"
#include "domain/languages.h"
#include "domain/script.h"

namespace v2t::http {
namespace {

namespace json = boost::json;

constexpr double kFramesPerSecond = 100;  // of Whisper's spectrogram, in which `seek` counts

double seconds(Millis time) { return static_cast<double>(time.count()) / 1000; }

double finite(float value) { return std::isfinite(value) ? static_cast<double>(value) : 0.0; }

json::object usage_json(const Transcript& transcript) {
  return {{"type", "duration"}, {"seconds", static_cast<int64_t>(std::ceil(seconds(transcript.duration)))}};
}

json::array languages_json(const Transcript& transcript) {
  std::vector<std::string> codes;
  for (const auto& segment : transcript.segments)
    if (!segment.language.empty() && std::ranges::find(codes, segment.language) == codes.end())
      codes.push_back(segment.language);
  if (codes.empty() && !transcript.language.empty()) codes.push_back(transcript.language);
  json::array languages;
  for (const auto& code : codes) languages.push_back(json::object{{"code", code}});
  return languages;
}

json::array logprobs_json(std::span<const Segment> segments) {
  json::array scores;
  for (const auto& segment : segments)
    for (const auto& score : segment.token_scores) {
      json::array bytes;
      for (const char c : score.bytes) bytes.push_back(static_cast<unsigned char>(c));
      scores.push_back(json::object{{"token", to_valid_utf8(score.bytes)},
                                    {"logprob", finite(score.log_probability)},
                                    {"bytes", std::move(bytes)}});
    }
  return scores;
}

// With the space that parts it from the text before, as OpenAI has it, where the language writes one.
std::string segment_text(const Segment& segment) {
  const std::string text = to_valid_utf8(segment.text);
  return std::string(joint("a", text)) + text;
}

// All segments of a window were heard from the same place.
std::vector<int64_t> seeks(std::span<const Segment> segments) {
  std::vector<int64_t> all;
  for (size_t i = 0; i < segments.size(); ++i) {
    const bool is_same = i > 0 && segments[i].window == segments[i - 1].window;
    const double start = seconds(segments[i].start) * kFramesPerSecond;
    all.push_back(is_same ? all.back() : static_cast<int64_t>(start));
  }
  return all;
}

json::array segments_json(std::span<const Segment> segments) {
  json::array all;
  const auto seek = seeks(segments);
  for (size_t i = 0; i < segments.size(); ++i) {
    const Segment& segment = segments[i];
    if (segment.text.empty()) continue;  // speech without a text
    all.push_back(json::object{{"id", all.size()},
                               {"seek", seek[i]},
                               {"start", seconds(segment.start)},
                               {"end", seconds(segment.end)},
                               {"text", segment_text(segment)},
                               {"tokens", json::array(segment.tokens.begin(), segment.tokens.end())},
                               {"temperature", finite(segment.temperature)},
                               {"avg_logprob", finite(segment.avg_logprob)},
                               {"compression_ratio", finite(segment.compression_ratio)},
                               {"no_speech_prob", finite(segment.no_speech_prob)}});
  }
  return all;
}

json::array words_json(std::span<const Segment> segments) {
  json::array words;
  for (const auto& segment : segments)
    for (const auto& word : segment.words)
      words.push_back(json::object{{"word", std::string(trim(to_valid_utf8(word.text)))},
                                   {"start", seconds(word.start)},
                                   {"end", seconds(word.end)},
                                   {"probability", finite(word.probability)}});
  return words;
}

json::object short_json(const AudioRequest& request, const Transcript& transcript) {
  json::object body{{"text", whole_text(transcript.segments)}, {"usage", usage_json(transcript)}};
  if (auto languages = languages_json(transcript); !languages.empty()) body["languages"] = std::move(languages);
  if (request.wants_logprobs) body["logprobs"] = logprobs_json(transcript.segments);
  return body;
}

json::object verbose_json(const AudioRequest& request, const Transcript& transcript) {
  const bool is_translation = transcript.task == Task::kTranslate;
  const std::string_view language = is_translation ? "english" : language_name(transcript.language);
  json::object body{{"task", is_translation ? "translate" : "transcribe"},
                    {"language", language.empty() ? "unknown" : language},
                    {"duration", seconds(transcript.duration)},
                    {"text", whole_text(transcript.segments)}};
  if (request.wants_words) body["words"] = words_json(transcript.segments);
  if (request.wants_segments) body["segments"] = segments_json(transcript.segments);
  body["usage"] = usage_json(transcript);
  return body;
}

Response plain_response(std::string text) {
  Response response;
  response.headers.add("Content-Type", "text/plain; charset=utf-8");
  response.headers.add("Cache-Control", "no-store");
  response.body = std::move(text);
  return response;
}

std::string data_event(const json::object& data) { return "data: " + json::serialize(data) + "\n\n"; }

}  // namespace

std::string whole_text(std::span<const Segment> segments) {
  std::string text;
  for (const auto& segment : segments) {
    const std::string next = to_valid_utf8(segment.text);
    text += joint(text, next);
    text += next;
  }
  return text;
}

Response audio_response(const AudioRequest& request, const Transcript& transcript) {
  switch (request.format) {
    case AudioFormat::kJson:
      return json_response(200, json::serialize(short_json(request, transcript)));
    case AudioFormat::kVerboseJson:
      return json_response(200, json::serialize(verbose_json(request, transcript)));
    case AudioFormat::kText:
      return plain_response(whole_text(transcript.segments) + "\n");
    case AudioFormat::kSrt:
      return plain_response(export_transcript(transcript, ExportFormat::kSrt));
    case AudioFormat::kVtt:
      return plain_response(export_transcript(transcript, ExportFormat::kVtt));
  }
  CHECK(false);
}

std::string delta_events(std::span<const Segment> segments, const std::string& text_before, bool with_logprobs) {
  std::string events;
  std::string said = text_before;
  for (const auto& segment : segments) {
    const std::string text = to_valid_utf8(segment.text);
    const std::string delta = std::string(joint(said, text)) + text;
    if (delta.empty()) continue;
    json::object event{{"type", "transcript.text.delta"}, {"delta", delta}};
    if (with_logprobs) event["logprobs"] = logprobs_json({&segment, 1});
    events += data_event(event);
    said += delta;
  }
  return events;
}

std::string done_event(const Transcript& transcript, bool with_logprobs) {
  json::object event{
      {"type", "transcript.text.done"}, {"text", whole_text(transcript.segments)}, {"usage", usage_json(transcript)}};
  if (auto languages = languages_json(transcript); !languages.empty()) event["languages"] = std::move(languages);
  if (with_logprobs) event["logprobs"] = logprobs_json(transcript.segments);
  return data_event(event) + "data: [DONE]\n\n";
}

std::string error_event(const Problem& problem) { return "event: error\ndata: " + problem_json(problem) + "\n\n"; }

Problem audio_problem(const Error& error, const std::string& model) {
  switch (status_of(error.code)) {
    case 422:  // of our own API for media that cannot be read
      return {400, error, "file"};
    case 404:
      return {404, {error.code, "the model `" + model + "` does not exist: " + error.message}, "model"};
    case 400:
      return {400, error, "model"};
    default:
      return error;
  }
}

}  // namespace v2t::http
