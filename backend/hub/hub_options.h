// What the model library needs to know about its surroundings; config fills it in.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace v2t::hub {

// Values of environment variables; absent or empty: not set.
struct CacheEnvironment {
  std::optional<std::string> whisper_cache_dir;  // WHISPER_CACHE_DIR
  std::optional<std::string> hf_hub_cache;       // HF_HUB_CACHE
  std::optional<std::string> hf_home;            // HF_HOME
  std::optional<std::string> home;               // HOME
};

// Folders in the hub's cache layout. Weights that came another way lie in FOLDER/local/NAME.
struct CacheFolders {
  std::vector<std::filesystem::path> read;  // looked at in this order, without repetitions
  std::filesystem::path write;              // downloads go here; one of `read`, or empty when nothing is set
};

// Reads WHISPER_CACHE_DIR, HF_HUB_CACHE, $HF_HOME/hub, ~/.cache/huggingface/hub in this order; writes to the first
// of them that is set. "~/" at the front of a value stands for HOME. backend/tools/fetch_weights keeps the same rule.
CacheFolders cache_folders(const CacheEnvironment& environment);

// Whether a name may also be the path of a folder with a model, or of a GGML file. Only for the command line:
// names in requests are never paths.
enum class LocalPaths { kRefused, kAllowed };

struct RetryPolicy {
  int attempts = 5;          // in a row without progress
  int connect_attempts = 2;  // when the host does not answer at all
  std::chrono::milliseconds first_delay{1000};
  std::chrono::milliseconds longest_delay{60'000};  // a longer Retry-After is an error
};

struct HubOptions {
  CacheFolders folders;
  std::string endpoint = "https://huggingface.co";  // HF_ENDPOINT
  std::string token;                                // HF_TOKEN; empty: none
  bool is_offline = false;                          // HF_HUB_OFFLINE
  LocalPaths local_paths = LocalPaths::kRefused;
  std::chrono::milliseconds connect_timeout{15'000};
  std::chrono::milliseconds stall_timeout{30'000};  // nothing arrived for so long
  RetryPolicy retry;
  // Free bytes where the folder lies, for the check before a download; replaced in tests.
  std::function<uint64_t(const std::filesystem::path&)> free_bytes;
};

}  // namespace v2t::hub
