// Usage as rows.
#include "store/sqlite_usage_log.h"

#include "store/job_rows.h"

namespace v2t::store {
namespace {

constexpr std::string_view kJob = "job";
constexpr std::string_view kUpload = "upload";
constexpr std::string_view kOfCaller =
    "SELECT kind, id, owner, address, at, bytes, audio_ms, is_settled FROM usage"
    " WHERE at > ?1 AND (owner = ?2 OR (address <> '' AND address = ?3)) ORDER BY number";

Usage read_usage(const Statement& row) {
  return {row.text(0) == kJob ? Usage::Kind::kJob : Usage::Kind::kUpload,
          row.text(1),
          row.text(2),
          row.text(3),
          from_unix_ms(row.integer(4)),
          static_cast<uint64_t>(row.integer(5)),
          Millis(row.integer(6)),
          row.integer(7) != 0};
}

}  // namespace

Result<void> SqliteUsageLog::add(const Usage& usage, WallTime until) {
  const std::scoped_lock lock(database_->mutex);
  auto& connection = *database_->connection;
  TRY(Transaction transaction, Transaction::begin(connection, Durability::kSoon));
  TRY_VOID(connection.run("DELETE FROM usage WHERE at <= ?", to_unix_ms(until)));
  TRY_VOID(connection.run(
      "INSERT INTO usage(kind, id, owner, address, at, bytes, audio_ms, is_settled) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
      usage.kind == Usage::Kind::kJob ? kJob : kUpload, usage.id, usage.owner, usage.address, to_unix_ms(usage.at),
      usage.bytes, usage.audio.count(), static_cast<int64_t>(usage.is_settled)));
  return transaction.commit();
}

Result<std::vector<Usage>> SqliteUsageLog::find(const OwnerId& owner, const std::string& address, WallTime after) {
  const std::scoped_lock lock(database_->mutex);
  TRY(Statement query, database_->connection->prepare(kOfCaller));
  query.bind(to_unix_ms(after)).bind(owner).bind(address);
  std::vector<Usage> found;
  for (;;) {
    TRY(const bool has_row, query.step());
    if (!has_row) return found;
    found.push_back(read_usage(query));
  }
}

Result<void> SqliteUsageLog::set_bytes(const std::string& id, uint64_t bytes) {
  const std::scoped_lock lock(database_->mutex);
  TRY(Transaction transaction, Transaction::begin(*database_->connection, Durability::kSoon));
  TRY_VOID(database_->connection->run("UPDATE usage SET bytes = ? WHERE id = ?", bytes, id));
  return transaction.commit();
}

Result<void> SqliteUsageLog::settle(const std::string& id, Millis audio) {
  const std::scoped_lock lock(database_->mutex);
  TRY(Transaction transaction, Transaction::begin(*database_->connection, Durability::kSoon));
  TRY_VOID(database_->connection->run("UPDATE usage SET audio_ms = ?, is_settled = 1 WHERE id = ?", audio.count(), id));
  return transaction.commit();
}

}  // namespace v2t::store
