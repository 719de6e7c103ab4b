// Books of a day.
#include "app/services/quotas.h"

#include <algorithm>

#include "base/log.h"
#include "base/text.h"

namespace v2t {
namespace {

constexpr std::chrono::milliseconds kDay = std::chrono::hours(24);
constexpr std::chrono::seconds kRetryUpload{30};  // another upload may end any time

void noted(const Result<void>& result) {
  if (!result) log::warning("cannot note what was used", {{"reason", result.error().message}});
}

}  // namespace

std::vector<Usage> Quotas::used_by(const Caller& caller, Usage::Kind kind) {
  auto used = log_.find(caller.owner, caller.address, clock_.now() - kDay);
  if (!used) {
    log::warning("cannot look up what was used", {{"reason", used.error().message}});
    return {};
  }
  std::erase_if(*used, [&](const Usage& usage) { return usage.kind != kind; });
  return *std::move(used);
}

std::chrono::seconds Quotas::until_free(const std::vector<Usage>& used) const {
  const auto oldest = used.empty() ? clock_.now() : used.front().at;
  return std::max(std::chrono::ceil<std::chrono::seconds>(oldest + kDay - clock_.now()), std::chrono::seconds(1));
}

bool Quotas::is_under_way(const Usage& upload) {
  if (upload.is_settled) return false;
  if (lookup_.is_under_way(upload.owner, upload.id)) return true;
  noted(log_.settle(upload.id, {}));
  return false;
}

Millis Quotas::audio_of(const Usage& job) const {
  if (job.is_settled) return job.audio;
  return lookup_.audio_of(job.owner, job.id).value_or(job.audio);
}

std::optional<Refusal> Quotas::refuse_upload(const Caller& caller, uint64_t bytes) {
  const auto uploads = used_by(caller, Usage::Kind::kUpload);
  uint64_t used = 0;
  for (const Usage& upload : uploads) used += upload.bytes;
  if (limits_.bytes_per_day && used + bytes > *limits_.bytes_per_day)
    return Refusal{"this server takes " + human_bytes(*limits_.bytes_per_day) + " a day from one place, and " +
                       human_bytes(used) + " came already; try a smaller file, or later",
                   until_free(uploads)};
  const auto n_under_way =
      static_cast<size_t>(std::ranges::count_if(uploads, [this](const Usage& upload) { return is_under_way(upload); }));
  if (n_under_way >= limits_.uploads_at_once)
    return Refusal{std::to_string(n_under_way) + " uploads are under way already; let one of them end, or cancel one",
                   kRetryUpload};
  return std::nullopt;
}

std::optional<Refusal> Quotas::refuse_job(const Caller& caller) {
  if (!limits_.audio_per_day) return std::nullopt;
  const auto jobs = used_by(caller, Usage::Kind::kJob);
  Millis used{};
  for (const Usage& job : jobs) used += audio_of(job);
  if (used < *limits_.audio_per_day) return std::nullopt;
  return Refusal{"this server transcribes " + std::to_string(limits_.audio_per_day->count()) +
                     " hours of audio a day for one place, and they are used up; try again later",
                 until_free(jobs)};
}

void Quotas::add(const Usage& usage) { noted(log_.add(usage, usage.at - kDay)); }

void Quotas::add_upload(const Caller& caller, const BlobId& upload, uint64_t bytes) {
  add({Usage::Kind::kUpload, upload, caller.owner, caller.address, clock_.now(), bytes, {}, false});
}

void Quotas::add_job(const Caller& caller, const JobId& job) {
  add({Usage::Kind::kJob, job, caller.owner, caller.address, clock_.now(), 0, {}, false});
}

void Quotas::set_bytes(const BlobId& upload, uint64_t bytes) { noted(log_.set_bytes(upload, bytes)); }

void Quotas::settle(const Job& job) {
  // Of a job that was broken off, what was heard counts.
  noted(log_.settle(job.id, job.state == JobState::kDone ? job.duration.value_or(job.audio_done) : job.audio_done));
}

}  // namespace v2t
