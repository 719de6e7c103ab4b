// Jobs as their owners see and change them.
#include "app/services/jobs.h"

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
  if (job.state == JobState::kQueued) {
    TRY(view.queue_position, parts_.store.queue_position(job.id));
  }
  if (job.state == JobState::kRunning) view.activity = parts_.activities.find(job.id);
  view.job = std::move(job);
  return view;
}

Result<JobView> Jobs::create(const OwnerId& owner, const BlobId& upload, const JobSettings& settings) {
  TRY_VOID(check_settings(settings));
  TRY(const BlobInfo blob, parts_.blobs.find(owner, upload));
  Job job;
  job.id = new_id();
  job.owner = owner;
  job.name = blob.name;
  job.media = upload;
  job.media_size_bytes = blob.final_size_bytes.value_or(blob.size_bytes);
  job.settings = settings;
  job.created = parts_.clock.now();
  TRY_VOID(parts_.store.add(job));
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

Result<JobPage> Jobs::list(const OwnerId& owner, size_t limit, size_t offset) {
  JobPage page;
  TRY(page.total, parts_.store.count(owner));
  TRY(auto jobs, parts_.store.list(owner, limit, offset));
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

Result<std::vector<Segment>> Jobs::segments(const OwnerId& owner, const JobId& id, uint64_t first_window) {
  return parts_.store.segments(owner, id, first_window);
}

Result<Transcript> Jobs::transcript(const OwnerId& owner, const JobId& id) {
  TRY(Job job, parts_.store.find(owner, id));
  Transcript transcript;
  TRY(transcript.segments, parts_.store.segments(owner, id, 0));
  transcript.name = std::move(job.name);
  transcript.model = std::move(job.settings.model);
  transcript.language = job.language.value_or(job.settings.language.value_or(""));
  transcript.task = job.settings.task;
  transcript.duration = job.duration.value_or(job.audio_done);
  transcript.warnings = std::move(job.warnings);
  return transcript;
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
