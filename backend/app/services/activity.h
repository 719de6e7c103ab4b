// What running jobs are doing this moment: live, never stored, read by the HTTP layer.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string_view>

#include "domain/doorbell.h"
#include "domain/job.h"

namespace v2t {

struct Activity {
  enum class Phase { kDownloadingModel, kLoadingModel, kOpeningMedia, kTranscribing };
  Phase phase = Phase::kLoadingModel;
  uint64_t bytes_done = 0;   // of a download
  uint64_t bytes_total = 0;  // 0: unknown, or nothing is downloaded

  friend bool operator==(const Activity&, const Activity&) = default;
};
std::string_view phase_name(Activity::Phase phase);  // "downloading_model", "loading_model", ...

// Thread-safe. Rings the doorbell on every change.
class ActivityBoard {
 public:
  explicit ActivityBoard(Doorbell& doorbell) : doorbell_(doorbell) {}
  void set(const JobId& job, const Activity& activity);
  void clear(const JobId& job);
  std::optional<Activity> find(const JobId& job) const;

 private:
  Doorbell& doorbell_;
  mutable std::mutex mutex_;
  std::map<JobId, Activity> activities_;  // guarded by mutex_
};

}  // namespace v2t
