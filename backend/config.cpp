// The table of settings and how they are read.
#include "config.h"

#include <array>
#include <charconv>
#include <cstdlib>

#include "base/text.h"

namespace v2t {
namespace {

Result<uint64_t> parse_number(const std::string& value, uint64_t least, uint64_t most) {
  uint64_t number = 0;
  const auto [end, problem] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (problem != std::errc() || end != value.data() + value.size() || number < least || number > most)
    return fail(ErrorCode::kInvalidArgument,
                "takes a whole number from " + std::to_string(least) + " to " + std::to_string(most));
  return number;
}

Result<bool> parse_switch(const std::string& value) {
  const std::string lower = to_lower_ascii(value);
  if (lower == "1" || lower == "true" || lower == "yes" || lower == "on") return true;
  if (lower == "0" || lower == "false" || lower == "no" || lower == "off" || lower.empty()) return false;
  return fail(ErrorCode::kInvalidArgument, "takes 1 or 0");
}

template <auto member>
Result<void> apply_text(Config& config, const std::string& value) {
  if (value.empty()) return fail(ErrorCode::kInvalidArgument, "must not be empty");
  config.*member = value;
  return {};
}

template <auto member>
Result<void> apply_switch(Config& config, const std::string& value) {
  TRY(config.*member, parse_switch(value));
  return {};
}

template <auto member, uint64_t least, uint64_t most>
Result<void> apply_number(Config& config, const std::string& value) {
  TRY(const uint64_t number, parse_number(value, least, most));
  config.*member = static_cast<std::remove_reference_t<decltype(config.*member)>>(number);
  return {};
}

template <auto member>
std::string show_text(const Config& config) {
  if constexpr (std::is_same_v<decltype(member), std::filesystem::path Config::*>)
    return (config.*member).string();
  else
    return config.*member;
}

template <auto member>
std::string show_number(const Config& config) {
  return std::to_string(config.*member);
}

Result<void> apply_log_level(Config& config, const std::string& value) {
  const std::string lower = to_lower_ascii(value);
  if (lower == "debug")
    config.log_level = log::Level::kDebug;
  else if (lower == "info")
    config.log_level = log::Level::kInfo;
  else if (lower == "warning")
    config.log_level = log::Level::kWarning;
  else if (lower == "error")
    config.log_level = log::Level::kError;
  else
    return fail(ErrorCode::kInvalidArgument, "takes debug, info, warning or error");
  return {};
}

Result<void> apply_log_format(Config& config, const std::string& value) {
  if (value == "text")
    config.log_format = log::Format::kText;
  else if (value == "json")
    config.log_format = log::Format::kJson;
  else
    return fail(ErrorCode::kInvalidArgument, "takes text or json");
  return {};
}

std::string show_log_level(const Config& config) {
  constexpr std::array kNames{"debug", "info", "warning", "error", "silent"};
  return kNames.at(static_cast<size_t>(config.log_level));
}

Result<void> apply_bucket_dir(Config& config, const std::string& value) {
  config.bucket_dir = value == "off" ? "" : value;
  return {};
}

std::string show_log_format(const Config& config) { return config.log_format == log::Format::kJson ? "json" : "text"; }

constexpr uint64_t kTerabyte = 1'000'000'000'000;

constexpr std::array kSettings{
    Setting{"--host", "HOST", "address to serve on; 0.0.0.0 for every network", false, apply_text<&Config::host>,
            show_text<&Config::host>},
    Setting{"--port", "PORT", "port to serve on; 0 takes a free one", false, apply_number<&Config::port, 0, 65535>,
            show_number<&Config::port>},
    Setting{"--data-dir", "DATA_DIR", "folder of jobs and media", false, apply_text<&Config::data_dir>,
            show_text<&Config::data_dir>},
    Setting{"--static-dir", "STATIC_DIR", "folder of the built page", false, apply_text<&Config::static_dir>,
            show_text<&Config::static_dir>},
    Setting{"--max-upload-bytes", "MAX_UPLOAD_BYTES", "largest media file that is taken", false,
            apply_number<&Config::max_upload_bytes, 1, kTerabyte>, show_number<&Config::max_upload_bytes>},
    Setting{"--uploads-at-once", "UPLOADS_AT_ONCE", "uploads under way of one owner or address", false,
            apply_number<&Config::uploads_at_once, 1, 10'000>, show_number<&Config::uploads_at_once>},
    Setting{"--audio-hours-per-day", "AUDIO_HOURS_PER_DAY",
            "hours of audio that one owner or address may have transcribed in a day; 0: no limit", false,
            apply_number<&Config::audio_hours_per_day, 0, 1'000'000>, show_number<&Config::audio_hours_per_day>},
    Setting{"--bytes-per-day", "BYTES_PER_DAY", "bytes that one owner or address may upload in a day; 0: no limit",
            false, apply_number<&Config::bytes_per_day, 0, 1000 * kTerabyte>, show_number<&Config::bytes_per_day>},
    Setting{"--media-hours", "MEDIA_HOURS", "delete media this long after its job has ended; 0 keeps it", false,
            apply_number<&Config::media_hours, 0, 87600>, show_number<&Config::media_hours>},
    Setting{"--transcript-days", "TRANSCRIPT_DAYS", "delete ended jobs after this many days; 0 keeps them", false,
            apply_number<&Config::transcript_days, 0, 36500>, show_number<&Config::transcript_days>},
    Setting{"", "BUCKET_DIR",
            "folder that outlives restarts, such as a Space's bucket, for models and copies of texts; off: none", false,
            apply_bucket_dir, show_text<&Config::bucket_dir>},
    Setting{"", "SPACE_ID", "set by Hugging Face on a Space", false, apply_text<&Config::space_id>,
            show_text<&Config::space_id>},
    Setting{"--trust-proxy", "TRUST_PROXY", "1: believe X-Forwarded headers, behind a proxy of yours", false,
            apply_switch<&Config::trust_proxy>, show_number<&Config::trust_proxy>},
    Setting{"--open-api", "V2T_OPEN_API",
            "1: /v1 takes requests without a key; 0: only on this machine, while there are no keys", false,
            apply_switch<&Config::open_api>, show_number<&Config::open_api>},
    Setting{"--heartbeat-seconds", "HEARTBEAT_SECONDS",
            "an answer of /v1 that takes its time shows life this often; below the patience of a proxy before it",
            false, apply_number<&Config::heartbeat_seconds, 1, 300>, show_number<&Config::heartbeat_seconds>},
    Setting{"", "METRICS_TOKEN", "secret that lets a Prometheus on another machine read /metrics", true,
            apply_text<&Config::metrics_token>, show_text<&Config::metrics_token>},
    Setting{"", "V2T_API_KEYS", "NAME=SECRET,...: API keys in force beside those of `video2text keys`", true,
            apply_text<&Config::api_keys>, show_text<&Config::api_keys>},
    Setting{"--model", "WHISPER_MODEL",
            "Whisper model: tiny, base, small, medium, large-v3, large-v3-turbo, owner/name", false,
            apply_text<&Config::model>, show_text<&Config::model>},
    Setting{"--threads", "WHISPER_THREADS", "threads of the recogniser; 0 takes all that the process may use", false,
            apply_number<&Config::threads, 0, 255>, show_number<&Config::threads>},
    Setting{"", "VOICE_ACTIVITY_WEIGHTS", "weights of the voice detector", false,
            apply_text<&Config::voice_activity_weights>, show_text<&Config::voice_activity_weights>},
    Setting{"", "WHISPER_CACHE_DIR", "first folder of models", false, apply_text<&Config::whisper_cache_dir>,
            show_text<&Config::whisper_cache_dir>},
    Setting{"", "HF_HUB_CACHE", "folder of models, shared with huggingface_hub", false,
            apply_text<&Config::hf_hub_cache>, show_text<&Config::hf_hub_cache>},
    Setting{"", "HF_HOME", "its subfolder hub holds models, shared with huggingface_hub", false,
            apply_text<&Config::hf_home>, show_text<&Config::hf_home>},
    Setting{"", "HF_ENDPOINT", "address of the model hub", false, apply_text<&Config::hub_endpoint>,
            show_text<&Config::hub_endpoint>},
    Setting{"", "HF_TOKEN", "token for gated or private models", true, apply_text<&Config::hub_token>,
            show_text<&Config::hub_token>},
    Setting{"", "HF_HUB_OFFLINE", "1: never ask the hub", false, apply_switch<&Config::hub_offline>,
            show_number<&Config::hub_offline>},
    Setting{"--log-level", "LOG_LEVEL", "debug, info, warning or error", false, apply_log_level, show_log_level},
    Setting{"--log-format", "LOG_FORMAT", "text or json", false, apply_log_format, show_log_format},
};

std::filesystem::path home_folder(const EnvironmentLookup& environment) {
  if (auto home = environment("HOME"); home && !home->empty()) return *home;
  return std::filesystem::temp_directory_path();
}

std::filesystem::path data_home(const EnvironmentLookup& environment) {
  if (auto folder = environment("XDG_DATA_HOME"); folder && !folder->empty()) return *folder;
  return home_folder(environment) / ".local" / "share";
}

// What is sensible on a Hugging Face Space: behind its proxy, for strangers, on a disk that is lost at every restart.
void prefer_space_defaults(const EnvironmentLookup& environment, Config& config) {
  config.trust_proxy = true;
  config.media_hours = 24;
  config.bucket_dir = "/data";
  if (const auto cores = parse_number(environment("CPU_CORES").value_or(""), 1, 255))
    config.threads = static_cast<int>(*cores);
}

Result<void> apply_setting(const Setting& setting, const std::string& value, std::string_view given_as,
                           Config& config) {
  auto applied = setting.apply(config, value);
  if (applied) return {};
  return fail(ErrorCode::kInvalidArgument,
              std::string(given_as) + (setting.is_secret ? "" : "='" + value + "'") + ": " + applied.error().message);
}

}  // namespace

std::span<const Setting> settings() { return kSettings; }

bool is_local(const Config& config) {
  return config.host == "localhost" || config.host == "::1" || config.host.starts_with("127.");
}

std::optional<std::string> process_environment(std::string_view name) {
  const char* value = std::getenv(std::string(name).c_str());
  if (value == nullptr) return std::nullopt;
  return std::string(value);
}

Result<LoadedConfig> load_config(const std::map<std::string, std::string>& flags, const EnvironmentLookup& environment,
                                 const std::filesystem::path& program_folder) {
  LoadedConfig loaded;
  Config& config = loaded.config;
  config.home = home_folder(environment).string();
  config.data_dir = data_home(environment) / "video2text";
  config.static_dir = program_folder / ".." / "static";
  config.voice_activity_weights = program_folder / ".." / "share" / "silero_vad_16k.safetensors";
  if (!environment("SPACE_ID").value_or("").empty()) prefer_space_defaults(environment, config);
  for (const Setting& setting : kSettings) {
    auto& source = loaded.sources[setting.environment];
    source = SettingSource::kDefault;
    if (auto flag = flags.find(std::string(setting.flag)); !setting.flag.empty() && flag != flags.end()) {
      TRY_VOID(apply_setting(setting, flag->second, setting.flag, config));
      source = SettingSource::kFlag;
    } else if (auto value = environment(setting.environment); value && !value->empty()) {
      TRY_VOID(apply_setting(setting, *value, setting.environment, config));
      source = SettingSource::kEnvironment;
    }
  }
  return loaded;
}

}  // namespace v2t
