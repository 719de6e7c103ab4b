// Transcripts as JSON, exactly as the API sends them and as the json export writes them.
#pragma once

#include <boost/json/fwd.hpp>
#include <span>

#include "domain/transcript.h"

namespace v2t {

// {id, edited, window, start_ms, end_ms, text, avg_logprob, no_speech_prob, compression_ratio, temperature, words:
// [...]}
boost::json::object segment_json(const Segment& segment);
boost::json::array segments_json(std::span<const Segment> segments);
boost::json::array warnings_json(std::span<const Warning> warnings);  // [{code, message}]
boost::json::object coverage_json(const Coverage& coverage);          // {speech_ms, covered_ms, unintelligible_ms}

// {name, model, language, task, duration_ms, segments: [...], warnings: [...]}, and coverage where it was measured; the
// API adds job and is_complete.
boost::json::object transcript_json(const Transcript& transcript);

}  // namespace v2t
