// The board of live activities.
#include "app/services/activity.h"

namespace v2t {

std::string_view phase_name(Activity::Phase phase) {
  switch (phase) {
    case Activity::Phase::kDownloadingModel:
      return "downloading_model";
    case Activity::Phase::kLoadingModel:
      return "loading_model";
    case Activity::Phase::kOpeningMedia:
      return "opening_media";
    case Activity::Phase::kTranscribing:
      return "transcribing";
  }
  return "transcribing";
}

void ActivityBoard::set(const JobId& job, const Activity& activity) {
  {
    const std::scoped_lock lock(mutex_);
    auto [entry, is_new] = activities_.try_emplace(job, activity);
    if (!is_new && entry->second == activity) return;
    entry->second = activity;
  }
  doorbell_.ring();
}

void ActivityBoard::clear(const JobId& job) {
  {
    const std::scoped_lock lock(mutex_);
    if (activities_.erase(job) == 0) return;
  }
  doorbell_.ring();
}

std::optional<Activity> ActivityBoard::find(const JobId& job) const {
  const std::scoped_lock lock(mutex_);
  const auto entry = activities_.find(job);
  return entry == activities_.end() ? std::nullopt : std::optional(entry->second);
}

}  // namespace v2t
