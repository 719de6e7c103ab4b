// The seam to the models: a name becomes verified local files, downloaded at first use.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace v2t {

// Who wrote the weights: CTranslate2 (faster-whisper's repositories), the Hugging Face library, whisper.cpp.
enum class ModelFormat { kCtranslate2, kSafetensors, kGgml };

struct ModelFiles {
  std::string name;  // as asked for: "base", "owner/name"
  ModelFormat format = ModelFormat::kCtranslate2;
  std::filesystem::path model;                // model.bin, model.safetensors or its index, ggml-*.bin
  std::vector<std::filesystem::path> shards;  // model-00001-of-00002.safetensors ..., where `model` is an index
  std::vector<std::filesystem::path> others;  // config.json, tokenizer.json ...; none beside a GGML file

  // Of the others, by name: "config.json".
  std::optional<std::filesystem::path> find(std::string_view file) const {
    for (const auto& path : others)
      if (path.filename() == file) return path;
    return std::nullopt;
  }
};

struct ModelProgress {
  std::string model;
  std::string file;          // being downloaded or verified now
  uint64_t bytes_done = 0;   // of the whole model
  uint64_t bytes_total = 0;  // 0 while unknown
};
using ModelProgressCallback = std::function<void(const ModelProgress&)>;

struct ModelEntry {
  std::string name;         // "base"
  std::string repository;   // "Systran/faster-whisper-base"; empty for local models
  uint64_t size_bytes = 0;  // on disk, or roughly what a download takes
  bool is_downloaded = false;
  std::filesystem::path folder;  // where it lies; empty when not downloaded
};

// Thread-safe. Asking twice for one model at once downloads it once, across processes too.
class ModelLibrary {
 public:
  virtual ~ModelLibrary() = default;
  // Errors: kInvalidArgument (bad name), kNotFound (no such model), kModelUnavailable (cannot be downloaded now),
  // kForbidden (gated), kModelInvalid, kDiskFull, kCancelled. `progress` is called from the calling thread.
  virtual Result<ModelFiles> get(const std::string& name, const ModelProgressCallback& progress,
                                 std::stop_token stop) = 0;
  // Reads every file of a model that is here and compares it with its checksum. kModelInvalid names the first that
  // differs; kNotFound when the model is not here; files without a known checksum count as good.
  virtual Result<ModelFiles> verify(const std::string& name, const ModelProgressCallback& progress,
                                    std::stop_token stop) = 0;
  // The known names, and what else lies in the caches.
  virtual Result<std::vector<ModelEntry>> list() = 0;
};

}  // namespace v2t
