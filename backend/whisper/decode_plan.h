// How one session's windows are decoded. Immutable; shared by threads.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "domain/speech_engine.h"
#include "whisper/hotwords.h"
#include "whisper/reduced_context.h"
#include "whisper/speech_model.h"

namespace v2t::whisper {

struct DecodePlan {
  DecodeOptions options;
  Prompt prompt;                  // in the language of the options
  Prompt prompt_with_timestamps;  // for what is decoded beyond an early end, and second tries
  Hotwords hotwords;
  int n_beams = 1;
  int n_beams_in_doubt = 1;  // where the first try is unsure
  // To tell apart: code, token; none where the language is given. `expected` is the index of the options' language.
  std::vector<std::pair<std::string, int>> languages;
  size_t expected = 0;
  Context context = Context::kReduced;
};

// kInvalidArgument for options that make no sense, or a language or a task that the model does not have.
Result<std::shared_ptr<const DecodePlan>> make_decode_plan(const SpeechModel& model, DecodeOptions options,
                                                           Context context);

}  // namespace v2t::whisper
