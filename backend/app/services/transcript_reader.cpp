// A transcript from our JSON.
#include "app/services/transcript_reader.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <cmath>
#include <string>

#include "app/services/subtitle_reader.h"
#include "base/text.h"

namespace v2t {
namespace {

namespace json = boost::json;

tl::unexpected<Error> wrong(const std::string& place, std::string_view belongs) {
  return fail(ErrorCode::kInvalidArgument, place + ": takes " + std::string(belongs));
}

// An object and where it stands, for messages.
struct Place {
  const json::object& object;
  std::string path;  // "segments[3]."
};

Result<Millis> read_time(const Place& place, std::string_view name) {
  const json::value* value = place.object.if_contains(name);
  boost::system::error_code problem;
  const auto number = value == nullptr ? 0 : value->to_number<int64_t>(problem);
  if (value == nullptr || problem || number < 0 || number > kMostMillis)
    return wrong(place.path + std::string(name), "a whole number of milliseconds");
  return Millis(number);
}

Result<std::string> read_text(const Place& place, std::string_view name) {
  const json::value* value = place.object.if_contains(name);
  if (value == nullptr || !value->is_string()) return wrong(place.path + std::string(name), "text");
  return std::string(value->as_string());
}

std::string text_or_empty(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->as_string()) : std::string();
}

float number_or_zero(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  if (value == nullptr || !value->is_number()) return 0;
  const double number = value->to_number<double>();
  return std::abs(number) < 1e6 ? static_cast<float>(number) : 0;  // what these figures can be
}

Result<const json::array*> read_list(const Place& place, std::string_view name) {
  const json::value* value = place.object.if_contains(name);
  if (value == nullptr) return nullptr;
  if (!value->is_array()) return wrong(place.path + std::string(name), "a list");
  return &value->get_array();
}

Result<Word> read_word(const json::value& value, const std::string& path) {
  if (!value.is_object()) return wrong(path, "an object");
  const Place place{value.get_object(), path + "."};
  Word word;
  TRY(word.start, read_time(place, "start_ms"));
  TRY(word.end, read_time(place, "end_ms"));
  TRY(word.text, read_text(place, "text"));
  if (word.end < word.start) return wrong(place.path + "end_ms", "a time not before start_ms");
  word.probability = number_or_zero(place.object, "probability");
  return word;
}

Result<Segment> read_segment(const json::value& value, const std::string& path) {
  if (!value.is_object()) return wrong(path, "an object");
  const Place place{value.get_object(), path + "."};
  Segment segment;
  TRY(segment.start, read_time(place, "start_ms"));
  TRY(segment.end, read_time(place, "end_ms"));
  TRY(const std::string text, read_text(place, "text"));
  if (segment.end < segment.start) return wrong(place.path + "end_ms", "a time not before start_ms");
  segment.text = std::string(trim(text));
  segment.avg_logprob = number_or_zero(place.object, "avg_logprob");
  segment.no_speech_prob = number_or_zero(place.object, "no_speech_prob");
  segment.compression_ratio = number_or_zero(place.object, "compression_ratio");
  segment.temperature = number_or_zero(place.object, "temperature");
  segment.language = text_or_empty(place.object, "language");
  segment.kind = segment_kind_from_name(text_or_empty(place.object, "kind")).value_or(SegmentKind::kSpeech);
  TRY(const json::array* words, read_list(place, "words"));
  for (size_t i = 0; words != nullptr && i < words->size(); ++i) {
    TRY(Word word, read_word((*words)[i], place.path + "words[" + std::to_string(i) + "]"));
    segment.words.push_back(std::move(word));
  }
  return segment;
}

}  // namespace

Result<Transcript> read_transcript_json(std::string_view text) {
  boost::system::error_code problem;
  const json::value root = json::parse(text, problem);
  if (problem) return fail(ErrorCode::kInvalidArgument, "the JSON is damaged: " + problem.message());
  if (!root.is_object()) return fail(ErrorCode::kInvalidArgument, "the JSON is no transcript: it has no segments");
  const Place place{root.get_object(), ""};
  TRY(const json::array* segments, read_list(place, "segments"));
  if (segments == nullptr) return fail(ErrorCode::kInvalidArgument, "the JSON is no transcript: it has no segments");
  Transcript transcript;
  transcript.name = text_or_empty(place.object, "name");
  transcript.model = text_or_empty(place.object, "model");
  transcript.language = text_or_empty(place.object, "language");
  transcript.task = text_or_empty(place.object, "task") == "translate" ? Task::kTranslate : Task::kTranscribe;
  for (size_t i = 0; i < segments->size(); ++i) {
    TRY(Segment segment, read_segment((*segments)[i], "segments[" + std::to_string(i) + "]"));
    transcript.segments.push_back(std::move(segment));
  }
  return transcript;
}

}  // namespace v2t
