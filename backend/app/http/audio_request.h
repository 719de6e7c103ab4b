// The fields of /v1/audio/transcriptions and /v1/audio/translations (the API of OpenAI), checked.
#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "app/http/message.h"
#include "domain/job.h"

namespace v2t::http {

enum class AudioFormat { kJson, kText, kSrt, kVerboseJson, kVtt };

struct AudioRequest {
  JobSettings settings;
  AudioFormat format = AudioFormat::kJson;
  bool wants_words = false;  // of verbose_json
  bool wants_segments = true;
  bool wants_logprobs = false;
  bool is_stream = false;
  bool keeps_job = false;  // ours: the job stays in the owner's list
};

using FormFields = std::vector<std::pair<std::string, std::string>>;

// `defaults`: the server's model. Fields that nobody knows are passed over, as are those that ask for what is done
// anyway (chunking_strategy). 400 with the field's name for what cannot be done.
Outcome<AudioRequest> parse_audio_request(const FormFields& fields, Task task, const JobSettings& defaults);

// "whisper-1" and the names of OpenAI's later models stand for the server's own; all else is a model's name.
std::string local_model(const std::string& name, const std::string& default_model);
// The names that stand for the server's model.
std::span<const std::string_view> model_aliases();

}  // namespace v2t::http
