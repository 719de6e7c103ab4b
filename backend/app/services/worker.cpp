// Threads of the worker: one per slot, one that keeps leases, turns and the house, one that gets the first model ready.
#include "app/services/worker.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

#include "app/services/engine_probe.h"
#include "app/services/janitor.h"
#include "app/services/job_run.h"
#include "app/services/survey.h"
#include "base/log.h"
#include "base/text.h"

namespace v2t {
namespace {

constexpr std::chrono::minutes kCleanEvery{1};
constexpr std::chrono::seconds kPreloadAgainAfter{30};
constexpr std::chrono::seconds kProbeEvery{15};
constexpr std::chrono::seconds kLongestProbe{60};
constexpr uint64_t kNoRing = UINT64_MAX;  // waits for the time alone

enum class Lane { kAll, kExpress };

struct Running {
  std::shared_ptr<JobRun> run;
  Lane lane;
};

Readiness prevented_by(const Error& error) { return {false, error.message, error}; }

}  // namespace

class Worker::Body {
 public:
  Body(WorkerParts parts, WorkerOptions options)
      : parts_(std::move(parts)),
        options_(std::move(options)),
        engines_(parts_.models, parts_.make_engine, parts_.clock, options_.max_engines),
        janitor_({parts_.jobs, parts_.blobs, parts_.doorbell, parts_.clock},
                 {options_.abandoned_uploads_after, options_.media_after, options_.jobs_after}),
        survey_(parts_.jobs, parts_.blobs, parts_.media, parts_.doorbell) {
    if (options_.preload.empty()) readiness_.is_ready = true;
    readiness_.reason = readiness_.is_ready ? "" : "the model " + options_.preload + " is not loaded yet";
    threads_.emplace_back([this](std::stop_token stop) { keep(stop); });
    if (!options_.preload.empty()) threads_.emplace_back([this](std::stop_token stop) { preload(stop); });
    for (size_t slot = 0; slot < options_.slots; ++slot)
      threads_.emplace_back([this](std::stop_token stop) { serve_slot(Lane::kAll, stop); });
    for (size_t slot = 0; slot < options_.express_slots; ++slot)
      threads_.emplace_back([this](std::stop_token stop) { serve_slot(Lane::kExpress, stop); });
  }

  ~Body() {
    request_stop();
    threads_.clear();
  }

  void request_stop() {
    for (auto& thread : threads_) thread.request_stop();
  }

  // Asking makes the answer be looked after again soon.
  Readiness readiness() const {
    const std::scoped_lock lock(mutex_);
    readiness_was_asked_ = true;
    if (probe_began_ && parts_.clock.steady() - *probe_began_ > kLongestProbe)
      return prevented_by({ErrorCode::kInternal, "the recogniser does not answer"});
    return readiness_;
  }
  std::vector<ModelProgress> downloads() const { return engines_.downloads(); }

 private:
  Result<std::optional<Claim>> claim_for(Lane lane) {
    return lane == Lane::kAll ? parts_.jobs.claim_next(options_.lease)
                              : parts_.jobs.claim_short(options_.lease, options_.short_job);
  }

  void serve_slot(Lane lane, std::stop_token stop) {
    while (!stop.stop_requested()) {
      const uint64_t seen = parts_.doorbell.rings();
      if (lane == Lane::kExpress && has_free_slot()) {  // which takes any job; one that is taken rings
        parts_.doorbell.wait(seen, options_.poll, stop);
        continue;
      }
      if (lane == Lane::kExpress && survey_.measure_one(stop)) continue;
      auto claim = claim_for(lane);
      if (!claim) {
        log::error("cannot look at the queue", {{"reason", claim.error().message}});
        parts_.doorbell.wait(kNoRing, options_.poll, stop);
      } else if (!*claim) {
        parts_.doorbell.wait(seen, options_.poll, stop);
      } else {
        work_on(**std::move(claim), lane, stop);
      }
    }
  }

  bool has_free_slot() const {
    const std::scoped_lock lock(mutex_);
    const auto n_busy = std::ranges::count(runs_, Lane::kAll, &Running::lane);
    return static_cast<size_t>(n_busy) < options_.slots;
  }

  void work_on(Claim claim, Lane lane, std::stop_token stop) {
    const auto run = std::make_shared<JobRun>(parts_, engines_, std::move(claim));
    log::info("job started", {{"job", run->claim().job.id}, {"attempt", std::to_string(run->claim().job.attempts)}});
    {
      const std::scoped_lock lock(mutex_);
      runs_.push_back({run, lane});
    }
    parts_.doorbell.ring();
    JobRun::Ending ending = run->run(stop);
    while (ending == JobRun::Ending::kStuck) {
      parts_.doorbell.wait(kNoRing, options_.poll, stop);
      ending = run->give_back();
      if (stop.stop_requested()) break;
    }
    {
      const std::scoped_lock lock(mutex_);
      std::erase_if(runs_, [&](const Running& running) { return running.run == run; });
    }
    log::info("job left", {{"job", run->claim().job.id}});
  }

  // Renews leases, drops runs whose job was cancelled or deleted, cleans the house.
  void keep(std::stop_token stop) {
    auto renewed = parts_.clock.steady();
    std::optional<std::chrono::milliseconds> cleaned;
    while (!stop.stop_requested()) {
      const uint64_t seen = parts_.doorbell.rings();
      const auto now = parts_.clock.steady();
      const bool is_time_to_renew = now - renewed >= options_.lease / 3;
      for (const auto& running : runs()) keep_run(*running.run, is_time_to_renew);
      make_way();
      if (is_time_to_renew) renewed = now;
      if (!cleaned || now - *cleaned >= kCleanEvery) {
        clean();
        cleaned = now;
      }
      parts_.doorbell.wait(seen, std::min(options_.lease / 3, options_.poll), stop);
    }
  }

  void keep_run(JobRun& run, bool is_time_to_renew) {
    const Claim& claim = run.claim();
    const auto job = parts_.jobs.find(claim.job.owner, claim.job.id);
    const bool is_gone = !job && job.error().code == ErrorCode::kNotFound;
    const bool is_taken = job && (job->state != JobState::kRunning || job->epoch != claim.epoch);
    if (is_gone || is_taken) {
      run.drop();
      return;
    }
    if (!is_time_to_renew) return;
    const auto renewal = parts_.jobs.renew(claim, options_.lease);
    if (renewal) return;
    if (renewal.error().code == ErrorCode::kConflict) run.drop();
    log::warning("cannot renew the lease", {{"job", claim.job.id}, {"reason", renewal.error().message}});
  }

  // Owners come first: one who waits and has nothing running takes the place of another's second job, which goes on
  // later from its last saved window.
  void make_way() {
    std::map<OwnerId, std::vector<std::shared_ptr<JobRun>>> by_owner;
    size_t n_running = 0;
    for (const auto& [run, lane] : runs()) {
      if (run->is_yielding()) return;  // a place is being made already
      by_owner[run->claim().job.owner];
      if (lane != Lane::kAll) continue;
      by_owner[run->claim().job.owner].push_back(run);
      ++n_running;
    }
    if (n_running < options_.slots || by_owner.empty()) return;
    const auto most = std::ranges::max_element(by_owner, {}, [](const auto& entry) { return entry.second.size(); });
    if (most->second.size() < 2) return;
    const auto waiting = parts_.jobs.queue(1);
    if (!waiting || waiting->empty() || by_owner.contains(waiting->front().owner)) return;
    log::info("job makes way for another owner's", {{"job", most->second.back()->claim().job.id}});
    most->second.back()->yield();
  }

  void clean() {
    const auto cleaned = janitor_.clean();
    if (!cleaned) log::warning("housekeeping stopped", {{"reason", cleaned.error().message}});
  }

  void preload(std::stop_token stop) {
    while (!stop.stop_requested()) {
      const auto engine = engines_.get(options_.preload, [this](const Activity& now) { tell(now); }, stop);
      const auto probed = engine ? probe(**engine, stop) : Result<void>(tl::unexpected(engine.error()));
      if (probed) return watch(stop);
      if (!stop.stop_requested()) log::warning("the model is not ready", {{"reason", probed.error().message}});
      set_readiness(prevented_by(probed.error()));
      parts_.doorbell.wait(kNoRing, kPreloadAgainAfter, stop);
    }
  }

  // Probes again and again as long as somebody asks; an engine that made room for others is loaded when it is needed.
  void watch(std::stop_token stop) {
    for (;;) {
      parts_.doorbell.wait(kNoRing, kProbeEvery, stop);
      if (stop.stop_requested()) return;
      if (!take_readiness_was_asked()) continue;
      if (const auto engine = engines_.find_loaded(options_.preload)) static_cast<void>(probe(*engine, stop));
    }
  }

  Result<void> probe(SpeechEngine& engine, std::stop_token stop) {
    {
      const std::scoped_lock lock(mutex_);
      probe_began_ = parts_.clock.steady();
    }
    const auto probed = probe_engine(engine, stop);
    {
      const std::scoped_lock lock(mutex_);
      probe_began_.reset();
    }
    if (!stop.stop_requested()) set_readiness(probed ? Readiness{true, "", {}} : prevented_by(probed.error()));
    return probed;
  }

  bool take_readiness_was_asked() {
    const std::scoped_lock lock(mutex_);
    return std::exchange(readiness_was_asked_, false);
  }

  void tell(const Activity& now) {
    std::string reason = "loading the model " + options_.preload;
    if (now.phase == Activity::Phase::kDownloadingModel)
      reason = "downloading the model " + options_.preload + ": " + human_bytes(now.bytes_done) + " of " +
               (now.bytes_total == 0 ? "unknown size" : human_bytes(now.bytes_total));
    set_readiness({false, reason, {}});
  }

  void set_readiness(const Readiness& readiness) {
    {
      const std::scoped_lock lock(mutex_);
      readiness_ = readiness;
    }
    parts_.doorbell.ring();
  }

  std::vector<Running> runs() const {
    const std::scoped_lock lock(mutex_);
    return runs_;
  }

  const WorkerParts parts_;
  const WorkerOptions options_;
  EnginePool engines_;
  Janitor janitor_;
  Survey survey_;
  mutable std::mutex mutex_;
  Readiness readiness_;                                   // guarded by mutex_
  mutable bool readiness_was_asked_ = false;              // guarded by mutex_
  std::optional<std::chrono::milliseconds> probe_began_;  // guarded by mutex_; while one is under way
  std::vector<Running> runs_;                             // guarded by mutex_; in the order in which they began
  std::vector<std::jthread> threads_;                     // last: they use all of the above
};

Worker::Worker(WorkerParts parts, WorkerOptions options)
    : body_(std::make_unique<Body>(std::move(parts), std::move(options))) {}

Worker::~Worker() = default;

void Worker::request_stop() { body_->request_stop(); }

Readiness Worker::readiness() const { return body_->readiness(); }

std::vector<ModelProgress> Worker::downloads() const { return body_->downloads(); }

}  // namespace v2t
