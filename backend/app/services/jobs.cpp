// Jobs as their owners see and change them.
#include "app/services/jobs.h"

#include <algorithm>
#include <cmath>

#include "app/services/names.h"
#include "app/services/settings_check.h"

namespace v2t {

Result<JobView> Jobs::view(Job job) {
  JobView view;
  if (auto upload = parts_.blobs.find(job.owner, job.media)) {
    view.upload = *std::move(upload);
  } else if (upload.error().code != ErrorCode::kNotFound) {
    return tl::unexpected(std::move(upload).error());
  }
  std::optional<QueuePlace> place;
  if (job.state == JobState::kQueued) {
    TRY(place, parts_.store.queue_place(job.id));
    if (place) view.queue_position = place->position;
  }
  TRY(view.time_left, time_left(job, place));
  if (is_final(job.state) && job.finished) {
    if (retention_.jobs_after.count() > 0) view.expires = *job.finished + retention_.jobs_after;
    if (view.upload) {
      TRY(view.media_expires, media_expiry(job));
    }
  }
  if (job.state == JobState::kRunning) view.activity = parts_.activities.find(job.id);
  view.job = std::move(job);
  return view;
}

// From measured speeds alone: that of this run, else the usual one; of a queued job with all that comes before it.
Result<std::optional<Millis>> Jobs::time_left(const Job& job, const std::optional<QueuePlace>& place) {
  const bool is_running = job.state == JobState::kRunning;
  if (!job.duration || !(is_running || (place && place->audio_before))) return std::nullopt;
  std::optional<double> speed = is_running ? job.speed : std::nullopt;
  if (!speed) {
    TRY(speed, parts_.store.usual_speed(job.settings.model));
  }
  if (!speed || !(*speed > 0)) return std::nullopt;
  const Millis own = std::max(Millis(0), *job.duration - job.audio_done);
  const Millis audio = is_running ? own : own + *place->audio_before;
  return Millis(std::llround(static_cast<double>(audio.count()) / *speed));
}

// As the housekeeping does it: counted from the end of the last job that uses it.
Result<std::optional<WallTime>> Jobs::media_expiry(const Job& job) {
  if (retention_.media_after.count() == 0) return std::nullopt;
  TRY(const auto users, parts_.store.jobs_with_media(job.media));
  WallTime last = *job.finished;
  for (const Job& user : users) {
    if (!is_final(user.state) || !user.finished) return std::nullopt;
    last = std::max(last, *user.finished);
  }
  return last + retention_.media_after;
}

// What an earlier job has learnt about the same media.
Result<std::optional<Millis>> Jobs::known_duration(const BlobId& media) {
  TRY(const auto jobs, parts_.store.jobs_with_media(media));
  for (const Job& job : jobs)
    if (job.state == JobState::kDone && job.duration) return job.duration;
  return std::nullopt;
}

Result<JobView> Jobs::create(const OwnerId& owner, const BlobId& upload, const JobSettings& settings,
                             const Origin& origin) {
  TRY_VOID(check_settings(settings));
  TRY(const BlobInfo blob, parts_.blobs.find(owner, upload));
  Job job;
  job.id = new_id();
  job.owner = owner;
  job.name = blob.name;
  job.media = upload;
  job.media_size_bytes = blob.final_size_bytes.value_or(blob.size_bytes);
  job.is_transient = origin.keep == Keep::kTransient;
  job.settings = settings;
  job.created = parts_.clock.now();
  job.source = origin.source;
  if (origin.source) {
    const auto source = parts_.store.find(owner, *origin.source);
    if (!source) return wrap(source.error(), "source");
    if (source->media != upload)
      return fail(ErrorCode::kInvalidArgument, "source: that job is of another upload; give its upload too");
  }
  TRY(job.duration, known_duration(upload));
  if (origin.request) {
    TRY(const JobId id, parts_.store.add_once(job, *origin.request));
    if (id != job.id) {
      TRY(JobView earlier, find(owner, id));
      earlier.is_repeat = true;
      return earlier;
    }
  } else {
    TRY_VOID(parts_.store.add(job));
  }
  // Asked again after the job is stored: an upload that is completed in between finds the job, or is found here.
  const auto now = parts_.blobs.find(owner, upload);
  if (now && now->is_complete) TRY_VOID(parts_.store.media_completed(upload, now->size_bytes));
  if (!now) TRY_VOID(parts_.store.media_lost(upload, now.error()));
  parts_.doorbell.ring();
  return find(owner, job.id);
}

Result<JobView> Jobs::find(const OwnerId& owner, const JobId& id) {
  TRY(Job job, parts_.store.find(owner, id));
  return view(std::move(job));
}

Result<JobPage> Jobs::list(const OwnerId& owner, const JobFilter& filter, size_t limit, size_t offset) {
  JobPage page;
  TRY(page.total, parts_.store.count(owner, filter));
  TRY(auto jobs, parts_.store.list(owner, filter, limit, offset));
  for (Job& job : jobs) {
    TRY(JobView one, view(std::move(job)));
    page.jobs.push_back(std::move(one));
  }
  return page;
}

Result<JobView> Jobs::rename(const OwnerId& owner, const JobId& id, const std::string& name) {
  const std::string clean = clean_name(name);
  if (clean.empty()) return fail(ErrorCode::kInvalidArgument, "the name is empty; give it at least one character");
  TRY_VOID(parts_.store.rename(owner, id, clean));
  parts_.doorbell.ring();
  return find(owner, id);
}

Result<JobView> Jobs::cancel(const OwnerId& owner, const JobId& id) {
  TRY(JobView before, find(owner, id));
  if (before.job.state == JobState::kCancelled) return before;
  TRY_VOID(parts_.store.cancel(owner, id));
  parts_.doorbell.ring();
  return find(owner, id);
}

Result<void> Jobs::remove(const OwnerId& owner, const JobId& id) {
  TRY(const Job job, parts_.store.remove(owner, id));
  parts_.doorbell.ring();
  TRY(const auto others, parts_.store.jobs_with_media(job.media));
  if (!others.empty()) return {};
  auto removed = parts_.blobs.remove(owner, job.media);
  if (!removed && removed.error().code != ErrorCode::kNotFound) return removed;
  return {};
}

Result<void> Jobs::remove_transient(const std::function<void(const Job&)>& before_each) {
  constexpr size_t kBatch = 500;
  for (;;) {
    TRY(const auto jobs, parts_.store.transient(kBatch));
    for (const Job& job : jobs) {
      before_each(job);
      TRY_VOID(remove(job.owner, job.id));
    }
    if (jobs.size() < kBatch) return {};
  }
}

Result<std::vector<Segment>> Jobs::segments(const OwnerId& owner, const JobId& id, uint64_t first_window) {
  return parts_.store.segments(owner, id, first_window);
}

Result<Transcript> Jobs::transcript(const OwnerId& owner, const JobId& id, std::optional<uint64_t> version) {
  TRY(Job job, parts_.store.find(owner, id));
  Transcript transcript;
  TRY(VersionedText text, parts_.store.text(owner, id, version));
  transcript.segments = std::move(text.segments);
  transcript.version = text.version;
  transcript.name = std::move(job.name);
  transcript.model = std::move(job.settings.model);
  transcript.language = job.language.value_or(job.settings.language.value_or(""));
  transcript.task = job.settings.task;
  transcript.duration = job.duration.value_or(job.audio_done);
  transcript.warnings = std::move(job.warnings);
  transcript.coverage = job.coverage;
  return transcript;
}

Result<Peaks> Jobs::peaks(const OwnerId& owner, const JobId& id) { return parts_.store.peaks(owner, id); }

Result<Storage> Jobs::storage(const OwnerId& owner) {
  Storage storage;
  TRY(const BlobUsage media, parts_.blobs.usage(owner));
  storage.media_bytes = media.owner_bytes;
  storage.disk_free_bytes = media.free_bytes;
  TRY(storage.text_bytes, parts_.store.text_bytes(owner));
  TRY(storage.n_jobs, parts_.store.count(owner, {}));
  return storage;
}

Result<JobMedia> Jobs::media(const OwnerId& owner, const JobId& id) {
  TRY(Job job, parts_.store.find(owner, id));
  TRY(const BlobInfo blob, parts_.blobs.find(owner, job.media));
  TRY(UniqueFd file, parts_.blobs.open(owner, job.media));
  return JobMedia{std::move(file), blob.name, blob.size_bytes};
}

Result<std::vector<JobEvent>> Jobs::events_after(const OwnerId& owner, const JobId& id, uint64_t after, size_t limit) {
  return parts_.store.events_after(owner, id, after, limit);
}

}  // namespace v2t
