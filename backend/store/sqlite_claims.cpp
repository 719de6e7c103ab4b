// What the worker that holds a job writes, as SQL.
#include <cmath>

#include "store/job_rows.h"
#include "store/sqlite_job_store.h"

namespace v2t::store {
namespace {

tl::unexpected<Error> lost(const Claim& claim) {
  return fail(ErrorCode::kConflict, "the job " + claim.job.id + " was cancelled, deleted or taken by another worker");
}

// SQLite stores NaN as NULL, and JSON has none.
double finite(float value) { return std::isfinite(value) ? static_cast<double>(value) : 0.0; }

std::vector<Word> finite(std::vector<Word> words) {
  for (auto& word : words)
    if (!std::isfinite(word.probability)) word.probability = 0;
  return words;
}

}  // namespace

Result<void> SqliteJobStore::renew(const Claim& claim, std::chrono::milliseconds lease) {
  const std::scoped_lock lock(database_->mutex);
  const Lease now = lease_now();
  TRY_VOID(connection().run(
      "UPDATE jobs SET lease_boot = ?, lease_until = ? WHERE id = ? AND epoch = ? AND state = 'running'", now.boot,
      now.now_ms + lease.count(), claim.job.id, claim.epoch));
  if (connection().changes() == 0) return lost(claim);
  return {};
}

Result<void> SqliteJobStore::set_language(const Claim& claim, const std::string& language) {
  const std::scoped_lock lock(database_->mutex);
  TRY(Transaction transaction, begin_for(claim.job));
  TRY_VOID(connection().run(
      "UPDATE jobs SET language = coalesce(language, ?) WHERE id = ? AND epoch = ? AND state = 'running'", language,
      claim.job.id, claim.epoch));
  if (connection().changes() == 0) return lost(claim);
  TRY_VOID(emit(claim.job.owner, claim.job.id, "state", "{}"));
  return transaction.commit();
}

Result<void> SqliteJobStore::report(const Claim& claim, const JobProgress& progress) {
  const std::scoped_lock lock(database_->mutex);
  TRY(Transaction transaction, begin_for(claim.job));
  TRY_VOID(connection().run(
      "UPDATE jobs SET audio_done_ms = max(audio_done_ms, ?), duration_ms = coalesce(?, duration_ms),"
      " speed = coalesce(?, speed) WHERE id = ? AND epoch = ? AND state = 'running'",
      progress.audio_done.count(), progress.duration ? std::optional(progress.duration->count()) : std::nullopt,
      progress.speed, claim.job.id, claim.epoch));
  if (connection().changes() == 0) return lost(claim);
  TRY_VOID(emit(claim.job.owner, claim.job.id, "progress", "{}"));
  return transaction.commit();
}

Result<void> SqliteJobStore::append_segments(const Claim& claim, uint64_t window, const std::vector<Segment>& segments,
                                             const JobProgress& progress) {
  const std::scoped_lock lock(database_->mutex);
  if (segments.size() > kMostSegmentsOfWindow)
    return fail(ErrorCode::kInvalidArgument, "a window has more segments than ids");
  TRY(Transaction transaction, begin_for(claim.job));
  int64_t number = 0;
  {
    TRY(Statement query,
        connection().prepare("SELECT number, windows_done FROM jobs WHERE id = ? AND epoch = ? AND state = 'running'"));
    TRY(const bool has_row, query.bind(claim.job.id).bind(claim.epoch).step());
    if (!has_row) return lost(claim);
    number = query.integer(0);
    const auto windows_done = static_cast<uint64_t>(query.integer(1));
    if (window < windows_done) return {};
    if (window > windows_done)
      return fail(ErrorCode::kInvalidArgument, "window " + std::to_string(window) + " of job " + claim.job.id +
                                                   " came before window " + std::to_string(windows_done));
  }
  TRY_VOID(connection().run(
      "UPDATE jobs SET windows_done = windows_done + 1, audio_done_ms = max(audio_done_ms, ?),"
      " duration_ms = coalesce(?, duration_ms), speed = coalesce(?, speed), speech = speech + ?, covered = covered + ?,"
      " unintelligible = unintelligible + ?, deaths = 0, failures = 0 WHERE number = ?",
      progress.audio_done.count(), progress.duration ? std::optional(progress.duration->count()) : std::nullopt,
      progress.speed, progress.coverage.speech.count(), progress.coverage.covered.count(),
      progress.coverage.unintelligible.count(), number));
  for (size_t i = 0; i < segments.size(); ++i) TRY_VOID(insert_segment(number, window, i, segments[i]));
  TRY_VOID(note_languages(number, segments));
  TRY_VOID(segments.empty()
               ? emit(claim.job.owner, claim.job.id, "progress", "{}")
               : emit(claim.job.owner, claim.job.id, "segments", "{\"window\":" + std::to_string(window) + "}"));
  return transaction.commit();
}

Result<void> SqliteJobStore::note_languages(int64_t job, const std::vector<Segment>& segments) {
  std::string heard;
  {
    TRY(Statement query, connection().prepare("SELECT heard FROM jobs WHERE number = ?"));
    TRY_VOID(query.bind(job).step());
    heard = query.text(0);
  }
  for (const Segment& segment : segments)
    if (!segment.language.empty()) heard = heard_with(heard, segment.language, segment.end - segment.start);
  return connection().run("UPDATE jobs SET heard = ? WHERE number = ?", heard, job);
}

Result<void> SqliteJobStore::insert_segment(int64_t job, uint64_t window, size_t position, const Segment& segment) {
  TRY_VOID(index_text(job, recognised_id(window, position), segment.text));
  return connection().run(
      "INSERT INTO segments(job, window, position, start_ms, end_ms, text, avg_logprob, no_speech_prob,"
      " compression_ratio, temperature, tokens, words, language, kind, token_scores)"
      " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      job, window, position, segment.start.count(), segment.end.count(), segment.text, finite(segment.avg_logprob),
      finite(segment.no_speech_prob), finite(segment.compression_ratio), finite(segment.temperature),
      tokens_to_json(segment.tokens), words_to_json(finite(segment.words)), segment.language,
      segment_kind_name(segment.kind), scores_to_json(segment.token_scores));
}

Result<void> SqliteJobStore::finish(const Claim& claim, Millis duration, const std::vector<Warning>& warnings) {
  const std::scoped_lock lock(database_->mutex);
  TRY(Transaction transaction, begin_for(claim.job));
  TRY_VOID(
      connection().run("UPDATE jobs SET state = 'done', duration_ms = ?, audio_done_ms = ?, warnings = ?, finished = ?"
                       " WHERE id = ? AND epoch = ? AND state = 'running'",
                       duration.count(), duration.count(), warnings_to_json(warnings), to_unix_ms(clock_.now()),
                       claim.job.id, claim.epoch));
  if (connection().changes() == 0) return lost(claim);
  TRY_VOID(drop_progress_events(claim.job.id));
  TRY_VOID(emit(claim.job.owner, claim.job.id, "state", "{}"));
  return transaction.commit();
}

Result<void> SqliteJobStore::fail_job(const Claim& claim, const Error& error) {
  const std::scoped_lock lock(database_->mutex);
  TRY(Transaction transaction, begin_for(claim.job));
  TRY(const Job job, find_locked(claim.job.owner, claim.job.id).or_else([&](const Error& reason) -> Result<Job> {
    if (reason.code == ErrorCode::kNotFound) return lost(claim);
    return tl::unexpected(reason);
  }));
  if (job.state != JobState::kRunning || job.epoch != claim.epoch) return lost(claim);
  TRY_VOID(end_as_failed(job, error));
  return transaction.commit();
}

Result<void> SqliteJobStore::retry_later(const Claim& claim, const Error& error, std::chrono::milliseconds delay) {
  const std::scoped_lock lock(database_->mutex);
  const Lease now = lease_now();
  TRY(Transaction transaction, begin_for(claim.job));
  int64_t failures = 0;
  {
    TRY(Statement query,
        connection().prepare("UPDATE jobs SET state = 'queued', speed = NULL, failures = failures + 1, retry_boot = ?,"
                             " retry_at = ? WHERE id = ? AND epoch = ? AND state = 'running' RETURNING failures"));
    query.bind(now.boot).bind(now.now_ms + delay.count()).bind(claim.job.id).bind(claim.epoch);
    TRY(const bool has_row, query.step());
    if (!has_row) return lost(claim);
    failures = query.integer(0);
  }
  TRY_VOID(failures >= kMaxFailures ? end_as_failed(claim.job, error)
                                    : emit(claim.job.owner, claim.job.id, "state", "{}"));
  return transaction.commit();
}

Result<void> SqliteJobStore::release(const Claim& claim) {
  const std::scoped_lock lock(database_->mutex);
  TRY(Transaction transaction, begin_for(claim.job));
  TRY_VOID(connection().run(
      "UPDATE jobs SET state = 'queued', speed = NULL WHERE id = ? AND epoch = ? AND state = 'running'", claim.job.id,
      claim.epoch));
  if (connection().changes() == 0) return lost(claim);
  TRY_VOID(emit(claim.job.owner, claim.job.id, "state", "{}"));
  return transaction.commit();
}

}  // namespace v2t::store
