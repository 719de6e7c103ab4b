// The worker: claims jobs and turns their media into saved segments, several jobs side by side on shared engines.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/services/activity.h"
#include "app/services/engine_pool.h"
#include "app/services/work_counts.h"
#include "domain/audio.h"
#include "domain/blob_store.h"
#include "domain/clock.h"
#include "domain/doorbell.h"
#include "domain/job_store.h"
#include "domain/model_library.h"
#include "domain/speech_engine.h"
#include "domain/window.h"

namespace v2t {

using WindowSourceFactory = std::function<std::unique_ptr<WindowSource>(AudioSource&, const WindowsBegin&)>;

struct WorkerParts {
  JobStore& jobs;
  BlobStore& blobs;
  ModelLibrary& models;
  MediaReader& media;
  Doorbell& doorbell;
  ActivityBoard& activities;
  const Clock& clock;
  EngineFactory make_engine;
  WindowSourceFactory make_windows;  // thread-safe
  std::shared_ptr<WorkCounts> counts = std::make_shared<WorkCounts>();
};

struct WorkerOptions {
  size_t slots = 3;          // jobs side by side, which take turns on the engine
  size_t express_slots = 2;  // more of them, for short jobs alone: a clip does not wait until films are done
  Millis short_job{std::chrono::minutes(3)};
  size_t max_engines = 2;        // loaded models
  std::string preload = "base";  // made ready before any job asks; empty: none
  std::chrono::milliseconds lease = std::chrono::seconds(30);
  std::chrono::milliseconds poll = std::chrono::seconds(5);  // looks at the queue without a ring; pause after trouble
  // Housekeeping; zero: never.
  std::chrono::hours abandoned_uploads_after{24};
  std::chrono::hours media_after{0};  // counted from the end of the last job that uses it
  std::chrono::hours jobs_after{0};   // final jobs, with text and media
};

struct Readiness {
  bool is_ready = false;
  std::string reason;            // why not, a sentence
  std::optional<Error> problem;  // what stands in the way; absent while the model is only on its way
};

// Works from construction to destruction. Thread-safe.
class Worker {
 public:
  Worker(WorkerParts parts, WorkerOptions options);
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;
  // Stops at once: running jobs keep their saved windows and go back to the queue.
  ~Worker();
  // The same without waiting for it.
  void request_stop();

  // Whether the preloaded model can be used: it answered a window of silence at the start, and whenever somebody asked
  // since, some seconds later.
  Readiness readiness() const;
  // Models that are being downloaded this moment.
  std::vector<ModelProgress> downloads() const;

 private:
  class Body;
  std::unique_ptr<Body> body_;
};

}  // namespace v2t
