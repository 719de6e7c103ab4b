// Which files make a model, and where they lie in the hub's cache layout.
//   CACHE/models--OWNER--NAME/blobs/HASH
//                            /snapshots/COMMIT/model.bin -> ../../blobs/HASH
//                            /refs/main                      holds COMMIT
//   CACHE/local/NAME/model.bin                               weights that came another way
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "domain/model_library.h"

namespace v2t::hub {

// Of the files present, those that a model needs, model.bin last. kModelInvalid names the first one missing.
Result<std::vector<std::string>> needed_files(const std::vector<std::string>& present);

// The model in a folder, if it is complete; links that lead nowhere and empty files do not count.
std::optional<ModelFiles> model_in_folder(const std::filesystem::path& folder);

// "models--owner--name"
std::filesystem::path repository_folder(const std::filesystem::path& cache, const std::string& repository);
// The complete snapshot that refs/main names; without one, the newest complete snapshot.
std::optional<ModelFiles> model_in_cache(const std::filesystem::path& cache, const std::string& repository);
std::filesystem::path local_folder(const std::filesystem::path& cache, const std::string& name);

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
