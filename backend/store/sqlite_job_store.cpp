// Single jobs and their events, as SQL.
#include "store/sqlite_job_store.h"

#include "store/job_rows.h"

namespace v2t::store {
namespace {

constexpr auto kKeepDeletedEvents = std::chrono::hours(24);

tl::unexpected<Error> no_such_job(const JobId& id) {
  return fail(ErrorCode::kNotFound, "there is no job " + id + "; it may have been deleted");
}

const std::string kFindJob = "SELECT " + kJobColumns + " FROM jobs WHERE id = ? AND owner = ?";

}  // namespace

SqliteJobStore::SqliteJobStore(std::shared_ptr<JobDatabase> database, const Clock& clock)
    : database_(std::move(database)), clock_(clock), boot_(clock.boot()) {}

Result<void> SqliteJobStore::expire_leases() {
  const std::scoped_lock lock(database_->mutex);
  return connection().run("UPDATE jobs SET lease_until = 0, retry_at = 0 WHERE state IN ('running', 'queued')");
}

Result<void> SqliteJobStore::add(const Job& job) {
  const std::scoped_lock lock(database_->mutex);
  TRY(Transaction transaction, begin_for(job));
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
      " finished, ticket, source, is_transient, speech, covered, unintelligible) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
      "?,"
      " ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, 0)",
      job.id, job.owner, job.name, job.media, job.media_size_bytes, settings_to_json(job.settings),
      job_state_name(job.state), job.language, job.duration ? std::optional(job.duration->count()) : std::nullopt,
      job.audio_done.count(), job.windows_done, job.speed,
      job.error ? std::optional(error_code_name(job.error->code)) : std::nullopt,
      job.error ? std::optional(job.error->message) : std::nullopt, warnings_to_json(job.warnings), job.attempts,
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

Result<void> SqliteJobStore::end_as_failed(const Job& job, const Error& error) {
  TRY_VOID(
      connection().run("UPDATE jobs SET state = 'failed', error_code = ?, error_message = ?, finished = ? WHERE id = ?",
                       error_code_name(error.code), error.message, to_unix_ms(clock_.now()), job.id));
  TRY_VOID(drop_progress_events(job.id));
  return emit(job.owner, job.id, "state", "{}");
}

Result<Job> SqliteJobStore::remove(const OwnerId& owner, const JobId& id) {
  const std::scoped_lock lock(database_->mutex);
  TRY(Job job, find_locked(owner, id));
  TRY(Transaction transaction, begin_for(job));
  TRY(const int64_t number, number_of(owner, id));
  TRY_VOID(unindex(number));
  TRY_VOID(connection().run("DELETE FROM jobs WHERE id = ?", id));
  TRY_VOID(connection().run("DELETE FROM events WHERE job = ?", id));
  TRY_VOID(connection().run("DELETE FROM events WHERE type = 'deleted' AND at < ?",
                            to_unix_ms(clock_.now() - kKeepDeletedEvents)));
  TRY_VOID(emit(owner, id, "deleted", "{}"));
  TRY_VOID(transaction.commit());
  has_traces_ = true;
  if (!job.is_transient) TRY_VOID(erase_traces_locked());
  return job;
}

Result<void> SqliteJobStore::erase_traces() {
  const std::scoped_lock lock(database_->mutex);
  return erase_traces_locked();
}

Result<void> SqliteJobStore::erase_traces_locked() {
  if (!has_traces_) return {};
  TRY_VOID(connection().empty_log());
  has_traces_ = false;
  return {};
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
