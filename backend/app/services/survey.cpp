// Learns how long the audio of waiting jobs is.
#include "app/services/survey.h"

#include "base/log.h"

namespace v2t {
namespace {

constexpr size_t kLookAhead = 100;  // jobs of the queue
constexpr size_t kMostRemembered = 10'000;

}  // namespace

std::optional<Job> Survey::next_unseen() {
  auto waiting = jobs_.queue(kLookAhead);
  if (!waiting) return std::nullopt;
  const std::scoped_lock lock(mutex_);
  if (seen_.size() > kMostRemembered) seen_.clear();  // they are merely looked at again
  for (auto& job : *waiting)
    if (!job.duration && seen_.insert(job.id).second) return std::move(job);
  return std::nullopt;
}

bool Survey::measure_one(std::stop_token stop) {
  const auto job = next_unseen();
  if (!job) return false;
  auto file = blobs_.open(job->owner, job->media);
  if (!file) return true;
  const auto info = media_.probe(*std::move(file), {job->name, job->settings.audio_track}, stop);
  if (!info || !info->duration) return true;
  const auto saved = jobs_.measured(job->id, *info->duration);
  if (!saved) log::warning("cannot save a duration", {{"job", job->id}, {"reason", saved.error().message}});
  doorbell_.ring();
  return true;
}

}  // namespace v2t
