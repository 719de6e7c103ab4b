// Owners as rows.
#include "store/sqlite_owner_store.h"

#include "store/job_rows.h"

namespace v2t::store {

Result<Owner> SqliteOwnerStore::create_owner(const std::string& token_hash) {
  const std::scoped_lock lock(database_->mutex);
  const WallTime now = clock_.now();
  const Owner owner{new_id(), now, now};
  auto& connection = *database_->connection;
  TRY_VOID(connection.run(
      "INSERT INTO owners(id, token_hash, created, last_seen) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING", owner.id,
      token_hash, to_unix_ms(now), to_unix_ms(now)));
  if (connection.changes() == 0) return fail(ErrorCode::kConflict, "this session token is taken; make another");
  return owner;
}

Result<std::optional<Owner>> SqliteOwnerStore::find_owner(const std::string& token_hash) {
  const std::scoped_lock lock(database_->mutex);
  TRY(Statement query,
      database_->connection->prepare("SELECT id, created, last_seen FROM owners WHERE token_hash = ?"));
  TRY(const bool has_row, query.bind(token_hash).step());
  if (!has_row) return std::nullopt;
  return Owner{query.text(0), from_unix_ms(query.integer(1)), from_unix_ms(query.integer(2))};
}

Result<void> SqliteOwnerStore::touch_owner(const OwnerId& id) {
  const std::scoped_lock lock(database_->mutex);
  return database_->connection->run("UPDATE owners SET last_seen = ? WHERE id = ?", to_unix_ms(clock_.now()), id);
}

}  // namespace v2t::store
