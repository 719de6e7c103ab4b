// Which files make a model, and where they lie in the hub's cache layout.
//   CACHE/models--OWNER--NAME/blobs/HASH
//                            /snapshots/COMMIT/model.bin -> ../../blobs/HASH
//                            /refs/main                      holds COMMIT
//   CACHE/local/NAME/model.bin                               weights that came another way
//   CACHE/local/NAME.bin                                     the same, of whisper.cpp
// Instead of model.bin: model.safetensors, or model.safetensors.index.json and its files, or one ggml-*.bin.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "domain/model_library.h"

namespace v2t::hub {

// Names of files in one folder or repository.
struct ModelLayout {
  ModelFormat format = ModelFormat::kCtranslate2;
  std::string model;
  std::vector<std::string> shards;
  std::vector<std::string> others;
};

// Of the files present, those that a model needs: CTranslate2's before safetensors before GGML, the first that is
// complete. kModelInvalid names what is missing.
Result<ModelLayout> layout_of(const std::vector<std::string>& present);
// All of them, the weights last.
std::vector<std::string> files_of(const ModelLayout& layout);

// The model in a folder, if it is complete; links that lead nowhere and empty files do not count.
Result<ModelFiles> model_in_folder(const std::filesystem::path& folder);
// Whether there are weights of some format, complete or not.
bool holds_weights(const std::filesystem::path& folder);
// A GGML model: any file that ends in .bin.
std::optional<ModelFiles> model_in_file(const std::filesystem::path& file);

// "models--owner--name"
std::filesystem::path repository_folder(const std::filesystem::path& cache, const std::string& repository);
// The complete snapshot that refs/main names; without one, the newest complete snapshot.
std::optional<ModelFiles> model_in_cache(const std::filesystem::path& cache, const std::string& repository);
std::filesystem::path local_folder(const std::filesystem::path& cache, const std::string& name);
// In that folder, or the file CACHE/local/NAME or CACHE/local/NAME.bin.
std::optional<ModelFiles> local_model(const std::filesystem::path& cache, const std::string& name);

struct FoundModel {
  std::string name;        // of a local folder
  std::string repository;  // of a snapshot
  ModelFiles files;
};
// Every complete model of one cache folder, in order of names.
std::vector<FoundModel> models_in_cache(const std::filesystem::path& cache);

// All files of the model; their sizes together.
std::vector<std::filesystem::path> paths_of(const ModelFiles& files);
uint64_t size_of(const ModelFiles& files);

}  // namespace v2t::hub
