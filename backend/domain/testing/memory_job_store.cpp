// Jobs in memory: the contract of JobStore without its durability.
#include "domain/testing/memory_job_store.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "domain/fold.h"

namespace v2t::testing {
namespace {

tl::unexpected<Error> no_such_job(const JobId& id) { return fail(ErrorCode::kNotFound, "there is no job " + id); }

bool passes(const JobFilter& filter, const Job& job) {
  const bool has_state = filter.states.empty() || std::ranges::find(filter.states, job.state) != filter.states.end();
  return has_state && fold(job.name).text.find(fold(filter.name).text) != std::string::npos;
}

std::optional<Millis> audio_left(const Job& job) {
  if (!job.duration) return std::nullopt;
  return std::max(Millis(0), *job.duration - job.audio_done);
}

}  // namespace

void MemoryJobStore::fail_writes_with(std::optional<Error> error) {
  const std::scoped_lock lock(mutex_);
  write_error_ = std::move(error);
}

void MemoryJobStore::fail_next_append_with(const Error& error) {
  const std::scoped_lock lock(mutex_);
  append_error_ = error;
}

Claim MemoryJobStore::take_over(const JobId& id) {
  const std::scoped_lock lock(mutex_);
  const auto entry = std::ranges::find(entries_, id, [](const auto& other) { return other->job.id; });
  CHECK(entry != entries_.end());
  Job& job = (*entry)->job;
  ++job.epoch;
  return {job, job.epoch};
}

Result<void> MemoryJobStore::writable() const {
  if (write_error_) return tl::unexpected(*write_error_);
  return {};
}

void MemoryJobStore::emit(const Job& job, const std::string& type, const std::string& data) {
  events_.push_back({++last_sequence_, job.id, type, data});
}

template <class Condition>
std::vector<Job> MemoryJobStore::select(size_t limit, Condition condition) const {
  std::vector<Job> jobs;
  for (const auto& entry : entries_)
    if (jobs.size() < limit && condition(entry->job)) jobs.push_back(entry->job);
  return jobs;
}

Result<MemoryJobStore::Entry*> MemoryJobStore::owned(const OwnerId& owner, const JobId& id) {
  for (const auto& entry : entries_)
    if (entry->job.id == id && entry->job.owner == owner) return entry.get();
  return no_such_job(id);
}

Result<MemoryJobStore::Entry*> MemoryJobStore::held(const Claim& claim) {
  TRY_VOID(writable());
  const auto entry = owned(claim.job.owner, claim.job.id);
  if (!entry || (*entry)->job.state != JobState::kRunning || (*entry)->job.epoch != claim.epoch)
    return fail(ErrorCode::kConflict, "the claim of job " + claim.job.id + " is lost");
  return *entry;
}

Result<void> MemoryJobStore::add(const Job& job) {
  const std::scoped_lock lock(mutex_);
  TRY_VOID(writable());
  add_locked(job);
  return {};
}

void MemoryJobStore::add_locked(const Job& job) {
  auto entry = std::make_unique<Entry>();
  entry->job = job;
  entry->job.coverage = Coverage();
  entry->ticket = ++last_ticket_;
  entries_.push_back(std::move(entry));
  emit(job, "state", "{}");
}

Result<JobId> MemoryJobStore::add_once(const Job& job, const RequestKey& request) {
  const std::scoped_lock lock(mutex_);
  TRY_VOID(writable());
  Request& earlier = requests_[{job.owner, request.key}];
  if (owned(job.owner, earlier.job) && clock_.now() - earlier.at < kKeepRequests) {
    if (earlier.digest == request.digest) return earlier.job;
    return fail(ErrorCode::kConflict, "the key was used for another request");
  }
  earlier = {request.digest, job.id, clock_.now()};
  add_locked(job);
  return job.id;
}

Result<Job> MemoryJobStore::find(const OwnerId& owner, const JobId& id) {
  const std::scoped_lock lock(mutex_);
  TRY(const Entry* entry, owned(owner, id));
  return entry->job;
}

Result<std::vector<Job>> MemoryJobStore::list(const OwnerId& owner, const JobFilter& filter, size_t limit,
                                              size_t offset) {
  const std::scoped_lock lock(mutex_);
  auto jobs = select(entries_.size(),
                     [&](const Job& job) { return job.owner == owner && !job.is_transient && passes(filter, job); });
  std::reverse(jobs.begin(), jobs.end());
  jobs.erase(jobs.begin(), jobs.begin() + static_cast<ptrdiff_t>(std::min(offset, jobs.size())));
  jobs.resize(std::min(limit, jobs.size()));
  return jobs;
}

Result<uint64_t> MemoryJobStore::count(const OwnerId& owner, const JobFilter& filter) {
  const std::scoped_lock lock(mutex_);
  return select(entries_.size(),
                [&](const Job& job) { return job.owner == owner && !job.is_transient && passes(filter, job); })
      .size();
}

bool MemoryJobStore::is_dead(const Entry& entry) const {
  return entry.job.state == JobState::kRunning && entry.lease_until <= clock_.steady();
}

bool MemoryJobStore::waits(const Entry& entry) const {
  return (entry.job.state == JobState::kQueued && entry.retry_at <= clock_.steady()) || is_dead(entry);
}

std::vector<MemoryJobStore::Entry*> MemoryJobStore::queued() {
  struct OwnerTurn {
    uint64_t round = 0;
    uint64_t last_claim = 0;
  };
  std::map<OwnerId, OwnerTurn> owners;
  std::vector<Entry*> waiting;
  for (const auto& entry : entries_) {
    auto& owner = owners[entry->job.owner];
    owner.last_claim = std::max(owner.last_claim, entry->claim_ticket);
    if (waits(*entry))
      waiting.push_back(entry.get());
    else if (entry->job.state == JobState::kRunning)
      ++owner.round;
  }
  std::ranges::sort(waiting, {}, [](const Entry* entry) { return entry->ticket; });
  std::vector<std::tuple<uint64_t, uint64_t, uint64_t, Entry*>> order;
  for (Entry* entry : waiting) {
    auto& owner = owners[entry->job.owner];
    order.emplace_back(++owner.round, owner.last_claim, entry->ticket, entry);
  }
  std::ranges::sort(order);
  std::vector<Entry*> queue;
  for (const auto& item : order) queue.push_back(std::get<Entry*>(item));
  return queue;
}

Result<std::optional<QueuePlace>> MemoryJobStore::queue_place(const JobId& id) {
  const std::scoped_lock lock(mutex_);
  const auto waiting = queued();
  const auto found = std::ranges::find(waiting, id, [](const Entry* entry) { return entry->job.id; });
  if (found == waiting.end()) return std::nullopt;
  QueuePlace place{static_cast<uint64_t>(found - waiting.begin()), Millis(0)};
  const auto add = [&](const Job& job) {
    const auto left = audio_left(job);
    place.audio_before = left && place.audio_before ? std::optional(*place.audio_before + *left) : std::nullopt;
  };
  for (auto before = waiting.begin(); before != found; ++before) add((*before)->job);
  for (const auto& entry : entries_)
    if (entry->job.state == JobState::kRunning && !is_dead(*entry)) add(entry->job);
  return place;
}

Result<std::optional<double>> MemoryJobStore::usual_speed(const std::string& model) {
  const std::scoped_lock lock(mutex_);
  std::vector<double> speeds;
  for (auto entry = entries_.rbegin(); entry != entries_.rend() && speeds.size() < 5; ++entry) {
    const Job& job = (*entry)->job;
    if (job.state == JobState::kDone && job.settings.model == model && job.speed) speeds.push_back(*job.speed);
  }
  if (speeds.empty()) return std::nullopt;
  std::ranges::sort(speeds);
  return speeds[speeds.size() / 2];
}

VersionedText MemoryJobStore::text_of(const Entry& entry, uint64_t version) {
  std::vector<SegmentEdit> edits;
  for (const auto& [made, changed] : entry.versions)
    if (made.version <= version) edits.insert(edits.end(), changed.begin(), changed.end());
  return overlaid(version, entry.segments, edits);
}

Result<VersionedText> MemoryJobStore::text(const OwnerId& owner, const JobId& id, std::optional<uint64_t> version) {
  const std::scoped_lock lock(mutex_);
  TRY(const Entry* entry, owned(owner, id));
  if (version && *version > entry->versions.size()) return fail(ErrorCode::kNotFound, "there is no such version");
  return text_of(*entry, version.value_or(entry->versions.size()));
}

Result<uint64_t> MemoryJobStore::save_edit(const OwnerId& owner, const JobId& id, const VersionedText& before,
                                           const TextEdit& edit, std::optional<uint64_t> restored) {
  const std::scoped_lock lock(mutex_);
  TRY_VOID(writable());
  TRY(Entry * entry, owned(owner, id));
  if (before.version != entry->job.version) return fail(ErrorCode::kStale, "the text was changed by somebody else");
  const uint64_t version = ++entry->job.version;
  entry->versions.emplace_back(TextVersion{version, clock_.now(), restored ? VersionKind::kRestore : VersionKind::kEdit,
                                           edit.segments.size() + edit.removed.size(), restored},
                               edits_of(edit, before));
  emit(entry->job, "edited", "{\"version\":" + std::to_string(version) + "}");
  return version;
}

Result<std::vector<TextVersion>> MemoryJobStore::versions(const OwnerId& owner, const JobId& id) {
  const std::scoped_lock lock(mutex_);
  TRY(const Entry* entry, owned(owner, id));
  std::vector<TextVersion> versions;
  for (auto made = entry->versions.rbegin(); made != entry->versions.rend(); ++made) versions.push_back(made->first);
  versions.push_back({0, entry->job.finished.value_or(entry->job.created), VersionKind::kRecognised, 0, {}});
  return versions;
}

Result<SearchPage> MemoryJobStore::search(const OwnerId& owner, const SearchQuery& query) {
  const std::scoped_lock lock(mutex_);
  SearchPage page;
  for (auto entry = entries_.rbegin(); entry != entries_.rend(); ++entry) {
    if ((*entry)->job.owner != owner || (*entry)->job.is_transient) continue;
    for (const Segment& segment : text_of(**entry, (*entry)->job.version).segments) {
      const std::string folded = fold(segment.text).text;
      const auto is_there = [&](const std::string& term) { return folded.find(term) != std::string::npos; };
      if (!std::ranges::all_of(query.terms, is_there)) continue;
      if (page.total++ >= query.offset && page.hits.size() < query.limit)
        page.hits.push_back({(*entry)->job.id, (*entry)->job.name, segment});
    }
  }
  return page;
}

Result<Peaks> MemoryJobStore::peaks(const OwnerId& owner, const JobId& id) {
  const std::scoped_lock lock(mutex_);
  TRY(const Entry* entry, owned(owner, id));
  return entry->peaks;
}

Result<void> MemoryJobStore::save_peaks(const Claim& claim, const Peaks& peaks) {
  const std::scoped_lock lock(mutex_);
  TRY(Entry * entry, held(claim));
  entry->peaks = peaks;
  return {};
}

Result<uint64_t> MemoryJobStore::text_bytes(const OwnerId& owner) {
  const std::scoped_lock lock(mutex_);
  uint64_t bytes = 0;
  for (const auto& entry : entries_)
    if (entry->job.owner == owner)
      for (const Segment& segment : entry->segments) bytes += segment.text.size();
  return bytes;
}

Result<std::vector<Segment>> MemoryJobStore::segments(const OwnerId& owner, const JobId& id, uint64_t first_window) {
  const std::scoped_lock lock(mutex_);
  TRY(const Entry* entry, owned(owner, id));
  std::vector<Segment> segments;
  std::ranges::copy_if(text_of(*entry, entry->job.version).segments, std::back_inserter(segments),
                       [&](const Segment& segment) { return segment.window >= first_window; });
  return segments;
}

Result<void> MemoryJobStore::rename(const OwnerId& owner, const JobId& id, const std::string& name) {
  const std::scoped_lock lock(mutex_);
  TRY_VOID(writable());
  TRY(Entry * entry, owned(owner, id));
  entry->job.name = name;
  emit(entry->job, "state", "{}");
  return {};
}

void MemoryJobStore::end(Entry& entry, JobState state) {
  entry.job.state = state;
  entry.job.finished = clock_.now();
  std::erase_if(events_, [&](const JobEvent& event) { return event.job == entry.job.id && event.type == "progress"; });
  emit(entry.job, "state", "{}");
}

void MemoryJobStore::end_as_failed(Entry& entry, const Error& error) {
  entry.job.error = error;
  end(entry, JobState::kFailed);
}

Result<void> MemoryJobStore::cancel(const OwnerId& owner, const JobId& id) {
  const std::scoped_lock lock(mutex_);
  TRY_VOID(writable());
  TRY(Entry * entry, owned(owner, id));
  if (is_final(entry->job.state)) return fail(ErrorCode::kConflict, "the job " + id + " has ended already");
  end(*entry, JobState::kCancelled);
  return {};
}

Result<Job> MemoryJobStore::remove(const OwnerId& owner, const JobId& id) {
  const std::scoped_lock lock(mutex_);
  TRY_VOID(writable());
  TRY(const Entry* entry, owned(owner, id));
  Job job = entry->job;
  std::erase_if(entries_, [&](const auto& other) { return other.get() == entry; });
  std::erase_if(events_, [&](const JobEvent& event) { return event.job == id; });
  emit(job, "deleted", "{}");
  removed_[id] = owner;
  return job;
}

Result<void> MemoryJobStore::media_completed(const BlobId& media, uint64_t size_bytes) {
  const std::scoped_lock lock(mutex_);
  TRY_VOID(writable());
  for (const auto& entry : entries_) {
    if (entry->job.media != media || entry->job.state != JobState::kUploading) continue;
    entry->job.state = JobState::kQueued;
    entry->job.media_size_bytes = size_bytes;
    entry->ticket = ++last_ticket_;
    emit(entry->job, "state", "{}");
  }
  return {};
}

Result<void> MemoryJobStore::media_lost(const BlobId& media, const Error& error) {
  const std::scoped_lock lock(mutex_);
  TRY_VOID(writable());
  for (const auto& entry : entries_)
    if (entry->job.media == media && entry->job.state == JobState::kUploading) end_as_failed(*entry, error);
  return {};
}

Result<std::vector<Job>> MemoryJobStore::jobs_with_media(const BlobId& media) {
  const std::scoped_lock lock(mutex_);
  return select(entries_.size(), [&](const Job& job) { return job.media == media; });
}

Result<std::vector<Job>> MemoryJobStore::uploading(size_t limit) {
  const std::scoped_lock lock(mutex_);
  return select(limit, [](const Job& job) { return job.state == JobState::kUploading; });
}

Result<std::map<JobState, uint64_t>> MemoryJobStore::count_states() {
  const std::scoped_lock lock(mutex_);
  std::map<JobState, uint64_t> counts;
  for (const auto& entry : entries_) ++counts[entry->job.state];
  return counts;
}

Result<std::vector<Job>> MemoryJobStore::transient(size_t limit) {
  const std::scoped_lock lock(mutex_);
  return select(limit, [](const Job& job) { return job.is_transient; });
}

Result<std::vector<Job>> MemoryJobStore::finished_before(WallTime time, size_t limit) {
  const std::scoped_lock lock(mutex_);
  return select(limit, [&](const Job& job) { return job.finished && *job.finished < time; });
}

void MemoryJobStore::fail_poisonous() {
  for (const auto& entry : entries_)
    if (is_dead(*entry) && entry->deaths + 1 >= kMaxDeaths)
      end_as_failed(*entry, {ErrorCode::kDecoderFailed, "the program stopped three times while working on this file"});
}

Claim MemoryJobStore::take(Entry& entry, std::chrono::milliseconds lease) {
  if (entry.job.state == JobState::kRunning) ++entry.deaths;
  entry.job.state = JobState::kRunning;
  ++entry.job.epoch;
  ++entry.job.attempts;
  entry.job.speed = std::nullopt;
  if (!entry.job.started) entry.job.started = clock_.now();
  entry.claim_ticket = ++last_ticket_;
  entry.lease_until = clock_.steady() + lease;
  emit(entry.job, "state", "{}");
  return Claim{entry.job, entry.job.epoch};
}

Result<std::optional<Claim>> MemoryJobStore::claim_next(std::chrono::milliseconds lease) {
  const std::scoped_lock lock(mutex_);
  TRY_VOID(writable());
  fail_poisonous();
  const auto waiting = queued();
  if (waiting.empty()) return std::nullopt;
  return take(*waiting.front(), lease);
}

Result<std::optional<Claim>> MemoryJobStore::claim_short(std::chrono::milliseconds lease, Millis longest) {
  const std::scoped_lock lock(mutex_);
  TRY_VOID(writable());
  fail_poisonous();
  for (Entry* entry : queued()) {
    const Job& job = entry->job;
    if (job.duration ? *job.duration <= longest : job.media_size_bytes <= kSmallMediaBytes) return take(*entry, lease);
  }
  return std::nullopt;
}

Result<std::vector<Job>> MemoryJobStore::queue(size_t limit) {
  const std::scoped_lock lock(mutex_);
  std::vector<Job> jobs;
  for (const Entry* entry : queued())
    if (jobs.size() < limit) jobs.push_back(entry->job);
  return jobs;
}

Result<void> MemoryJobStore::measured(const JobId& id, Millis duration) {
  const std::scoped_lock lock(mutex_);
  TRY_VOID(writable());
  for (const auto& entry : entries_) {
    if (entry->job.id != id || entry->job.state != JobState::kQueued || entry->job.duration) continue;
    entry->job.duration = duration;
    emit(entry->job, "state", "{}");
  }
  return {};
}

Result<void> MemoryJobStore::renew(const Claim& claim, std::chrono::milliseconds lease) {
  const std::scoped_lock lock(mutex_);
  TRY(Entry * entry, held(claim));
  entry->lease_until = clock_.steady() + lease;
  return {};
}

Result<void> MemoryJobStore::set_language(const Claim& claim, const std::string& language) {
  const std::scoped_lock lock(mutex_);
  TRY(Entry * entry, held(claim));
  if (!entry->job.language) entry->job.language = language;
  emit(entry->job, "state", "{}");
  return {};
}

void MemoryJobStore::apply(const JobProgress& progress, Job& job) {
  job.audio_done = std::max(job.audio_done, progress.audio_done);
  if (progress.duration) job.duration = progress.duration;
  if (progress.speed) job.speed = progress.speed;
}

Result<void> MemoryJobStore::report(const Claim& claim, const JobProgress& progress) {
  const std::scoped_lock lock(mutex_);
  TRY(Entry * entry, held(claim));
  apply(progress, entry->job);
  emit(entry->job, "progress", "{}");
  return {};
}

Result<void> MemoryJobStore::append_segments(const Claim& claim, uint64_t window, const std::vector<Segment>& segments,
                                             const JobProgress& progress) {
  const std::scoped_lock lock(mutex_);
  TRY(Entry * entry, held(claim));
  if (const auto error = std::exchange(append_error_, std::nullopt)) return tl::unexpected(*error);
  if (window < entry->job.windows_done) return {};
  if (window > entry->job.windows_done) return fail(ErrorCode::kInvalidArgument, "a window is missing");
  size_t position = 0;
  for (Segment segment : segments) {
    segment.window = window;
    segment.id = recognised_id(window, position++);
    if (!segment.language.empty()) entry->heard[segment.language] += segment.end - segment.start;
    entry->segments.push_back(std::move(segment));
  }
  std::vector<std::pair<Millis, std::string>> shares;
  for (const auto& [language, length] : entry->heard) shares.emplace_back(-length, language);
  std::ranges::sort(shares);
  entry->job.languages.clear();
  for (const auto& share : shares) entry->job.languages.push_back(share.second);
  ++entry->job.windows_done;
  *entry->job.coverage += progress.coverage;
  entry->deaths = 0;
  entry->job.failures = 0;
  apply(progress, entry->job);
  emit(entry->job, segments.empty() ? "progress" : "segments",
       segments.empty() ? "{}" : "{\"window\":" + std::to_string(window) + "}");
  return {};
}

Result<void> MemoryJobStore::finish(const Claim& claim, Millis duration, const std::vector<Warning>& warnings) {
  const std::scoped_lock lock(mutex_);
  TRY(Entry * entry, held(claim));
  entry->job.duration = duration;
  entry->job.audio_done = duration;
  entry->job.warnings = warnings;
  end(*entry, JobState::kDone);
  return {};
}

Result<void> MemoryJobStore::fail_job(const Claim& claim, const Error& error) {
  const std::scoped_lock lock(mutex_);
  TRY(Entry * entry, held(claim));
  end_as_failed(*entry, error);
  return {};
}

Result<void> MemoryJobStore::retry_later(const Claim& claim, const Error& error, std::chrono::milliseconds delay) {
  const std::scoped_lock lock(mutex_);
  TRY(Entry * entry, held(claim));
  if (++entry->job.failures >= kMaxFailures) {
    end_as_failed(*entry, error);
    return {};
  }
  entry->job.state = JobState::kQueued;
  entry->job.speed = std::nullopt;
  entry->retry_at = clock_.steady() + delay;
  emit(entry->job, "state", "{}");
  return {};
}

Result<void> MemoryJobStore::release(const Claim& claim) {
  const std::scoped_lock lock(mutex_);
  TRY(Entry * entry, held(claim));
  entry->job.state = JobState::kQueued;
  entry->job.speed = std::nullopt;
  emit(entry->job, "state", "{}");
  return {};
}

Result<std::vector<JobEvent>> MemoryJobStore::events_after(const OwnerId& owner, const JobId& id, uint64_t after,
                                                           size_t limit) {
  const std::scoped_lock lock(mutex_);
  const auto was_removed = removed_.find(id);
  if (was_removed == removed_.end() || was_removed->second != owner) TRY_VOID(owned(owner, id));
  std::vector<JobEvent> events;
  for (const auto& event : events_)
    if (event.job == id && event.sequence > after && events.size() < limit) events.push_back(event);
  if (events.empty()) TRY_VOID(owned(owner, id));
  return events;
}

}  // namespace v2t::testing
