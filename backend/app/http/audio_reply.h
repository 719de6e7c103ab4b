// Transcripts in the shapes of OpenAI's audio API: bodies, stream events, errors.
#pragma once

#include <span>
#include <string>

#include "app/http/audio_request.h"
#include "app/http/message.h"
#include "domain/transcript.h"

namespace v2t::http {

// The segments' texts, one after the other.
std::string whole_text(std::span<const Segment> segments);

// The whole answer of a request without a stream.
Response audio_response(const AudioRequest& request, const Transcript& transcript);

// Events of a stream. `is_first`: nothing was said before. Deltas, one after the other, are the text of the last event.
std::string delta_events(std::span<const Segment> segments, const std::string& text_before, bool with_logprobs);
std::string done_event(const Transcript& transcript, bool with_logprobs);
std::string error_event(const Problem& problem);

// Why a job failed, in the statuses of OpenAI: media that cannot be read are the request's fault (400), a model that
// does not exist is 404.
Problem audio_problem(const Error& error, const std::string& model);

}  // namespace v2t::http
