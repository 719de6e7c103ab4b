// Drives the model library from the command line, for tests/hub: hub_pull get|verify|list [NAME] FLAG=VALUE...
// Says on standard output, as one JSON object per line, each progress and then the result.
#include <csignal>
#include <cstdio>
#include <map>
#include <string>
#include <thread>

#include "base/text.h"
#include "hub/hub_model_library.h"

namespace {

using namespace v2t;

std::string quoted(const std::string& text) { return "\"" + escape_json(text) + "\""; }

int say_error(const Error& error) {
  std::printf("{\"error\":%s,\"message\":%s}\n", quoted(std::string(error_code_name(error.code))).c_str(),
              quoted(error.message).c_str());
  return 1;
}

void say_progress(const ModelProgress& progress) {
  std::printf("{\"progress\":%s,\"done\":%llu,\"total\":%llu}\n", quoted(progress.file).c_str(),
              static_cast<unsigned long long>(progress.bytes_done),
              static_cast<unsigned long long>(progress.bytes_total));
  std::fflush(stdout);
}

std::chrono::milliseconds milliseconds(const std::string& text) { return std::chrono::milliseconds(std::stol(text)); }

hub::HubOptions options_from(std::map<std::string, std::string> flags) {
  hub::HubOptions options;
  options.folders = hub::cache_folders({.whisper_cache_dir = flags["cache"], .hf_hub_cache = flags["second_cache"]});
  options.endpoint = flags["endpoint"];
  options.token = flags["token"];
  options.is_offline = flags["offline"] == "1";
  options.stall_timeout = milliseconds(flags["stall_ms"]);
  options.retry.first_delay = milliseconds(flags["retry_ms"]);
  options.retry.longest_delay = milliseconds("2000");
  return options;
}

int say_files(const ModelFiles& files) {
  auto vocabulary = files.find("vocabulary.json");
  if (!vocabulary) vocabulary = files.find("vocabulary.txt");
  std::printf("{\"name\":%s,\"model\":%s,\"vocabulary\":%s,\"preprocessor\":%s}\n", quoted(files.name).c_str(),
              quoted(files.model.string()).c_str(), quoted(vocabulary.value_or("").string()).c_str(),
              quoted(files.find("preprocessor_config.json").value_or("").string()).c_str());
  return 0;
}

int say_list(const std::vector<ModelEntry>& entries) {
  for (const ModelEntry& entry : entries)
    std::printf("{\"name\":%s,\"repository\":%s,\"size\":%llu,\"downloaded\":%s}\n", quoted(entry.name).c_str(),
                quoted(entry.repository).c_str(), static_cast<unsigned long long>(entry.size_bytes),
                entry.is_downloaded ? "true" : "false");
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigprocmask(SIG_BLOCK, &signals, nullptr);
  std::stop_source interrupt;
  std::thread([signals, interrupt]() mutable {
    int signal = 0;
    sigwait(&signals, &signal);
    interrupt.request_stop();
  }).detach();

  std::map<std::string, std::string> flags{
      {"endpoint", "http://127.0.0.1:1"}, {"stall_ms", "5000"}, {"retry_ms", "50"}};
  for (int i = 3; i < argc; ++i) {
    const std::string flag = argv[i];
    flags[flag.substr(0, flag.find('='))] = flag.substr(flag.find('=') + 1);
  }
  const std::string command = argc > 1 ? argv[1] : "";
  const std::string name = argc > 2 ? argv[2] : "";
  auto library = hub::make_hub_model_library(options_from(flags));
  if (!library) return say_error(library.error());
  if (command == "list") {
    const auto entries = (*library)->list();
    return entries ? say_list(*entries) : say_error(entries.error());
  }
  if (command == "verify") {
    const auto files = (*library)->verify(name, say_progress, interrupt.get_token());
    return files ? say_files(*files) : say_error(files.error());
  }
  const auto files = (*library)->get(name, say_progress, interrupt.get_token());
  return files ? say_files(*files) : say_error(files.error());
}
