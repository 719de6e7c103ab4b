// What a model is: dimensions from the shapes of its tensors, decoding settings from its config.json.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "whisper/forward.h"
#include "whisper/tensor_source.h"

namespace v2t::whisper {

struct ModelConfig {
  Dimensions dimensions;
  std::vector<AlignmentHead> alignment_heads;  // never empty: all heads of the last half of the layers by default
  std::vector<int> suppressed_tokens;          // never sampled
  std::vector<int> suppressed_at_begin;        // not sampled as first token: the space and the end
  std::vector<int> language_tokens;            // may be empty: then the tokenizer's
};

// config_json, preprocessor_json: the files' contents. `name` stands in messages. kModelInvalid for tensors that are
// missing or do not fit each other, for JSON that is broken, and for numbers out of range.
Result<ModelConfig> read_model_config(const TensorSource& tensors, std::string_view config_json,
                                      std::optional<std::string_view> preprocessor_json, const std::string& name);

}  // namespace v2t::whisper
