// The queue, as SQL: who is next, and claims.
#include "store/job_rows.h"
#include "store/sqlite_job_store.h"

namespace v2t::store {
namespace {

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
const std::string kFirstOfQueue = kQueue + "SELECT id, is_transient FROM queue JOIN jobs USING (id) WHERE position = 0";
const std::string kFirstShortOfQueue = kQueue +
                                       "SELECT id, is_transient FROM queue JOIN jobs USING (id) WHERE CASE WHEN "
                                       "duration_ms IS NULL THEN media_size_bytes <= ?4"
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

const std::string kPoisonousJobs =
    "SELECT " + kJobColumns +
    " FROM jobs WHERE state = 'running' AND (lease_boot <> ? OR lease_until <= ?) AND deaths + 1 >= ?";
const std::string kTakeJob =
    "UPDATE jobs SET deaths = deaths + (state = 'running'), state = 'running', epoch = epoch + 1,"
    " attempts = attempts + 1, started = coalesce(started, ?), speed = NULL, claim_ticket = ?, lease_boot = ?,"
    " lease_until = ? WHERE id = ? RETURNING " +
    kJobColumns;

}  // namespace

Result<std::optional<QueuePlace>> SqliteJobStore::queue_place(const JobId& id) {
  const std::scoped_lock lock(database_->mutex);
  const Lease now = lease_now();
  TRY(Statement query, connection().prepare(kPlaceInQueue));
  TRY(const bool has_row, query.bind(now.boot).bind(now.now_ms).bind(id).step());
  if (!has_row) return std::nullopt;
  return QueuePlace{static_cast<uint64_t>(query.integer(0)), query.optional_integer<Millis>(1)};
}

Result<std::vector<Job>> SqliteJobStore::queue(size_t limit) {
  const std::scoped_lock lock(database_->mutex);
  const Lease now = lease_now();
  TRY(Statement query, connection().prepare(kJobsOfQueue));
  return read_jobs(query.bind(now.boot).bind(now.now_ms).bind(limit));
}

Result<std::optional<Claim>> SqliteJobStore::claim_next(std::chrono::milliseconds lease) {
  const auto first = [this](const Lease& now) -> Result<std::optional<Next>> {
    TRY(Statement query, connection().prepare(kFirstOfQueue));
    return read_next(query.bind(now.boot).bind(now.now_ms));
  };
  return claim(first, lease);
}

Result<std::optional<Claim>> SqliteJobStore::claim_short(std::chrono::milliseconds lease, Millis longest) {
  const auto first = [this, longest](const Lease& now) -> Result<std::optional<Next>> {
    TRY(Statement query, connection().prepare(kFirstShortOfQueue));
    return read_next(query.bind(now.boot).bind(now.now_ms).bind(longest.count()).bind(kSmallMediaBytes));
  };
  return claim(first, lease);
}

// How durable a transaction is must be said before it begins: one that finds the other kind of job begins anew.
Result<std::optional<Claim>> SqliteJobStore::claim(const Query& first, std::chrono::milliseconds lease) {
  const std::scoped_lock lock(database_->mutex);
  const Lease now = lease_now();
  for (auto durability = Durability::kAtOnce;;) {
    TRY(Transaction transaction, Transaction::begin(connection(), durability));
    TRY_VOID(fail_poisonous(now));
    TRY(const auto next, first(now));
    if (!next) return commit_nothing(transaction);
    const auto wanted = next->is_transient ? Durability::kSoon : Durability::kAtOnce;
    if (wanted == durability) {
      TRY(Claim claim, take(next->id, now, lease));
      TRY_VOID(transaction.commit());
      return claim;
    }
    TRY_VOID(transaction.commit());
    durability = wanted;
  }
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

Result<std::optional<SqliteJobStore::Next>> SqliteJobStore::read_next(Statement& query) {
  TRY(const bool has_row, query.step());
  if (!has_row) return std::nullopt;
  return Next{query.text(0), query.integer(1) != 0};
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

}  // namespace v2t::store
