// Whisper weights as the Hugging Face library saves them: model.safetensors, in one file or several.
#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include "base/result.h"
#include "whisper/tensor_source.h"

namespace v2t::whisper {

// Maps the files; immutable, thread-safe. Errors: those of MappedFile::open, and kModelInvalid, which names the file.
// proj_out.weight is not read: Whisper's projection is its embeddings.
Result<std::shared_ptr<const TensorSource>> open_safetensors_model(const std::vector<std::filesystem::path>& files);

}  // namespace v2t::whisper
