// The loaded models: downloaded and loaded once for all jobs that want them, a few at a time.
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <vector>

#include "app/services/activity.h"
#include "domain/clock.h"
#include "domain/model_library.h"
#include "domain/speech_engine.h"

namespace v2t {

// Called from one thread at a time. Large models take a minute to load: kCancelled soon after it is stopped.
using EngineFactory = std::function<Result<std::unique_ptr<SpeechEngine>>(const ModelFiles&, std::stop_token)>;

// Thread-safe. Outlives the engines that it gave.
class EnginePool {
 public:
  using Report = std::function<void(const Activity&)>;

  EnginePool(ModelLibrary& models, EngineFactory make_engine, const Clock& clock, size_t max_engines)
      : models_(models), make_engine_(std::move(make_engine)), clock_(clock), max_engines_(max_engines) {}

  // The engine of the model, after waiting for its download, for its loading, and for one of the max_engines places
  // (an engine that nobody uses makes room). `report` hears of every step, from the calling thread. Errors: as
  // ModelLibrary::get and the factory; kCancelled.
  Result<std::shared_ptr<SpeechEngine>> get(const std::string& model, const Report& report, std::stop_token stop);
  // The engine if it is loaded already, else null.
  std::shared_ptr<SpeechEngine> find_loaded(const std::string& model);
  // Models that are being downloaded this moment.
  std::vector<ModelProgress> downloads() const;

 private:
  struct Entry {
    std::unique_ptr<SpeechEngine> engine;  // null until loaded
    std::optional<Error> error;            // why it will never be loaded
    Activity activity;
    size_t users = 0;
    uint64_t last_use = 0;
  };

  Result<std::unique_ptr<SpeechEngine>> make_safely(const std::string& model, Entry& entry, const Report& report,
                                                    std::stop_token stop);
  Result<std::unique_ptr<SpeechEngine>> make(const std::string& model, Entry& entry, const Report& report,
                                             std::stop_token stop);
  Result<ModelFiles> download(const std::string& model, Entry& entry, const Report& report, std::stop_token stop);
  Result<void> take_turn(const Entry& entry, std::stop_token stop);
  bool evict_unused();
  void announce(Entry& entry, const Activity& activity, const Report& report);
  std::shared_ptr<SpeechEngine> lend(const std::shared_ptr<Entry>& entry);

  ModelLibrary& models_;
  const EngineFactory make_engine_;
  const Clock& clock_;
  const size_t max_engines_;
  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::map<std::string, std::shared_ptr<Entry>> entries_;  // guarded by mutex_, the entries too
  std::map<std::string, ModelProgress> downloads_;         // guarded by mutex_
  uint64_t last_use_ = 0;                                  // guarded by mutex_
  const Entry* loading_ = nullptr;                         // guarded by mutex_; one engine is loaded at a time
};

}  // namespace v2t
