// Downloads, loads and lends engines.
#include "app/services/engine_pool.h"

#include <algorithm>
#include <exception>
#include <new>

#include "base/log.h"
#include "base/text.h"

namespace v2t {
namespace {

constexpr std::chrono::milliseconds kReportEvery{250};
constexpr std::chrono::seconds kLogEvery{30};

tl::unexpected<Error> stopped() { return fail(ErrorCode::kCancelled, "stopped while waiting for the model"); }

}  // namespace

Result<std::shared_ptr<SpeechEngine>> EnginePool::get(const std::string& model, const Report& report,
                                                      std::stop_token stop) {
  std::unique_lock lock(mutex_);
  for (;;) {
    const auto [found, is_mine] = entries_.try_emplace(model, nullptr);
    if (is_mine) found->second = std::make_shared<Entry>();
    const std::shared_ptr<Entry> entry = found->second;
    if (entry->engine != nullptr) return lend(entry);
    if (is_mine) {
      lock.unlock();
      auto made = make_safely(model, *entry, report, stop);
      lock.lock();
      if (loading_ == entry.get()) loading_ = nullptr;
      changed_.notify_all();
      if (made) {
        entry->engine = *std::move(made);
        return lend(entry);
      }
      entry->error = made.error();
      entries_.erase(model);
      return tl::unexpected(std::move(made).error());
    }
    // Another job is getting it: show what that one shows, and share its end.
    const Activity seen = entry->activity;
    lock.unlock();
    report(seen);
    lock.lock();
    if (!changed_.wait(lock, stop, [&] { return entry->engine || entry->error || entry->activity != seen; }))
      return stopped();
    if (entry->error && entry->error->code != ErrorCode::kCancelled) return tl::unexpected(*entry->error);
  }
}

// An exception here would leave others waiting for an engine that nobody makes.
Result<std::unique_ptr<SpeechEngine>> EnginePool::make_safely(const std::string& model, Entry& entry,
                                                              const Report& report, std::stop_token stop) {
  try {
    return make(model, entry, report, stop);
  } catch (const std::bad_alloc&) {
    return fail(ErrorCode::kInternal, "not enough memory for the model " + model + "; choose a smaller one");
  } catch (const std::exception& exception) {
    return fail(ErrorCode::kInternal, "cannot load the model " + model + ": " + exception.what());
  }
}

Result<std::unique_ptr<SpeechEngine>> EnginePool::make(const std::string& model, Entry& entry, const Report& report,
                                                       std::stop_token stop) {
  TRY(const ModelFiles files, download(model, entry, report, stop));
  announce(entry, {Activity::Phase::kLoadingModel, 0, 0}, report);
  TRY_VOID(take_turn(entry, stop));
  const auto begin = clock_.steady();
  TRY(auto engine, make_engine_(files, stop));
  log::info("model loaded", {{"model", model}, {"ms", std::to_string((clock_.steady() - begin).count())}});
  return engine;
}

Result<ModelFiles> EnginePool::download(const std::string& model, Entry& entry, const Report& report,
                                        std::stop_token stop) {
  const auto begin = clock_.steady();
  std::optional<std::chrono::milliseconds> last_report;
  std::optional<std::chrono::milliseconds> last_log;
  const auto on_progress = [&](const ModelProgress& progress) {
    {
      const std::scoped_lock lock(mutex_);
      downloads_[model] = progress;
    }
    const auto now = clock_.steady();
    if (progress.bytes_total > 0 && (!last_log || now - *last_log >= kLogEvery)) {
      last_log = now;
      log::info(
          "downloading the model",
          {{"model", model}, {"done", human_bytes(progress.bytes_done)}, {"of", human_bytes(progress.bytes_total)}});
    }
    if (last_report && now - *last_report < kReportEvery && progress.bytes_done != progress.bytes_total) return;
    last_report = now;
    announce(entry, {Activity::Phase::kDownloadingModel, progress.bytes_done, progress.bytes_total}, report);
  };
  auto files = models_.get(model, on_progress, stop);
  if (files && last_log)
    log::info("model downloaded", {{"model", model}, {"ms", std::to_string((clock_.steady() - begin).count())}});
  const std::scoped_lock lock(mutex_);
  downloads_.erase(model);
  return files;
}

// Waits until nobody else loads and fewer than max_engines are loaded; get() ends the turn.
Result<void> EnginePool::take_turn(const Entry& entry, std::stop_token stop) {
  std::unique_lock lock(mutex_);
  const auto has_room = [&] {
    const auto n_loaded =
        std::ranges::count_if(entries_, [](const auto& item) { return item.second->engine != nullptr; });
    return static_cast<size_t>(n_loaded) < max_engines_ || evict_unused();
  };
  if (!changed_.wait(lock, stop, [&] { return loading_ == nullptr && has_room(); }) || stop.stop_requested())
    return stopped();
  loading_ = &entry;
  return {};
}

// The one that nobody has used for the longest time. The mutex is held.
bool EnginePool::evict_unused() {
  auto oldest = entries_.end();
  for (auto it = entries_.begin(); it != entries_.end(); ++it) {
    const Entry& entry = *it->second;
    if (entry.engine == nullptr || entry.users > 0) continue;
    if (oldest == entries_.end() || entry.last_use < oldest->second->last_use) oldest = it;
  }
  if (oldest == entries_.end()) return false;
  log::info("model unloaded", {{"model", oldest->first}});
  entries_.erase(oldest);
  return true;
}

void EnginePool::announce(Entry& entry, const Activity& activity, const Report& report) {
  {
    const std::scoped_lock lock(mutex_);
    entry.activity = activity;
    changed_.notify_all();
  }
  report(activity);
}

// The mutex is held.
std::shared_ptr<SpeechEngine> EnginePool::lend(const std::shared_ptr<Entry>& entry) {
  ++entry->users;
  entry->last_use = ++last_use_;
  return {entry->engine.get(), [this, entry](SpeechEngine*) {
            const std::scoped_lock lock(mutex_);
            --entry->users;
            changed_.notify_all();
          }};
}

std::shared_ptr<SpeechEngine> EnginePool::find_loaded(const std::string& model) {
  const std::scoped_lock lock(mutex_);
  const auto found = entries_.find(model);
  return found == entries_.end() || found->second->engine == nullptr ? nullptr : lend(found->second);
}

std::vector<ModelProgress> EnginePool::downloads() const {
  const std::scoped_lock lock(mutex_);
  std::vector<ModelProgress> downloads;
  for (const auto& [model, progress] : downloads_) downloads.push_back(progress);
  return downloads;
}

}  // namespace v2t
