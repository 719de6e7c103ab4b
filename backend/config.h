// Every setting once: its flag, environment name, default, help, and check.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/log.h"
#include "base/result.h"

namespace v2t {

struct Config {
  // server
  std::string host = "127.0.0.1";
  uint16_t port = 7860;
  bool trust_proxy = false;
  bool open_api = false;       // /v1 without a key, also where others can reach it
  int heartbeat_seconds = 10;  // the longest silence of an answer of /v1 that takes its time
  std::string metrics_token;
  std::string api_keys;  // NAME=SECRET,...: beside those of `video2text keys`
  uint64_t max_upload_bytes = 20'000'000'000;
  int uploads_at_once = 20;     // of one owner or address
  int audio_hours_per_day = 0;  // the same; 0: no limit
  uint64_t bytes_per_day = 0;   // the same
  int media_hours = 0;          // 0: media is kept until its job is deleted
  int transcript_days = 0;      // 0: kept until deleted
  std::filesystem::path data_dir;
  std::string space_id;    // on a Hugging Face Space: "owner/name"
  std::string bucket_dir;  // empty: none
  std::filesystem::path static_dir;
  // recognition
  std::string model = "base";
  int threads = 0;  // 0: all that the process may use
  std::filesystem::path voice_activity_weights;
  // model hub
  std::string whisper_cache_dir;  // empty: not set; the order of these is in hub/hub_options.h
  std::string hf_hub_cache;
  std::string hf_home;
  std::string home;
  std::string hub_endpoint = "https://huggingface.co";
  std::string hub_token;
  bool hub_offline = false;
  // log
  log::Level log_level = log::Level::kInfo;
  log::Format log_format = log::Format::kText;
};

// Where a value came from, for `doctor`.
enum class SettingSource { kDefault, kEnvironment, kFlag };

struct Setting {
  std::string_view flag;         // "--port"; empty: no flag
  std::string_view environment;  // "PORT"
  std::string_view help;
  bool is_secret = false;
  Result<void> (*apply)(Config& config, const std::string& value);  // checks and stores
  std::string (*show)(const Config& config);                        // the value in force
};

// In the order of help and `doctor`.
std::span<const Setting> settings();

using EnvironmentLookup = std::function<std::optional<std::string>(std::string_view name)>;
// Whether the server listens for programs of this machine alone.
bool is_local(const Config& config);

// The only reading of the process's environment.
std::optional<std::string> process_environment(std::string_view name);

struct LoadedConfig {
  Config config;
  std::map<std::string_view, SettingSource> sources;  // by Setting::environment
};

// Flags win over the environment, the environment over defaults. On a Hugging Face Space (SPACE_ID is set) some
// defaults differ: its proxy is trusted, media is kept for a day, a bucket is looked for at /data, threads are as many
// as CPU_CORES says. `flags`: "--port" -> "8000". `program`: the folder that holds the binary; the page and the
// voice-activity weights are looked for beside it. kInvalidArgument names the setting, where its value came from, and
// what it takes.
Result<LoadedConfig> load_config(const std::map<std::string, std::string>& flags, const EnvironmentLookup& environment,
                                 const std::filesystem::path& program_folder);

}  // namespace v2t
