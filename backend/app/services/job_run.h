// One attempt at one job: from its claim to its end, or to the loss of the claim.
#pragma once

#include <atomic>

#include "app/services/engine_pool.h"
#include "app/services/worker.h"

namespace v2t {

class JobRun {
 public:
  // How the attempt ended for the job.
  enum class Ending {
    kEnded,     // done or failed
    kLost,      // cancelled, deleted, or taken by another worker: nothing was written any more
    kReleased,  // stopped; the job waits in the queue with all its saved windows
    kStuck,     // the store cannot be written: give the job back later
  };

  JobRun(const WorkerParts& parts, EnginePool& engines, Claim claim)
      : parts_(parts), engines_(engines), claim_(std::move(claim)) {}

  // Blocks until the end; called once. `stop`: give the job back at once.
  Ending run(std::stop_token stop);
  // After kStuck, again and again until it is something else.
  Ending give_back();

  // The rest is for another thread.
  const Claim& claim() const { return claim_; }
  // The claim is lost: run() ends soon and writes nothing.
  void drop();
  // Somebody else's turn: run() ends soon and gives the job back with all its saved windows.
  void yield();
  bool is_yielding() const { return is_yielding_; }

 private:
  Result<void> transcribe_all(std::stop_token stop);
  Result<std::unique_ptr<AudioSource>> open_audio(std::stop_token stop) const;
  Result<void> save_window(const WindowResult& window, Samples covered);
  void save_peaks(const Peaks& peaks);
  std::optional<double> speed(Millis audio_done) const;
  Result<void> finish(Samples heard, std::vector<Warning> warnings);
  Result<bool> has_text();
  Ending end(const Error& error, std::stop_token stop);
  Ending try_later(const Error& error);
  void show(const Activity& activity) { parts_.activities.set(claim_.job.id, activity); }
  // Notes what the failure of a write means for the job.
  Result<void> saved(Result<void> result);

  const WorkerParts& parts_;
  EnginePool& engines_;
  Claim claim_;
  std::stop_source stop_;
  std::atomic<bool> is_lost_ = false;
  std::atomic<bool> is_yielding_ = false;
  bool is_store_broken_ = false;
  bool has_new_text_ = false;
  Millis audio_counted_{};
  std::chrono::milliseconds begin_{};
  // For the speed: from here on.
  bool is_catching_up_ = false;
  std::chrono::milliseconds measured_since_{};
  Millis measured_from_{};
};

}  // namespace v2t
