// Books of a day.
#include "app/services/quotas.h"

#include <algorithm>

#include "base/text.h"

namespace v2t {
namespace {

constexpr std::chrono::milliseconds kDay = std::chrono::hours(24);
constexpr std::chrono::seconds kRetryUpload{30};  // another upload may end any time

}  // namespace

void Quotas::forget_old() {
  const auto before = clock_.steady() - kDay;
  const auto first = std::ranges::find_if(entries_, [&](const Entry& entry) { return entry.at > before; });
  entries_.erase(entries_.begin(), first);
}

std::vector<Quotas::Entry*> Quotas::entries_of(const Caller& caller) {
  std::vector<Entry*> found;
  for (Entry& entry : entries_) {
    const bool is_same_place = !caller.address.empty() && entry.caller.address == caller.address;
    if (entry.caller.owner == caller.owner || is_same_place) found.push_back(&entry);
  }
  return found;
}

std::chrono::seconds Quotas::until_free(const std::vector<Entry*>& entries) const {
  const auto oldest = entries.empty() ? clock_.steady() : entries.front()->at;
  return std::max(std::chrono::ceil<std::chrono::seconds>(oldest + kDay - clock_.steady()), std::chrono::seconds(1));
}

std::optional<Refusal> Quotas::refuse_upload(const Caller& caller, uint64_t bytes) {
  const std::scoped_lock lock(mutex_);
  forget_old();
  auto entries = entries_of(caller);
  std::erase_if(entries, [](const Entry* entry) { return entry->upload.empty(); });
  uint64_t used = 0;
  for (const Entry* entry : entries) used += entry->bytes;
  if (limits_.bytes_per_day && used + bytes > *limits_.bytes_per_day)
    return Refusal{"this server takes " + human_bytes(*limits_.bytes_per_day) + " a day from one place, and " +
                       human_bytes(used) + " came already; try a smaller file, or later",
                   until_free(entries)};
  const auto is_under_way = [&](Entry* entry) {
    entry->is_settled = entry->is_settled || !lookup_.is_under_way(entry->caller.owner, entry->upload);
    return !entry->is_settled;
  };
  const auto n_under_way = static_cast<size_t>(std::ranges::count_if(entries, is_under_way));
  if (n_under_way >= limits_.uploads_at_once)
    return Refusal{std::to_string(n_under_way) + " uploads are under way already; let one of them end, or cancel one",
                   kRetryUpload};
  return std::nullopt;
}

void Quotas::add_upload(const Caller& caller, const BlobId& upload, uint64_t bytes) {
  const std::scoped_lock lock(mutex_);
  entries_.push_back({clock_.steady(), caller, upload, "", bytes, {}, false});
}

void Quotas::set_bytes(const BlobId& upload, uint64_t bytes) {
  const std::scoped_lock lock(mutex_);
  for (Entry& entry : entries_)
    if (entry.upload == upload) entry.bytes = bytes;
}

std::optional<Refusal> Quotas::refuse_job(const Caller& caller) {
  const std::scoped_lock lock(mutex_);
  forget_old();
  if (!limits_.audio_per_day) return std::nullopt;
  auto entries = entries_of(caller);
  std::erase_if(entries, [](const Entry* entry) { return entry->job.empty(); });
  Millis used{};
  for (Entry* entry : entries) {
    const auto audio = entry->is_settled ? std::nullopt : lookup_.audio_of(entry->caller.owner, entry->job);
    if (audio) entry->audio = *audio;
    used += entry->audio;
  }
  if (used < *limits_.audio_per_day) return std::nullopt;
  return Refusal{"this server transcribes " + std::to_string(limits_.audio_per_day->count()) +
                     " hours of audio a day for one place, and they are used up; try again later",
                 until_free(entries)};
}

void Quotas::add_job(const Caller& caller, const JobId& job) {
  const std::scoped_lock lock(mutex_);
  entries_.push_back({clock_.steady(), caller, "", job, 0, {}, false});
}

void Quotas::settle(const Job& job) {
  const std::scoped_lock lock(mutex_);
  for (Entry& entry : entries_)
    if (entry.job == job.id) {
      // Of a job that was broken off, what was heard counts.
      entry.audio = job.state == JobState::kDone ? job.duration.value_or(job.audio_done) : job.audio_done;
      entry.is_settled = true;
    }
}

}  // namespace v2t
