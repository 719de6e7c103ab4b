// Where models are looked for and written to.
#include <algorithm>

#include "hub/hub_options.h"

namespace v2t::hub {
namespace {

bool is_set(const std::optional<std::string>& value) { return value && !value->empty(); }

std::filesystem::path expanded(const std::string& value, const std::optional<std::string>& home) {
  return is_set(home) && value.starts_with("~/") ? *home + value.substr(1) : value;
}

}  // namespace

CacheFolders cache_folders(const CacheEnvironment& environment) {
  CacheFolders folders;
  auto add = [&](const std::filesystem::path& folder) {
    if (std::ranges::find(folders.read, folder) == folders.read.end()) folders.read.push_back(folder);
  };
  const auto& home = environment.home;
  if (is_set(environment.whisper_cache_dir)) add(expanded(*environment.whisper_cache_dir, home));
  if (is_set(environment.hf_hub_cache)) add(expanded(*environment.hf_hub_cache, home));
  if (is_set(environment.hf_home)) add(expanded(*environment.hf_home, home) / "hub");
  if (is_set(home)) add(std::filesystem::path(*home) / ".cache/huggingface/hub");
  if (!folders.read.empty()) folders.write = folders.read.front();
  return folders;
}

}  // namespace v2t::hub
