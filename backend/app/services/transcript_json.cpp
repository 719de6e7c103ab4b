// Transcripts as JSON.
#include "app/services/transcript_json.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cmath>

#include "base/text.h"

namespace v2t {
namespace {

namespace json = boost::json;

// Four decimals say all that these figures mean. JSON has no infinities: null.
json::value number(float value) {
  if (!std::isfinite(value)) return nullptr;
  return std::round(static_cast<double>(value) * 1e4) / 1e4;
}

json::object word_json(const Word& word) {
  return {{"start_ms", word.start.count()},
          {"end_ms", word.end.count()},
          {"text", to_valid_utf8(word.text)},
          {"probability", number(word.probability)},
          {"checked", word.checked}};
}

}  // namespace

json::object coverage_json(const Coverage& coverage) {
  return {{"speech_ms", to_millis(coverage.speech).count()},
          {"covered_ms", to_millis(coverage.covered).count()},
          {"unintelligible_ms", to_millis(coverage.unintelligible).count()}};
}

json::object segment_json(const Segment& segment) {
  json::array words;
  words.reserve(segment.words.size());
  for (const auto& word : segment.words) words.push_back(word_json(word));
  return {{"id", segment.id},
          {"window", segment.window},
          {"start_ms", segment.start.count()},
          {"end_ms", segment.end.count()},
          {"text", to_valid_utf8(segment.text)},
          {"avg_logprob", number(segment.avg_logprob)},
          {"no_speech_prob", number(segment.no_speech_prob)},
          {"compression_ratio", number(segment.compression_ratio)},
          {"temperature", number(segment.temperature)},
          {"words", std::move(words)},
          {"language", segment.language.empty() ? json::value() : json::value(segment.language)},
          {"kind", segment_kind_name(segment.kind)},
          {"edited", segment.edited}};
}

json::array segments_json(std::span<const Segment> segments) {
  json::array out;
  out.reserve(segments.size());
  for (const auto& segment : segments) out.push_back(segment_json(segment));
  return out;
}

json::array warnings_json(std::span<const Warning> warnings) {
  json::array out;
  for (const auto& warning : warnings)
    out.push_back({{"code", warning_code_name(warning.code)}, {"message", to_valid_utf8(warning.message)}});
  return out;
}

json::object transcript_json(const Transcript& transcript) {
  json::object out{{"name", to_valid_utf8(transcript.name)},
                   {"model", transcript.model},
                   {"language", transcript.language},
                   {"task", transcript.task == Task::kTranslate ? "translate" : "transcribe"},
                   {"duration_ms", transcript.duration.count()},
                   {"segments", segments_json(transcript.segments)},
                   {"warnings", warnings_json(transcript.warnings)}};
  if (transcript.coverage) out["coverage"] = coverage_json(*transcript.coverage);
  return out;
}

}  // namespace v2t
