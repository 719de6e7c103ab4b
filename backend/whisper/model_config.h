// What a model is: dimensions from the shapes of its tensors, decoding settings from its JSON files.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "whisper/dimensions.h"
#include "whisper/tensor_source.h"
#include "whisper/tokenizer.h"

namespace v2t::whisper {

struct ModelConfig {
  Dimensions dimensions;
  std::vector<AlignmentHead> alignment_heads;  // never empty: default_alignment_heads() where none are stated
  std::vector<int> suppressed_tokens;          // never sampled
  std::vector<int> suppressed_at_begin;        // not sampled as first token: the space and the end
  std::vector<int> language_tokens;            // may be empty: then the tokenizer's
};

// From the shapes of the tensors; `name` of the file stands in messages. kModelInvalid when they are missing or do not
// fit.
Result<Dimensions> read_dimensions(const TensorSource& tensors, const std::string& name);

// config_json, preprocessor_json: the files' contents. `name` stands in messages. kModelInvalid for tensors that are
// missing or do not fit each other, for JSON that is broken, and for numbers out of range.
Result<ModelConfig> read_model_config(const TensorSource& tensors, std::string_view config_json,
                                      std::optional<std::string_view> preprocessor_json, const std::string& name);

// The same from the files of the Hugging Face library; `folder` stands in messages.
struct HuggingFaceJson {
  std::string_view config;                       // config.json
  std::optional<std::string_view> generation;    // generation_config.json
  std::optional<std::string_view> preprocessor;  // preprocessor_config.json
};
Result<ModelConfig> read_hugging_face_config(const TensorSource& tensors, const HuggingFaceJson& json,
                                             const std::string& folder);

// OpenAI's settings, for a model whose files state none. kModelInvalid when its tensors are not of the stated sizes.
Result<ModelConfig> openai_config(const TensorSource& tensors, const Dimensions& stated, const Tokenizer& tokenizer,
                                  const std::string& name);

}  // namespace v2t::whisper
