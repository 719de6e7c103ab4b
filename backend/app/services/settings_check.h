// What a job may be asked for.
#pragma once

#include "domain/job.h"

namespace v2t {

// kInvalidArgument whose message begins with the setting's name: a model name that is no "name" or "owner/name", a
// language that Whisper does not know, a prompt above 2,000 characters or with invalid UTF-8, a track below 1, more
// than 200 hotwords or one of more than 100 characters, a beam size that is not 1 to 10.
Result<void> check_settings(const JobSettings& settings);

}  // namespace v2t
