// Builds the object graph; the only file that names concrete classes.
#include "app/composition.h"

#include <sys/resource.h>

#include <cstdio>
#include <system_error>

#include "app/http/server.h"
#include "app/services/copy_keeper.h"
#include "base/control_groups.h"
#include "base/folder.h"
#include "base/log.h"
#include "base/text.h"
#include "hub/hub_model_library.h"
#include "hub/hub_options.h"
#include "media/reader.h"
#include "speech/voice_activity.h"
#include "speech/windows.h"
#include "store/bucket.h"
#include "store/database_copy.h"
#include "store/disk_blob_store.h"
#include "store/folder_lock.h"
#include "store/job_database.h"
#include "store/sqlite_job_store.h"
#include "store/sqlite_owner_store.h"
#include "store/sqlite_usage_log.h"
#include "whisper/engine.h"

namespace v2t {
namespace {

std::optional<std::string> unless_empty(const std::string& text) {
  if (text.empty()) return std::nullopt;
  return text;
}

hub::CacheFolders cache_folders(const Config& config) {
  return hub::cache_folders({unless_empty(config.whisper_cache_dir), unless_empty(config.hf_hub_cache),
                             unless_empty(config.hf_home), unless_empty(config.home)});
}

// Packed weights are mapped, so they lie on this machine's own disk, beside the models that are not in a bucket.
whisper::EngineOptions engine_options(const Config& config) {
  whisper::EngineOptions options;
  options.threads = config.threads;
  if (const auto folder = cache_folders(config).write; !folder.empty()) options.packed_folder = folder / "packed";
  return options;
}

Result<void> make_data_folder(const std::filesystem::path& folder) {
  const auto made = make_folder(folder);
  if (made) return {};
  return fail(made.error().code, made.error().message + "; choose another with --data-dir or DATA_DIR");
}

// Media, jobs and owners of one data folder, which this process alone uses.
struct Stores {
  SystemClock clock;
  std::shared_ptr<store::JobDatabase> database;
  std::optional<store::DatabaseCopy> copy;  // where there is a bucket
  std::optional<store::FolderLock> lock;
  std::unique_ptr<store::DiskBlobStore> blobs;
  std::unique_ptr<store::SqliteJobStore> jobs;
  std::unique_ptr<store::SqliteOwnerStore> owners;
  std::unique_ptr<store::SqliteUsageLog> usage;
};

Result<std::unique_ptr<Stores>> open_stores(const std::filesystem::path& folder,
                                            const std::optional<std::filesystem::path>& bucket) {
  TRY_VOID(make_data_folder(folder));
  auto stores = std::make_unique<Stores>();
  TRY(stores->lock, store::FolderLock::take(folder));
  TRY(stores->blobs, store::DiskBlobStore::open(folder / "media", stores->clock, {}));
  if (bucket) {
    stores->copy.emplace(folder / "jobs.sqlite", *bucket / "transcripts" / "jobs.sqlite");
    TRY(const bool is_back, stores->copy->bring_back());
    if (is_back) log::info("texts brought back from the bucket", {{"bucket", bucket->string()}});
  }
  TRY(stores->database, store::open_job_database(folder / "jobs.sqlite"));
  stores->jobs = std::make_unique<store::SqliteJobStore>(stores->database, stores->clock);
  stores->owners = std::make_unique<store::SqliteOwnerStore>(stores->database, stores->clock);
  stores->usage = std::make_unique<store::SqliteUsageLog>(stores->database);
  TRY_VOID(stores->jobs->expire_leases());
  return stores;
}

constexpr uint64_t kMemoryForTwoModels = 4'000'000'000;

uint64_t weight_bytes(const ModelFiles& files) {
  std::vector<std::filesystem::path> paths = files.shards;
  paths.push_back(files.model);
  uint64_t total = 0;
  for (const auto& path : paths) {
    std::error_code problem;
    const uint64_t size = std::filesystem::file_size(path, problem);
    if (!problem) total += size;
  }
  return total;
}

// Said before it is loaded, since a container that takes too much memory is killed without a word.
Result<void> check_memory_for(const ModelFiles& files) {
  const uint64_t needed = memory_for_model(weight_bytes(files));
  if (needed <= usable_memory_bytes()) return {};
  return fail(ErrorCode::kModelUnavailable, "the model " + files.name + " needs about " + human_bytes(needed) +
                                                " of memory, and " + human_bytes(usable_memory_bytes()) +
                                                " may be used here; choose a smaller model");
}

WorkerOptions worker_options(const Config& config) {
  WorkerOptions options;
  options.preload = config.model;
  if (usable_memory_bytes() < kMemoryForTwoModels) options.max_engines = 1;
  options.media_after = std::chrono::hours(config.media_hours);
  options.jobs_after = std::chrono::days(config.transcript_days);
  return options;
}

http::ServerOptions server_options(const Config& config) {
  http::ServerOptions options;
  options.host = config.host;
  options.port = config.port;
  options.trust_proxy = config.trust_proxy;
  options.static_dir = config.static_dir;
  options.version = V2T_VERSION;
  options.open_api = is_local(config) ? http::OpenApi::kWithoutKeys : http::OpenApi::kNever;
  options.limits.heartbeat = std::chrono::seconds(config.heartbeat_seconds);
  options.metrics_token = config.metrics_token;
  if (config.open_api) options.open_api = http::OpenApi::kAlways;
  if (config.media_hours > 0) options.media_kept_hours = config.media_hours;
  if (config.transcript_days > 0) options.transcripts_kept_days = config.transcript_days;
  return options;
}

// Where nothing is mounted at the usual place, a Space has no bucket; a folder that was asked for must be usable.
std::optional<std::filesystem::path> find_bucket(const LoadedConfig& loaded) {
  const std::filesystem::path folder = loaded.config.bucket_dir;
  const bool is_asked_for = loaded.sources.at("BUCKET_DIR") != SettingSource::kDefault;
  if (folder.empty() || (!is_asked_for && !store::is_mount_point(folder))) return std::nullopt;
  const auto checked = store::check_bucket(folder);
  if (checked) return folder;
  log::warning("the bucket cannot be written; models and texts are kept on this machine's disk alone",
               {{"bucket", folder.string()}, {"reason", checked.error().message}});
  return std::nullopt;
}

std::unique_ptr<CopyKeeper> keep_copy(Stores& stores) {
  if (!stores.copy) return nullptr;
  return std::make_unique<CopyKeeper>(CopyParts{[&] { return store::DatabaseCopy::revision(*stores.database); },
                                                [&] { return stores.copy->save(); }, stores.clock},
                                      CopyOptions{});
}

QuotaLimits quota_limits(const Config& config) {
  QuotaLimits limits;
  limits.uploads_at_once = static_cast<size_t>(config.uploads_at_once);
  if (config.audio_hours_per_day > 0) limits.audio_per_day = std::chrono::hours(config.audio_hours_per_day);
  if (config.bytes_per_day > 0) limits.bytes_per_day = config.bytes_per_day;
  return limits;
}

Quotas::Lookup look_up(Uploads& uploads, Jobs& jobs) {
  return {[&](const OwnerId& owner, const BlobId& id) {
            const auto upload = uploads.find(owner, id);
            return upload && !upload->is_complete;
          },
          [&](const OwnerId& owner, const JobId& id) {
            const auto view = jobs.find(owner, id);
            return view ? std::optional(view->job.duration.value_or(view->job.audio_done)) : std::nullopt;
          }};
}

Result<GivenKeys> read_given_keys(const Config& config) {
  auto keys = parse_given_keys(config.api_keys);
  if (!keys) return fail(keys.error().code, "V2T_API_KEYS: " + keys.error().message);
  return keys;
}

// What whoever opens a server to others should know before somebody else finds out.
Result<void> warn_of_strangers(const Config& config, Keys& keys) {
  if (is_local(config)) return {};
  TRY(const bool has_keys, keys.has_any());
  if (config.open_api)
    log::warning("everybody who reaches this address may use this machine's time, also by /v1 without a key",
                 {{"host", config.host}, {"remedy", "unset V2T_OPEN_API and make keys: video2text keys create NAME"}});
  else if (!has_keys)
    log::warning(
        "this address can be reached by others and there is no API key: /v1 refuses all, and the page serves "
        "every visitor",
        {{"host", config.host}, {"remedy", "video2text keys create NAME, V2T_API_KEYS, or HOST=127.0.0.1"}});
  return {};
}

void raise_file_limit() {  // every connection and event stream is a descriptor
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

// Measured with nine windows in the batch: base takes 406 MB, its file of half-precision floats 145 MB; random weights
// in the shape of small take 888 MB, the file 484 MB.
uint64_t memory_for_model(uint64_t file_bytes) { return file_bytes + file_bytes / 2 + 190'000'000; }

Composition::Composition(LoadedConfig loaded) : loaded_(std::move(loaded)), bucket_(find_bucket(loaded_)) {}

std::unique_ptr<MediaReader> Composition::make_media_reader() const { return v2t::make_media_reader(); }

Result<std::unique_ptr<ModelLibrary>> Composition::make_model_library(ModelSource source) const {
  hub::HubOptions options;
  options.folders = cache_folders(config());
  if (bucket_) {
    options.folders.write = *bucket_ / "models";
    options.folders.read.insert(options.folders.read.begin(), options.folders.write);
  }
  options.endpoint = config().hub_endpoint;
  options.token = config().hub_token;
  options.is_offline = config().hub_offline;
  if (source == ModelSource::kNamesAndFolders) options.local_paths = hub::LocalPaths::kAllowed;
  return hub::make_hub_model_library(std::move(options));
}

Result<std::unique_ptr<SpeechEngine>> Composition::load_engine(const ModelFiles& files, std::stop_token stop) const {
  TRY_VOID(check_memory_for(files));
  return whisper::load_engine(files, engine_options(config()), stop);
}

Result<void> Composition::convert_model(const ModelFiles& files, const std::string& type,
                                        const std::filesystem::path& out, std::stop_token stop) const {
  return whisper::convert_to_ggml(files, type, out, stop);
}

Result<WindowFactory> Composition::load_window_factory() const {
  TRY(auto model, speech::VoiceActivityModel::load(config().voice_activity_weights));
  return WindowFactory([model = std::move(model)](AudioSource& audio, const WindowsBegin& begin) {
    return speech::make_window_source(audio, speech::VoiceActivityModel::listen(model), begin);
  });
}

bool Composition::is_ephemeral() const { return !config().space_id.empty() && !bucket_; }

std::string Composition::processor() const { return whisper::describe_processor(config().threads); }

Result<void> Composition::with_keys(const std::function<Result<void>(Keys&)>& function) const {
  TRY_VOID(make_data_folder(config().data_dir));
  TRY(auto database, store::open_job_database(config().data_dir / "jobs.sqlite"));
  const SystemClock clock;
  store::SqliteOwnerStore owners(std::move(database), clock);
  TRY(const GivenKeys given, read_given_keys(config()));
  Keys keys(owners, clock, given);
  return function(keys);
}

Result<void> Composition::serve(std::stop_token stop) const {
  raise_file_limit();
  TRY(const auto stores, open_stores(config().data_dir, bucket_));
  TRY(const auto models, make_model_library(ModelSource::kNames));
  TRY(auto make_windows, load_window_factory());
  const auto media = make_media_reader();
  const auto doorbell = make_doorbell();
  ActivityBoard activities(*doorbell);
  Sessions sessions(*stores->owners, stores->clock);
  TRY(const GivenKeys given_keys, read_given_keys(config()));
  Keys keys(*stores->owners, stores->clock, given_keys);
  TRY_VOID(warn_of_strangers(config(), keys));
  UploadLimits limits;
  limits.max_size_bytes = config().max_upload_bytes;
  limits.max_incomplete = quota_limits(config()).uploads_at_once;
  Uploads uploads(*stores->blobs, *stores->jobs, *doorbell, limits);
  JobSettings defaults;
  defaults.model = config().model;
  const WorkerOptions work = worker_options(config());
  Jobs jobs({*stores->jobs, *stores->blobs, *doorbell, activities, stores->clock}, defaults,
            {work.abandoned_uploads_after, work.media_after, work.jobs_after});
  Editing editing(*stores->jobs, *doorbell);
  Search search(*stores->jobs);

  const auto copy_keeper = keep_copy(*stores);  // ends after the worker: the last copy has all that it saved
  Quotas quotas(quota_limits(config()), *stores->usage, stores->clock, look_up(uploads, jobs));
  // Nobody waits for them any more.
  TRY_VOID(jobs.remove_transient([&](const Job& job) { quotas.settle(job); }));

  const auto counts = std::make_shared<WorkCounts>();
  std::unique_ptr<Worker> worker;  // after the port is bound; routes ask for it through the functions below
  const http::Services services{sessions,
                                keys,
                                quotas,
                                uploads,
                                jobs,
                                activities,
                                *models,
                                *doorbell,
                                [&] { return worker->readiness(); },
                                [&] { return worker->downloads(); },
                                editing,
                                search,
                                [&] { return counts->totals(); }};
  auto options = server_options(config());
  options.is_ephemeral = is_ephemeral();
  TRY(const auto server, http::start_server(options, services));
  worker = std::make_unique<Worker>(
      WorkerParts{
          *stores->jobs, *stores->blobs, *models, *media, *doorbell, activities, stores->clock,
          [this](const ModelFiles& files, std::stop_token stop_loading) { return load_engine(files, stop_loading); },
          std::move(make_windows), counts},
      work);
  const std::stop_callback stop_worker(stop, [&] { worker->request_stop(); });  // while the last requests are served
  std::printf("Video to Text Converter is ready on %s\n", server->url().c_str());
  std::fflush(stdout);
  log::info("serving", {{"url", server->url()}, {"data", config().data_dir.string()}, {"model", config().model}});
  server->run(stop);
  log::info("stopping: running jobs are saved and go on at the next start");
  return {};
}

}  // namespace v2t
