// All that decoding needs to know of a loaded model besides its weights. Immutable; shared by threads.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "domain/speech_engine.h"
#include "whisper/decode_rules.h"
#include "whisper/model_config.h"
#include "whisper/tokenizer.h"

namespace v2t::whisper {

struct SpeechModel {
  SpeechModel(std::string model_name, ModelConfig model_config, Tokenizer model_tokenizer);

  std::string name;
  ModelConfig config;
  Tokenizer tokenizer;
  DecodeRules rules;
  bool is_multilingual;                                // English-only models know neither languages nor tasks
  std::vector<std::pair<std::string, int>> languages;  // code, token; only English, without a token, in those
};

// What the decoder is fed before the first token that it chooses.
struct Prompt {
  std::vector<int> tokens;
  size_t start_of_transcript = 0;  // its index: no-speech probability is read there, alignment counts from there
};

// The prompt, for a language and a task of the model: kInvalidArgument for others. Of options.initial_prompt the last
// n_text_positions / 2 - 1 tokens are taken (223).
Result<Prompt> make_prompt(const SpeechModel& model, const DecodeOptions& options, Timestamps timestamps);

}  // namespace v2t::whisper
