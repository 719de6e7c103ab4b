// Our Whisper as the product's speech engine: windows of all sessions in one running batch.
#pragma once

#include <filesystem>
#include <memory>
#include <stop_token>
#include <string_view>

#include "domain/model_library.h"
#include "domain/speech_engine.h"
#include "whisper/forward.h"
#include "whisper/speech_model.h"
#include "whisper/window_task.h"

namespace v2t::whisper {

struct EngineOptions {
  int threads = 0;    // of the numerics; 0: as many as the process may use
  int max_batch = 8;  // windows decoded together, and one more of a session that has none among them
  Context context = Context::kReduced;
  std::filesystem::path packed_folder;  // of packed weights, for faster starts (packed_file.h); empty: none
};

// Reads a model's files. kModelInvalid names the file and what is wrong with it; kCancelled.
Result<std::unique_ptr<SpeechEngine>> load_engine(const ModelFiles& files, const EngineOptions& options,
                                                  std::stop_token stop);

// Writes the model as a file of whisper.cpp; type: "f32", "f16", "q8_0", "q5_0" or "q5_1", else kInvalidArgument. Other
// errors as load_engine's, and kDiskFull.
Result<void> convert_to_ggml(const ModelFiles& files, std::string_view type, const std::filesystem::path& out,
                             std::stop_token stop);

// For people: "AVX-512 with VNNI and BF16, 2 threads".
std::string describe_processor(int threads);

// One thread of its own runs the Forward. It may be destroyed before its sessions, which are then cancelled.
std::unique_ptr<SpeechEngine> make_engine(std::shared_ptr<const SpeechModel> model, std::unique_ptr<Forward> forward,
                                          const EngineOptions& options);

}  // namespace v2t::whisper
