// A model's files, of whatever format, read: what weights are packed from, and what decoding needs to know.
#pragma once

#include <memory>

#include "base/result.h"
#include "domain/model_library.h"
#include "whisper/model_config.h"
#include "whisper/tensor_source.h"
#include "whisper/tokenizer.h"

namespace v2t::whisper {

struct OpenModel {
  std::shared_ptr<const TensorSource> tensors;  // maps the files
  ModelConfig config;
  Tokenizer tokenizer;
};

// Both: kModelInvalid names the file and what is wrong with it.
Result<std::shared_ptr<const TensorSource>> open_tensors(const ModelFiles& files);
// Reads the rest. `tensors`: what open_tensors() gave for the same files.
Result<OpenModel> open_model(const ModelFiles& files, std::shared_ptr<const TensorSource> tensors);

}  // namespace v2t::whisper
