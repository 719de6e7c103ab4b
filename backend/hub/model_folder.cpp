// Which files make a model, and where they lie.
#include "hub/model_folder.h"

#include <algorithm>
#include <regex>

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

bool has(const std::vector<std::string>& present, std::string_view name) {
  return std::ranges::find(present, name) != present.end();
}

constexpr std::string_view kIndex = "model.safetensors.index.json";

bool is_ggml(std::string_view name) { return name.starts_with("ggml-") && name.ends_with(".bin"); }

tl::unexpected<Error> missing(const std::string& file, const std::string& weights) {
  return fail(ErrorCode::kModelInvalid, "no " + file + " beside " + weights +
                                            ": not a complete Whisper model; get it whole, or choose one of " +
                                            known_model_names());
}

void take_if_there(ModelLayout& layout, const std::vector<std::string>& present, const std::string& name) {
  if (has(present, name)) layout.others.push_back(name);
}

// nullopt: no weights of the format.
using FoundLayout = Result<std::optional<ModelLayout>>;

FoundLayout find_ctranslate2(const std::vector<std::string>& present) {
  if (!has(present, "model.bin")) return std::nullopt;
  ModelLayout layout{ModelFormat::kCtranslate2, "model.bin", {}, {"config.json", "tokenizer.json"}};
  for (const std::string& name : layout.others)
    if (!has(present, name)) return missing(name, "model.bin");
  if (!has(present, "vocabulary.json") && !has(present, "vocabulary.txt"))
    return missing("vocabulary.json or vocabulary.txt", "model.bin");
  layout.others.emplace_back(has(present, "vocabulary.json") ? "vocabulary.json" : "vocabulary.txt");
  take_if_there(layout, present, "preprocessor_config.json");
  return layout;
}

// model-00001-of-00003.safetensors ...: all of them, when one is there.
Result<std::vector<std::string>> shards_of(const std::vector<std::string>& present) {
  static const std::regex kShard("model-[0-9]{5}-of-([0-9]{5})\\.safetensors");
  std::smatch match;
  const auto one =
      std::ranges::find_if(present, [&](const auto& name) { return std::regex_match(name, match, kShard); });
  if (one == present.end()) return missing("model-00001-of-....safetensors", std::string(kIndex));
  const std::string total = match[1];
  std::vector<std::string> shards;
  for (int i = 1; i <= std::stoi(total); ++i) {  // five digits
    const std::string number = std::to_string(i);
    shards.push_back("model-" + std::string(5 - number.size(), '0') + number + "-of-" + total + ".safetensors");
    if (!has(present, shards.back())) return missing(shards.back(), std::string(kIndex));
  }
  return shards;
}

FoundLayout find_safetensors(const std::vector<std::string>& present) {
  const bool is_single = has(present, "model.safetensors");
  if (!is_single && !has(present, kIndex)) return std::nullopt;
  ModelLayout layout{ModelFormat::kSafetensors, is_single ? "model.safetensors" : std::string(kIndex), {}, {}};
  if (!is_single) {
    TRY(layout.shards, shards_of(present));
  }
  if (!has(present, "config.json")) return missing("config.json", layout.model);
  layout.others = {"config.json"};
  if (has(present, "tokenizer.json")) {
    layout.others.emplace_back("tokenizer.json");
  } else {
    for (const char* name : {"vocab.json", "merges.txt", "added_tokens.json"}) {
      if (!has(present, name)) return missing("tokenizer.json (nor " + std::string(name) + ")", layout.model);
      layout.others.emplace_back(name);
    }
  }
  take_if_there(layout, present, "generation_config.json");
  take_if_there(layout, present, "preprocessor_config.json");
  return layout;
}

FoundLayout find_ggml(const std::vector<std::string>& present) {
  std::vector<std::string> found;
  for (const std::string& name : present)
    if (is_ggml(name)) found.push_back(name);
  if (found.empty()) return std::nullopt;
  if (found.size() == 1) return ModelLayout{ModelFormat::kGgml, found[0], {}, {}};
  return fail(ErrorCode::kModelInvalid, "it holds " + std::to_string(found.size()) + " GGML models (" + found[0] +
                                            ", " + found[1] + " ...): get the one you want and name its path");
}

}  // namespace

Result<ModelLayout> layout_of(const std::vector<std::string>& present) {
  std::optional<Error> first;  // of a format whose weights are there, but not all else
  for (const auto find : {find_ctranslate2, find_safetensors, find_ggml}) {
    auto layout = find(present);
    if (!layout && !first) first = layout.error();
    if (layout && *layout) return **layout;
  }
  if (first) return tl::unexpected(*first);
  const bool has_torch = has(present, "pytorch_model.bin");
  return fail(ErrorCode::kModelInvalid,
              std::string("neither model.bin (CTranslate2, as faster-whisper's), model.safetensors (Hugging Face) nor "
                          "ggml-*.bin (whisper.cpp)") +
                  (has_torch ? ", only pytorch_model.bin, which is not read" : "") +
                  ": not a Whisper model that can be used; choose one of " + known_model_names());
}

std::vector<std::string> files_of(const ModelLayout& layout) {
  std::vector<std::string> files = layout.others;
  files.push_back(layout.model);
  files.insert(files.end(), layout.shards.begin(), layout.shards.end());
  return files;
}

Result<ModelFiles> model_in_folder(const fs::path& folder) {
  std::vector<std::string> present;
  for (const fs::path& entry : entries_of(folder))
    if (is_there(entry)) present.push_back(entry.filename().string());
  const auto layout = layout_of(present);
  if (!layout) return wrap(layout.error(), folder.string());
  ModelFiles files{.format = layout->format, .model = folder / layout->model};
  for (const std::string& shard : layout->shards) files.shards.push_back(folder / shard);
  for (const std::string& other : layout->others) files.others.push_back(folder / other);
  return files;
}

bool holds_weights(const fs::path& folder) {
  return std::ranges::any_of(entries_of(folder), [](const fs::path& entry) {
    const std::string name = entry.filename().string();
    return is_there(entry) && (name == "model.bin" || name == "model.safetensors" || name == kIndex || is_ggml(name));
  });
}

std::optional<ModelFiles> model_in_file(const fs::path& file) {
  if (file.extension() != ".bin" || !is_there(file)) return std::nullopt;
  return ModelFiles{.format = ModelFormat::kGgml, .model = file};
}

fs::path repository_folder(const fs::path& cache, const std::string& repository) {
  const size_t slash = repository.find('/');
  return cache / (std::string(kRepositoryPrefix) + repository.substr(0, slash) + "--" + repository.substr(slash + 1));
}

std::optional<ModelFiles> model_in_cache(const fs::path& cache, const std::string& repository) {
  const fs::path folder = repository_folder(cache, repository);
  const auto main = read_file(folder / "refs/main", 1000);
  if (main && is_commit(trim(*main)))
    if (auto files = model_in_folder(folder / "snapshots" / trim(*main))) return *files;
  auto snapshots = entries_of(folder / "snapshots");
  std::ranges::sort(snapshots, std::greater(), [](const fs::path& path) { return std::pair(time_of(path), path); });
  for (const fs::path& snapshot : snapshots)
    if (auto files = model_in_folder(snapshot)) return *files;
  return std::nullopt;
}

fs::path local_folder(const fs::path& cache, const std::string& name) { return cache / "local" / name; }

std::optional<ModelFiles> local_model(const fs::path& cache, const std::string& name) {
  const fs::path folder = local_folder(cache, name);
  if (auto files = model_in_folder(folder)) return *files;
  if (auto files = model_in_file(folder)) return files;
  return model_in_file(folder.string() + ".bin");
}

std::vector<FoundModel> models_in_cache(const fs::path& cache) {
  std::vector<FoundModel> found;
  for (const fs::path& entry : entries_of(cache / "local")) {
    const std::string name = (entry.extension() == ".bin" ? entry.stem() : entry.filename()).string();
    if (!parse_model_name(name)) continue;
    if (auto files = local_model(cache, name)) found.push_back({name, "", *files});
  }
  for (const fs::path& folder : entries_of(cache)) {
    const auto repository = repository_of(folder.filename().string());
    if (!repository) continue;
    if (auto files = model_in_cache(cache, *repository)) found.push_back({"", *repository, *files});
  }
  return found;
}

std::vector<fs::path> paths_of(const ModelFiles& files) {
  std::vector<fs::path> paths = files.others;
  paths.push_back(files.model);
  paths.insert(paths.end(), files.shards.begin(), files.shards.end());
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
