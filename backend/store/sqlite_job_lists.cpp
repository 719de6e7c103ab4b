// Many jobs at once, as SQL: of an owner, of a media file, for the housekeeping.
#include <algorithm>

#include "domain/fold.h"
#include "store/job_rows.h"
#include "store/sqlite_job_store.h"

namespace v2t::store {
namespace {

std::string names_of(const std::vector<JobState>& states) {
  std::string names;
  for (const JobState state : states) names += (names.empty() ? "" : ",") + std::string(job_state_name(state));
  return names;
}

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

}  // namespace

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

Result<std::optional<double>> SqliteJobStore::usual_speed(const std::string& model) {
  const std::scoped_lock lock(database_->mutex);
  TRY(Statement query, connection().prepare(kUsualSpeed));
  TRY(const bool has_row, query.bind(model).step());
  return has_row ? std::optional(query.real(0)) : std::nullopt;
}

Result<std::vector<Job>> SqliteJobStore::waiting_for(const BlobId& media) {
  TRY(Statement query, connection().prepare(kJobsWaitingForMedia));
  return read_jobs(query.bind(media));
}

Result<void> SqliteJobStore::media_completed(const BlobId& media, uint64_t size_bytes) {
  const std::scoped_lock lock(database_->mutex);
  TRY(const std::vector<Job> jobs, waiting_for(media));
  const bool may_be_lost = std::ranges::all_of(jobs, &Job::is_transient);
  TRY(Transaction transaction, Transaction::begin(connection(), may_be_lost ? Durability::kSoon : Durability::kAtOnce));
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

}  // namespace v2t::store
