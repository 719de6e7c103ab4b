// Which files make a model, and where they lie.
#include "hub/model_folder.h"

#include <algorithm>

#include "base/file.h"
#include "base/text.h"
#include "hub/listing.h"
#include "hub/model_name.h"

namespace v2t::hub {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kRepositoryPrefix = "models--";

// Listing folders never throws: a folder that cannot be read holds nothing for us.
std::vector<fs::path> entries_of(const fs::path& folder) {
  std::vector<fs::path> entries;
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error))
    entries.push_back(it->path());
  std::ranges::sort(entries);
  return entries;
}

bool is_there(const fs::path& file) {
  std::error_code error;
  return fs::is_regular_file(file, error) && fs::file_size(file, error) > 0 && !error;
}

fs::file_time_type time_of(const fs::path& path) {
  std::error_code error;
  const auto time = fs::last_write_time(path, error);
  return error ? fs::file_time_type::min() : time;
}

// "models--owner--name" -> "owner/name"; nullopt for what is none.
std::optional<std::string> repository_of(const std::string& folder_name) {
  if (!folder_name.starts_with(kRepositoryPrefix)) return std::nullopt;
  std::string name = folder_name.substr(kRepositoryPrefix.size());
  const size_t dashes = name.find("--");
  if (dashes == std::string::npos) return std::nullopt;
  name.replace(dashes, 2, "/");
  if (!parse_model_name(name)) return std::nullopt;
  return name;
}

}  // namespace

Result<std::vector<std::string>> needed_files(const std::vector<std::string>& present) {
  auto has = [&](std::string_view name) { return std::ranges::find(present, name) != present.end(); };
  for (const char* name : {"model.bin", "config.json", "tokenizer.json"})
    if (!has(name))
      return fail(ErrorCode::kModelInvalid, "no " + std::string(name) +
                                                ": not a Whisper model in CTranslate2's layout (as faster-whisper's); "
                                                "choose one of " +
                                                known_model_names());
  if (!has("vocabulary.json") && !has("vocabulary.txt"))
    return fail(ErrorCode::kModelInvalid, "neither vocabulary.json nor vocabulary.txt: not a complete Whisper model");
  std::vector<std::string> needed{"config.json", "tokenizer.json"};
  needed.emplace_back(has("vocabulary.json") ? "vocabulary.json" : "vocabulary.txt");
  if (has("preprocessor_config.json")) needed.emplace_back("preprocessor_config.json");
  needed.emplace_back("model.bin");
  return needed;
}

std::optional<ModelFiles> model_in_folder(const fs::path& folder) {
  std::vector<std::string> present;
  for (const fs::path& entry : entries_of(folder))
    if (is_there(entry)) present.push_back(entry.filename().string());
  const auto needed = needed_files(present);
  if (!needed) return std::nullopt;
  ModelFiles files;
  files.model = folder / "model.bin";
  files.config = folder / "config.json";
  files.tokenizer = folder / "tokenizer.json";
  files.vocabulary = folder / (*needed)[2];
  if (needed->size() > 4) files.preprocessor = folder / "preprocessor_config.json";
  return files;
}

fs::path repository_folder(const fs::path& cache, const std::string& repository) {
  const size_t slash = repository.find('/');
  return cache / (std::string(kRepositoryPrefix) + repository.substr(0, slash) + "--" + repository.substr(slash + 1));
}

std::optional<ModelFiles> model_in_cache(const fs::path& cache, const std::string& repository) {
  const fs::path folder = repository_folder(cache, repository);
  const auto main = read_file(folder / "refs/main", 1000);
  if (main && is_commit(trim(*main)))
    if (auto files = model_in_folder(folder / "snapshots" / trim(*main))) return files;
  auto snapshots = entries_of(folder / "snapshots");
  std::ranges::sort(snapshots, std::greater(), [](const fs::path& path) { return std::pair(time_of(path), path); });
  for (const fs::path& snapshot : snapshots)
    if (auto files = model_in_folder(snapshot)) return files;
  return std::nullopt;
}

fs::path local_folder(const fs::path& cache, const std::string& name) { return cache / "local" / name; }

std::vector<FoundModel> models_in_cache(const fs::path& cache) {
  std::vector<FoundModel> found;
  for (const fs::path& folder : entries_of(cache / "local")) {
    const std::string name = folder.filename().string();
    if (!parse_model_name(name)) continue;
    if (auto files = model_in_folder(folder)) found.push_back({name, "", *files});
  }
  for (const fs::path& folder : entries_of(cache)) {
    const auto repository = repository_of(folder.filename().string());
    if (!repository) continue;
    if (auto files = model_in_cache(cache, *repository)) found.push_back({"", *repository, *files});
  }
  return found;
}

std::vector<fs::path> paths_of(const ModelFiles& files) {
  std::vector<fs::path> paths{files.config, files.tokenizer, files.vocabulary, files.model};
  if (files.preprocessor) paths.push_back(*files.preprocessor);
  return paths;
}

uint64_t size_of(const ModelFiles& files) {
  uint64_t size = 0;
  for (const fs::path& path : paths_of(files)) {
    std::error_code error;
    const auto bytes = fs::file_size(path, error);
    if (!error) size += bytes;
  }
  return size;
}

}  // namespace v2t::hub
