// `video2text doctor`: says, line by line, what a start or a conversion would fail on here, and what to do.
#include <netinet/in.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <system_error>

#include "app/cli/commands.h"
#include "base/control_groups.h"
#include "base/file.h"
#include "base/folder.h"
#include "base/log.h"
#include "base/text.h"

namespace v2t::cli {
namespace {

struct Finding {
  enum class Kind { kFine, kWarning, kProblem };
  Kind kind = Kind::kFine;
  std::string text;  // what was looked at, what was found, what to do
};

Finding fine(std::string text) { return {Finding::Kind::kFine, std::move(text)}; }
Finding warning(std::string text) { return {Finding::Kind::kWarning, std::move(text)}; }
Finding problem(std::string text) { return {Finding::Kind::kProblem, std::move(text)}; }

constexpr uint64_t kLowSpaceBytes = 5'000'000'000;

std::string_view source_name(SettingSource source) {
  if (source == SettingSource::kFlag) return "flag";
  return source == SettingSource::kEnvironment ? "environment" : "default";
}

std::string describe(const Setting& setting, const LoadedConfig& loaded) {
  std::string value = setting.show(loaded.config);
  if (setting.is_secret) value = value.empty() ? "" : "(set)";
  return std::string(setting.environment) + "=" + value + "  (" +
         std::string(source_name(loaded.sources.at(setting.environment))) + ") " + std::string(setting.help);
}

Finding check_data_dir(const std::filesystem::path& folder) {
  const std::string subject = "data folder " + folder.string() + ": ";
  if (auto made = make_folder(folder); !made)
    return problem(subject + made.error().message + "; choose another with --data-dir or DATA_DIR");
  const auto probe = folder / ".doctor";
  if (auto written = write_file_atomically(probe, "x"); !written)
    return problem(subject + written.error().message + "; choose another with --data-dir or DATA_DIR");
  std::error_code ignored;
  std::filesystem::remove(probe, ignored);
  const auto space = std::filesystem::space(folder, ignored);
  if (!ignored && space.available < kLowSpaceBytes)
    return warning(subject + "writable, but only " + human_bytes(space.available) +
                   " are free; large videos need more");
  return fine(subject + "writable" + (ignored ? "" : ", " + human_bytes(space.available) + " free"));
}

Finding check_page(const std::filesystem::path& folder) {
  if (std::filesystem::exists(folder / "index.html")) return fine("page: built, in " + folder.string());
  return warning("page: there is no index.html in " + folder.string() +
                 "; build it with `make build`, or name its folder with --static-dir or STATIC_DIR");
}

Finding check_voice_detector(const Composition& composition) {
  auto loaded = composition.load_window_factory();
  return loaded ? fine("voice detector: loaded") : problem("voice detector: " + loaded.error().message);
}

// A WAV file of a tenth of a second of silence (RIFF, 16 kHz mono, 16 bits).
std::string tiny_wav() {
  constexpr uint32_t kDataBytes = 3200;
  auto number = [](uint32_t value, int bytes) {
    std::string text;
    for (int i = 0; i < bytes; ++i) text += static_cast<char>(value >> (8 * i) & 0xFF);
    return text;
  };
  return "RIFF" + number(36 + kDataBytes, 4) + "WAVEfmt " + number(16, 4) + number(1, 2) + number(1, 2) +
         number(16000, 4) + number(32000, 4) + number(2, 2) + number(16, 2) + "data" + number(kDataBytes, 4) +
         std::string(kDataBytes, '\0');
}

// In memory: there may be no folder that can be written.
Result<UniqueFd> tiny_file() {
  UniqueFd file(::memfd_create("silence.wav", MFD_CLOEXEC));
  if (!file.valid()) return tl::unexpected(errno_error("create a file in memory", "silence.wav"));
  const std::string content = tiny_wav();
  if (::write(file.get(), content.data(), content.size()) != static_cast<ssize_t>(content.size()) ||
      ::lseek(file.get(), 0, SEEK_SET) != 0)
    return tl::unexpected(errno_error("write a file in memory", "silence.wav"));
  return file;
}

Result<size_t> decode_tiny_file(const Composition& composition, std::stop_token stop) {
  TRY(UniqueFd media, tiny_file());
  TRY(auto audio, composition.make_media_reader()->open_audio(std::move(media), {"silence.wav", {}}, stop));
  std::vector<float> samples(16000);
  return audio->read(samples, stop);
}

Finding check_decoder(const Composition& composition, std::stop_token stop) {
  auto decoded = decode_tiny_file(composition, stop);
  if (!decoded) return problem("media decoder: " + decoded.error().message);
  return fine("media decoder: its process starts and decodes");
}

Result<std::vector<ModelEntry>> list_models(const Composition& composition) {
  TRY(auto library, composition.make_model_library(ModelSource::kNames));
  return library->list();
}

Finding check_model(const Composition& composition) {
  const auto& config = composition.config();
  auto models = list_models(composition);
  if (!models) return problem("models: " + models.error().message);
  const auto model =
      std::find_if(models->begin(), models->end(), [&](const auto& m) { return m.name == config.model; });
  if (model != models->end() && model->is_downloaded)
    return fine("model " + config.model + ": in " + model->folder.string());
  if (config.hub_offline)
    return problem("model " + config.model +
                   ": not here, and HF_HUB_OFFLINE forbids the download; unset it, or get base with " +
                   "`backend/tools/fetch_weights base`");
  return warning("model " + config.model + ": not here yet; it is downloaded from " + config.hub_endpoint +
                 " at first use (or now: `video2text models pull " + config.model + "`)");
}

Finding check_port(const Config& config) {
  const std::string subject = "port " + std::to_string(config.port) + ": ";
  if (config.port == 0) return fine("port 0: a free one is taken");
  const UniqueFd listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const int yes = 1;
  ::setsockopt(listener.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(config.port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::bind(listener.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0)
    return fine(subject + "free");
  return warning(subject + "in use; stop the program that has it, or choose another with --port or PORT");
}

// The largest of the known models that fits; all fit where the largest does.
Finding check_memory(const Composition& composition) {
  const uint64_t bytes = usable_memory_bytes();
  const std::string subject = "memory: " + human_bytes(bytes) + " may be used; ";
  auto models = list_models(composition);
  if (!models) return fine(subject + "the models cannot be listed");
  std::erase_if(*models, [](const ModelEntry& model) { return model.size_bytes == 0 || model.name.ends_with(".en"); });
  std::ranges::sort(*models, {}, &ModelEntry::size_bytes);
  const auto too_large =
      std::ranges::find_if(*models, [&](const auto& model) { return memory_for_model(model.size_bytes) > bytes; });
  if (too_large == models->end()) return fine(subject + "every model fits");
  if (too_large == models->begin()) return warning(subject + "no model fits");
  return warning(subject + "models up to " + std::prev(too_large)->name + " fit, larger ones do not");
}

Finding check_persistence(const Composition& composition) {
  if (composition.bucket())
    return fine("bucket " + composition.bucket()->string() + ": keeps models and copies of the texts");
  if (composition.is_ephemeral())
    return warning("disk: lost at every restart of this Space, with all media and texts; attach a storage bucket at " +
                   std::string("/data to keep models and texts"));
  return fine("disk: what is in the data folder is kept");
}

Finding check_address(const Config& config) {
  if (is_local(config)) return fine("address " + config.host + ": reachable from this machine alone");
  return warning("address " + config.host +
                 ": reachable from other machines; every visitor gets a private session, but " +
                 "anybody can use this machine's time");
}

Finding check_keys(const Composition& composition) {
  const Config& config = composition.config();
  bool has_any = false;
  const auto asked = composition.with_keys([&](Keys& keys) -> Result<void> {
    TRY(has_any, keys.has_any());
    return {};
  });
  if (!asked) return problem("API keys: " + asked.error().message);
  if (config.open_api) return warning("API keys: V2T_OPEN_API lets everybody use /v1, also without a key");
  if (has_any) return fine("API keys: /v1 takes requests with a key alone");
  if (is_local(config)) return fine("API keys: none, so /v1 is open to the programs of this machine");
  return warning(
      "API keys: none, and others can reach " + config.host +
      ": /v1 refuses all requests; make a key with `video2text keys create NAME`, name some in V2T_API_KEYS, " +
      "or allow everybody with V2T_OPEN_API=1");
}

std::vector<Finding> diagnose(const Composition& composition, std::stop_token stop) {
  const Config& config = composition.config();
  return {
      fine("processor: " + composition.processor()),
      check_memory(composition),
      check_data_dir(config.data_dir),
      check_page(config.static_dir),
      check_voice_detector(composition),
      check_decoder(composition, stop),
      check_model(composition),
      check_persistence(composition),
      check_address(config),
      check_keys(composition),
  };
}

}  // namespace

int run_doctor(const Composition& composition, std::stop_token stop) {
  std::printf("Settings\n");
  for (const Setting& setting : settings())
    std::printf("         %s\n", describe(setting, composition.loaded_config()).c_str());
  std::printf("Checks\n");
  int problems = 0;
  auto findings = diagnose(composition, stop);
  findings.push_back(check_port(composition.config()));
  for (const auto& finding : findings) {
    const char* mark = "ok     ";
    if (finding.kind == Finding::Kind::kWarning) mark = "warning";
    if (finding.kind == Finding::Kind::kProblem) mark = "PROBLEM";
    problems += finding.kind == Finding::Kind::kProblem;
    std::printf("%s  %s\n", mark, finding.text.c_str());
  }
  std::printf(problems == 0 ? "Nothing stands in the way.\n" : "What is marked PROBLEM must be mended first.\n");
  return problems == 0 ? kExitDone : kExitFailed;
}

void log_diagnosis(const Composition& composition, std::stop_token stop) {
  for (const auto& finding : diagnose(composition, stop)) {
    if (stop.stop_requested()) return;
    if (finding.kind == Finding::Kind::kFine) log::info(finding.text);
    if (finding.kind == Finding::Kind::kWarning) log::warning(finding.text);
    if (finding.kind == Finding::Kind::kProblem) log::error(finding.text);
  }
}

}  // namespace v2t::cli
