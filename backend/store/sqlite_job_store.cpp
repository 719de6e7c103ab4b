// The queue and the results, as SQL.
#include "store/sqlite_job_store.h"

#include <cmath>

#include "domain/fold.h"
#include "store/job_rows.h"

namespace v2t::store {
namespace {

constexpr auto kKeepDeletedEvents = std::chrono::hours(24);

tl::unexpected<Error> no_such_job(const JobId& id) {
  return fail(ErrorCode::kNotFound, "there is no job " + id + "; it may have been deleted");
}

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

std::string names_of(const std::vector<JobState>& states) {
  std::string names;
  for (const JobState state : states) names += (names.empty() ? "" : ",") + std::string(job_state_name(state));
  return names;
}

Result<std::vector<Job>> read_jobs(Statement& query) {
  std::vector<Job> jobs;
  for (;;) {
    TRY(const bool has_row, query.step());
    if (!has_row) return jobs;
    jobs.push_back(read_job(query));
  }
}

// The queue in the order of claims. A job's round is its place among its owner's waiting jobs plus what the owner has
// running: the first round serves every idle owner once, and so on. ?1: boot, ?2: steady now.
const std::string kQueue = R"sql(
WITH waiting AS (
  SELECT id, owner, ticket, row_number() OVER (PARTITION BY owner ORDER BY ticket) AS place FROM jobs
  WHERE (state = 'queued' AND (retry_boot <> ?1 OR retry_at <= ?2)) OR (state = 'running' AND (lease_boot <> ?1 OR lease_until <= ?2))
), busy AS (
  SELECT owner, count(*) AS n FROM jobs
  WHERE state = 'running' AND lease_boot = ?1 AND lease_until > ?2 GROUP BY owner
), queue AS (
  SELECT id, row_number() OVER (ORDER BY place + coalesce(busy.n, 0),
    (SELECT max(claim_ticket) FROM jobs WHERE jobs.owner = waiting.owner), ticket) - 1 AS position
  FROM waiting LEFT JOIN busy USING (owner)
) )sql";
const std::string kFirstOfQueue = kQueue + "SELECT id FROM queue WHERE position = 0";
const std::string kFirstShortOfQueue =
    kQueue +
    "SELECT id FROM queue JOIN jobs USING (id) WHERE CASE WHEN duration_ms IS NULL THEN media_size_bytes <= ?4"
    " ELSE duration_ms <= ?3 END ORDER BY position LIMIT 1";
const std::string kJobsOfQueue =
    kQueue + "SELECT " + kJobColumns + " FROM queue JOIN jobs USING (id) ORDER BY position LIMIT ?3";
// What is left of a job without a duration is NULL, and so then is the sum.
const std::string kPlaceInQueue = kQueue + R"sql(, work AS (
  SELECT max(0, duration_ms - audio_done_ms) AS left_ms FROM jobs JOIN queue USING (id)
  WHERE position < (SELECT position FROM queue WHERE id = ?3)
  UNION ALL SELECT max(0, duration_ms - audio_done_ms) FROM jobs
  WHERE state = 'running' AND lease_boot = ?1 AND lease_until > ?2
) SELECT position, (SELECT CASE WHEN count(*) = count(left_ms) THEN coalesce(sum(left_ms), 0) END FROM work)
FROM queue WHERE id = ?3)sql";

const std::string kFindJob = "SELECT " + kJobColumns + " FROM jobs WHERE id = ? AND owner = ?";
// ?2: names of states, joined by commas, or ''; ?3: folded part of the name.
const std::string kFiltered =
    " FROM jobs WHERE owner = ?1 AND NOT is_transient AND (?2 = '' OR instr(',' || ?2 || ',', ',' || state || ',') > 0)"
    " AND (?3 = '' OR instr(fold(name), ?3) > 0)";
const std::string kListJobs = "SELECT " + kJobColumns + kFiltered + " ORDER BY number DESC LIMIT ?4 OFFSET ?5";
const std::string kCountJobs = "SELECT count(*)" + kFiltered;
const std::string kJobsWaitingForMedia =
    "SELECT " + kJobColumns + " FROM jobs WHERE media = ? AND state = 'uploading' ORDER BY number";
const std::string kJobsWithMedia = "SELECT " + kJobColumns + " FROM jobs WHERE media = ? ORDER BY number";
const std::string kJobsUploading =
    "SELECT " + kJobColumns + " FROM jobs WHERE state = 'uploading' ORDER BY number LIMIT ?";
const std::string kJobsTransient = "SELECT " + kJobColumns + " FROM jobs WHERE is_transient ORDER BY number LIMIT ?";
const std::string kJobsFinishedBefore =
    "SELECT " + kJobColumns + " FROM jobs WHERE finished < ? ORDER BY finished LIMIT ?";
const std::string kUsualSpeed =
    "WITH last AS (SELECT speed FROM jobs WHERE state = 'done' AND speed > 0 AND settings ->> '$.model' = ?"
    " ORDER BY finished DESC LIMIT 5) SELECT speed FROM last ORDER BY speed"
    " LIMIT 1 OFFSET (SELECT count(*) / 2 FROM last)";
const std::string kPoisonousJobs =
    "SELECT " + kJobColumns +
    " FROM jobs WHERE state = 'running' AND (lease_boot <> ? OR lease_until <= ?) AND deaths + 1 >= ?";
const std::string kTakeJob =
    "UPDATE jobs SET deaths = deaths + (state = 'running'), state = 'running', epoch = epoch + 1,"
    " attempts = attempts + 1, started = coalesce(started, ?), speed = NULL, claim_ticket = ?, lease_boot = ?,"
    " lease_until = ? WHERE id = ? RETURNING " +
    kJobColumns;
}  // namespace

SqliteJobStore::SqliteJobStore(std::shared_ptr<JobDatabase> database, const Clock& clock)
    : database_(std::move(database)), clock_(clock), boot_(clock.boot()) {}

Result<void> SqliteJobStore::expire_leases() {
  const std::scoped_lock lock(database_->mutex);
  return connection().run("UPDATE jobs SET lease_until = 0, retry_at = 0 WHERE state IN ('running', 'queued')");
}

Result<void> SqliteJobStore::add(const Job& job) {
  const std::scoped_lock lock(database_->mutex);
  TRY(Transaction transaction, Transaction::begin(connection()));
  TRY_VOID(add_locked(job));
  return transaction.commit();
}

Result<JobId> SqliteJobStore::add_once(const Job& job, const RequestKey& request) {
  const std::scoped_lock lock(database_->mutex);
  TRY(Transaction transaction, Transaction::begin(connection()));
  const int64_t now = to_unix_ms(clock_.now());
  TRY_VOID(connection().run("DELETE FROM requests WHERE at <= ?", to_unix_ms(clock_.now() - kKeepRequests)));
  {
    TRY(Statement query, connection().prepare("SELECT digest, job FROM requests WHERE owner = ? AND key = ?"));
    TRY(const bool has_row, query.bind(job.owner).bind(request.key).step());
    if (has_row && query.text(0) == request.digest) return query.text(1);
    if (has_row) return fail(ErrorCode::kConflict, "this key was used for another request; take a new one");
  }
  TRY_VOID(add_locked(job));
  TRY_VOID(connection().run("INSERT INTO requests(owner, key, digest, job, at) VALUES (?, ?, ?, ?, ?)", job.owner,
                            request.key, request.digest, job.id, now));
  TRY_VOID(transaction.commit());
  return job.id;
}

Result<void> SqliteJobStore::add_locked(const Job& job) {
  TRY(const int64_t ticket, next_ticket());
  const auto unix_ms = [](const std::optional<WallTime>& time) {
    return time ? std::optional(to_unix_ms(*time)) : std::nullopt;
  };
  TRY_VOID(connection().run(
      "INSERT INTO jobs(id, owner, name, media, media_size_bytes, settings, state, language, duration_ms,"
      " audio_done_ms, windows_done, speed, error_code, error_message, warnings, attempts, epoch, created, started,"
      " finished, ticket, source, is_transient) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
      "?, ?)",
      job.id, job.owner, job.name, job.media, job.media_size_bytes, settings_to_json(job.settings),
      job_state_name(job.state), job.language, job.duration ? std::optional(job.duration->count()) : std::nullopt,
      job.audio_done.count(), job.windows_done, job.speed,
      job.error ? std::optional(error_code_name(job.error->code)) : std::nullopt,
      job.error ? std::optional(job.error->message) : std::nullopt, strings_to_json(job.warnings), job.attempts,
      job.epoch, to_unix_ms(job.created), unix_ms(job.started), unix_ms(job.finished), ticket, job.source,
      static_cast<int64_t>(job.is_transient)));
  return emit(job.owner, job.id, "state", "{}");
}

Result<Job> SqliteJobStore::find(const OwnerId& owner, const JobId& id) {
  const std::scoped_lock lock(database_->mutex);
  return find_locked(owner, id);
}

Result<Job> SqliteJobStore::find_locked(const OwnerId& owner, const JobId& id) {
  TRY(Statement query, connection().prepare(kFindJob));
  TRY(const bool has_row, query.bind(id).bind(owner).step());
  if (!has_row) return no_such_job(id);
  return read_job(query);
}

Result<int64_t> SqliteJobStore::number_of(const OwnerId& owner, const JobId& id) {
  TRY(Statement query, connection().prepare("SELECT number FROM jobs WHERE id = ? AND owner = ?"));
  TRY(const bool has_row, query.bind(id).bind(owner).step());
  if (!has_row) return no_such_job(id);
  return query.integer(0);
}

Result<std::vector<Job>> SqliteJobStore::list(const OwnerId& owner, const JobFilter& filter, size_t limit,
                                              size_t offset) {
  const std::scoped_lock lock(database_->mutex);
  TRY(Statement query, connection().prepare(kListJobs));
  return read_jobs(
      query.bind(owner).bind(names_of(filter.states)).bind(fold(filter.name).text).bind(limit).bind(offset));
}

Result<uint64_t> SqliteJobStore::count(const OwnerId& owner, const JobFilter& filter) {
  const std::scoped_lock lock(database_->mutex);
  TRY(Statement query, connection().prepare(kCountJobs));
  TRY_VOID(query.bind(owner).bind(names_of(filter.states)).bind(fold(filter.name).text).step());
  return static_cast<uint64_t>(query.integer(0));
}

Result<std::optional<QueuePlace>> SqliteJobStore::queue_place(const JobId& id) {
  const std::scoped_lock lock(database_->mutex);
  const Lease now = lease_now();
  TRY(Statement query, connection().prepare(kPlaceInQueue));
  TRY(const bool has_row, query.bind(now.boot).bind(now.now_ms).bind(id).step());
  if (!has_row) return std::nullopt;
  return QueuePlace{static_cast<uint64_t>(query.integer(0)), query.optional_integer<Millis>(1)};
}

Result<std::optional<double>> SqliteJobStore::usual_speed(const std::string& model) {
  const std::scoped_lock lock(database_->mutex);
  TRY(Statement query, connection().prepare(kUsualSpeed));
  TRY(const bool has_row, query.bind(model).step());
  return has_row ? std::optional(query.real(0)) : std::nullopt;
}

Result<void> SqliteJobStore::rename(const OwnerId& owner, const JobId& id, const std::string& name) {
  const std::scoped_lock lock(database_->mutex);
  TRY(Transaction transaction, Transaction::begin(connection()));
  TRY_VOID(connection().run("UPDATE jobs SET name = ? WHERE id = ? AND owner = ?", name, id, owner));
  if (connection().changes() == 0) return no_such_job(id);
  TRY_VOID(emit(owner, id, "state", "{}"));
  return transaction.commit();
}

Result<void> SqliteJobStore::cancel(const OwnerId& owner, const JobId& id) {
  const std::scoped_lock lock(database_->mutex);
  TRY(Transaction transaction, Transaction::begin(connection()));
  TRY(const Job job, find_locked(owner, id));
  if (is_final(job.state))
    return fail(ErrorCode::kConflict,
                "the job " + id + " is " + std::string(job_state_name(job.state)) + " already: nothing to cancel");
  TRY_VOID(
      connection().run("UPDATE jobs SET state = 'cancelled', finished = ? WHERE id = ?", to_unix_ms(clock_.now()), id));
  TRY_VOID(drop_progress_events(id));
  TRY_VOID(emit(owner, id, "state", "{}"));
  return transaction.commit();
}

Result<Job> SqliteJobStore::remove(const OwnerId& owner, const JobId& id) {
  const std::scoped_lock lock(database_->mutex);
  TRY(Transaction transaction, Transaction::begin(connection()));
  TRY(Job job, find_locked(owner, id));
  TRY(const int64_t number, number_of(owner, id));
  TRY_VOID(unindex(number));
  TRY_VOID(connection().run("DELETE FROM jobs WHERE id = ?", id));
  TRY_VOID(connection().run("DELETE FROM events WHERE job = ?", id));
  TRY_VOID(connection().run("DELETE FROM events WHERE type = 'deleted' AND at < ?",
                            to_unix_ms(clock_.now() - kKeepDeletedEvents)));
  TRY_VOID(emit(owner, id, "deleted", "{}"));
  TRY_VOID(transaction.commit());
  TRY_VOID(connection().empty_log());
  return job;
}

Result<std::vector<Job>> SqliteJobStore::waiting_for(const BlobId& media) {
  TRY(Statement query, connection().prepare(kJobsWaitingForMedia));
  return read_jobs(query.bind(media));
}

Result<void> SqliteJobStore::media_completed(const BlobId& media, uint64_t size_bytes) {
  const std::scoped_lock lock(database_->mutex);
  TRY(Transaction transaction, Transaction::begin(connection()));
  TRY(const std::vector<Job> jobs, waiting_for(media));
  for (const Job& job : jobs) {
    TRY(const int64_t ticket, next_ticket());
    TRY_VOID(connection().run("UPDATE jobs SET state = 'queued', media_size_bytes = ?, ticket = ? WHERE id = ?",
                              size_bytes, ticket, job.id));
    TRY_VOID(emit(job.owner, job.id, "state", "{}"));
  }
  return transaction.commit();
}

Result<void> SqliteJobStore::media_lost(const BlobId& media, const Error& error) {
  const std::scoped_lock lock(database_->mutex);
  TRY(Transaction transaction, Transaction::begin(connection()));
  TRY(const std::vector<Job> jobs, waiting_for(media));
  for (const Job& job : jobs) TRY_VOID(end_as_failed(job, error));
  return transaction.commit();
}

Result<std::vector<Job>> SqliteJobStore::jobs_with_media(const BlobId& media) {
  const std::scoped_lock lock(database_->mutex);
  TRY(Statement query, connection().prepare(kJobsWithMedia));
  return read_jobs(query.bind(media));
}

Result<std::map<JobState, uint64_t>> SqliteJobStore::count_states() {
  const std::scoped_lock lock(database_->mutex);
  TRY(Statement query, connection().prepare("SELECT state, count(*) FROM jobs GROUP BY state"));
  std::map<JobState, uint64_t> counts;
  for (;;) {
    TRY(const bool has_row, query.step());
    if (!has_row) return counts;
    if (const auto state = job_state_from_name(query.text(0))) counts[*state] = static_cast<uint64_t>(query.integer(1));
  }
}

Result<std::vector<Job>> SqliteJobStore::uploading(size_t limit) {
  const std::scoped_lock lock(database_->mutex);
  TRY(Statement query, connection().prepare(kJobsUploading));
  return read_jobs(query.bind(limit));
}

Result<std::vector<Job>> SqliteJobStore::transient(size_t limit) {
  const std::scoped_lock lock(database_->mutex);
  TRY(Statement query, connection().prepare(kJobsTransient));
  return read_jobs(query.bind(limit));
}

Result<std::vector<Job>> SqliteJobStore::finished_before(WallTime time, size_t limit) {
  const std::scoped_lock lock(database_->mutex);
  TRY(Statement query, connection().prepare(kJobsFinishedBefore));
  return read_jobs(query.bind(to_unix_ms(time)).bind(limit));
}

Result<std::optional<Claim>> SqliteJobStore::claim_next(std::chrono::milliseconds lease) {
  const std::scoped_lock lock(database_->mutex);
  const Lease now = lease_now();
  TRY(Transaction transaction, Transaction::begin(connection()));
  TRY_VOID(fail_poisonous(now));
  TRY(const auto first, first_of_queue(now));
  if (!first) return commit_nothing(transaction);
  TRY(Claim claim, take(*first, now, lease));
  TRY_VOID(transaction.commit());
  return claim;
}

Result<std::optional<Claim>> SqliteJobStore::claim_short(std::chrono::milliseconds lease, Millis longest) {
  const std::scoped_lock lock(database_->mutex);
  const Lease now = lease_now();
  TRY(Transaction transaction, Transaction::begin(connection()));
  TRY_VOID(fail_poisonous(now));
  TRY(const auto first, first_short_of_queue(now, longest));
  if (!first) return commit_nothing(transaction);
  TRY(Claim claim, take(*first, now, lease));
  TRY_VOID(transaction.commit());
  return claim;
}

Result<std::vector<Job>> SqliteJobStore::queue(size_t limit) {
  const std::scoped_lock lock(database_->mutex);
  const Lease now = lease_now();
  TRY(Statement query, connection().prepare(kJobsOfQueue));
  return read_jobs(query.bind(now.boot).bind(now.now_ms).bind(limit));
}

Result<void> SqliteJobStore::measured(const JobId& id, Millis duration) {
  const std::scoped_lock lock(database_->mutex);
  TRY(Transaction transaction, Transaction::begin(connection()));
  OwnerId owner;
  {
    TRY(Statement update, connection().prepare("UPDATE jobs SET duration_ms = ? WHERE id = ? AND state = 'queued'"
                                               " AND duration_ms IS NULL RETURNING owner"));
    TRY(const bool has_row, update.bind(duration.count()).bind(id).step());
    if (has_row) owner = update.text(0);
  }
  if (!owner.empty()) TRY_VOID(emit(owner, id, "state", "{}"));
  return transaction.commit();
}

Result<std::optional<Claim>> SqliteJobStore::commit_nothing(Transaction& transaction) {
  TRY_VOID(transaction.commit());
  return std::nullopt;
}

Result<void> SqliteJobStore::fail_poisonous(const Lease& now) {
  std::vector<Job> jobs;
  {
    TRY(Statement query, connection().prepare(kPoisonousJobs));
    TRY(jobs, read_jobs(query.bind(now.boot).bind(now.now_ms).bind(kMaxDeaths)));
  }
  const Error error{ErrorCode::kDecoderFailed,
                    "the program stopped " + std::to_string(kMaxDeaths) +
                        " times while working on this file; convert it to another format, or try a smaller model"};
  for (const Job& job : jobs) TRY_VOID(end_as_failed(job, error));
  return {};
}

Result<void> SqliteJobStore::end_as_failed(const Job& job, const Error& error) {
  TRY_VOID(
      connection().run("UPDATE jobs SET state = 'failed', error_code = ?, error_message = ?, finished = ? WHERE id = ?",
                       error_code_name(error.code), error.message, to_unix_ms(clock_.now()), job.id));
  TRY_VOID(drop_progress_events(job.id));
  return emit(job.owner, job.id, "state", "{}");
}

Result<std::optional<JobId>> SqliteJobStore::first_of_queue(const Lease& now) {
  TRY(Statement query, connection().prepare(kFirstOfQueue));
  TRY(const bool has_row, query.bind(now.boot).bind(now.now_ms).step());
  if (!has_row) return std::nullopt;
  return query.text(0);
}

Result<std::optional<JobId>> SqliteJobStore::first_short_of_queue(const Lease& now, Millis longest) {
  TRY(Statement query, connection().prepare(kFirstShortOfQueue));
  TRY(const bool has_row, query.bind(now.boot).bind(now.now_ms).bind(longest.count()).bind(kSmallMediaBytes).step());
  if (!has_row) return std::nullopt;
  return query.text(0);
}

Result<Claim> SqliteJobStore::take(const JobId& id, const Lease& now, std::chrono::milliseconds lease) {
  TRY(const int64_t ticket, next_ticket());
  Claim claim;
  {
    TRY(Statement take, connection().prepare(kTakeJob));
    take.bind(to_unix_ms(clock_.now())).bind(ticket).bind(now.boot).bind(now.now_ms + lease.count()).bind(id);
    TRY(const bool has_row, take.step());
    CHECK(has_row);
    claim.job = read_job(take);
  }
  claim.epoch = claim.job.epoch;
  TRY_VOID(emit(claim.job.owner, id, "state", "{}"));
  return claim;
}

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
  TRY(Transaction transaction, Transaction::begin(connection()));
  TRY_VOID(connection().run(
      "UPDATE jobs SET language = coalesce(language, ?) WHERE id = ? AND epoch = ? AND state = 'running'", language,
      claim.job.id, claim.epoch));
  if (connection().changes() == 0) return lost(claim);
  TRY_VOID(emit(claim.job.owner, claim.job.id, "state", "{}"));
  return transaction.commit();
}

Result<void> SqliteJobStore::report(const Claim& claim, const JobProgress& progress) {
  const std::scoped_lock lock(database_->mutex);
  TRY(Transaction transaction, Transaction::begin(connection()));
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
  TRY(Transaction transaction, Transaction::begin(connection()));
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
      " duration_ms = coalesce(?, duration_ms), speed = coalesce(?, speed), deaths = 0, failures = 0 WHERE number = ?",
      progress.audio_done.count(), progress.duration ? std::optional(progress.duration->count()) : std::nullopt,
      progress.speed, number));
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

Result<void> SqliteJobStore::finish(const Claim& claim, Millis duration, const std::vector<std::string>& warnings) {
  const std::scoped_lock lock(database_->mutex);
  TRY(Transaction transaction, Transaction::begin(connection()));
  TRY_VOID(
      connection().run("UPDATE jobs SET state = 'done', duration_ms = ?, audio_done_ms = ?, warnings = ?, finished = ?"
                       " WHERE id = ? AND epoch = ? AND state = 'running'",
                       duration.count(), duration.count(), strings_to_json(warnings), to_unix_ms(clock_.now()),
                       claim.job.id, claim.epoch));
  if (connection().changes() == 0) return lost(claim);
  TRY_VOID(drop_progress_events(claim.job.id));
  TRY_VOID(emit(claim.job.owner, claim.job.id, "state", "{}"));
  return transaction.commit();
}

Result<void> SqliteJobStore::fail_job(const Claim& claim, const Error& error) {
  const std::scoped_lock lock(database_->mutex);
  TRY(Transaction transaction, Transaction::begin(connection()));
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
  TRY(Transaction transaction, Transaction::begin(connection()));
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
  TRY(Transaction transaction, Transaction::begin(connection()));
  TRY_VOID(connection().run(
      "UPDATE jobs SET state = 'queued', speed = NULL WHERE id = ? AND epoch = ? AND state = 'running'", claim.job.id,
      claim.epoch));
  if (connection().changes() == 0) return lost(claim);
  TRY_VOID(emit(claim.job.owner, claim.job.id, "state", "{}"));
  return transaction.commit();
}

Result<std::vector<JobEvent>> SqliteJobStore::events_after(const OwnerId& owner, const JobId& id, uint64_t after,
                                                           size_t limit) {
  const std::scoped_lock lock(database_->mutex);
  std::vector<JobEvent> events;
  {
    TRY(Statement query, connection().prepare("SELECT sequence, type, data FROM events WHERE job = ? AND owner = ?"
                                              " AND sequence > ? ORDER BY sequence LIMIT ?"));
    query.bind(id).bind(owner).bind(after).bind(limit);
    for (;;) {
      TRY(const bool has_row, query.step());
      if (!has_row) break;
      events.push_back({static_cast<uint64_t>(query.integer(0)), id, query.text(1), query.text(2)});
    }
  }
  if (events.empty()) TRY_VOID(find_locked(owner, id));
  return events;
}

Result<int64_t> SqliteJobStore::next_ticket() {
  TRY(Statement query, connection().prepare("UPDATE tickets SET last = last + 1 RETURNING last"));
  TRY(const bool has_row, query.step());
  CHECK(has_row);
  return query.integer(0);
}

Result<void> SqliteJobStore::emit(const OwnerId& owner, const JobId& job, std::string_view type,
                                  const std::string& data) {
  return connection().run("INSERT INTO events(job, owner, type, data, at) VALUES (?, ?, ?, ?, ?)", job, owner, type,
                          data, to_unix_ms(clock_.now()));
}

Result<void> SqliteJobStore::drop_progress_events(const JobId& job) {
  return connection().run("DELETE FROM events WHERE job = ? AND type = 'progress'", job);
}

}  // namespace v2t::store
