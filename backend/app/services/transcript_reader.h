// A transcript from the JSON that transcript_json() makes.
#pragma once

#include <string_view>

#include "base/result.h"
#include "domain/transcript.h"

namespace v2t {

// Of strangers: kInvalidArgument names the place ("segments[3].words[1].end_ms") and what belongs there. Unknown fields
// are passed over; segments must say start_ms, end_ms and text.
Result<Transcript> read_transcript_json(std::string_view text);

}  // namespace v2t
