// Writes a model as whisper.cpp's legacy format, which whisper.cpp and we read; see ggml_model.h for the layout.
#pragma once

#include <filesystem>
#include <stop_token>

#include "base/result.h"
#include "whisper/ggml_model.h"
#include "whisper/model_reader.h"

namespace v2t::whisper {

// Matrices as `type` (kF32, kF16, kQ8_0, kQ5_0 or kQ5_1); convolutions in float16 unless kF32; all else in float32.
// Appears whole or not at all. kModelInvalid when a tensor is missing; kInvalidArgument for another type; kDiskFull;
// kCancelled.
Result<void> write_ggml(const OpenModel& model, GgmlType type, const std::filesystem::path& path, std::stop_token stop);

}  // namespace v2t::whisper
