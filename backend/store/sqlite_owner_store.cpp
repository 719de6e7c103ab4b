// Owners as rows.
#include "store/sqlite_owner_store.h"

#include "store/job_rows.h"

namespace v2t::store {
namespace {

// Name, owner, created, last_used, revoked.
ApiKey read_key(const Statement& row) {
  const auto time = [&](int column) {
    return row.is_null(column) ? std::nullopt : std::optional(from_unix_ms(row.integer(column)));
  };
  return {row.text(0), row.text(1), from_unix_ms(row.integer(2)), time(3), time(4)};
}

}  // namespace

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

Result<ApiKey> SqliteOwnerStore::create_key(const std::string& name, const std::string& key_hash) {
  const std::scoped_lock lock(database_->mutex);
  TRY(Statement insert,
      database_->connection->prepare("INSERT INTO keys(name, owner, key_hash, created) VALUES (?1, ?2, ?3, ?4)"
                                     " ON CONFLICT(name) DO UPDATE SET key_hash = ?3, created = ?4, last_used = NULL,"
                                     " revoked = NULL WHERE revoked IS NOT NULL"
                                     " RETURNING name, owner, created, last_used, revoked"));
  insert.bind(name).bind(new_id()).bind(key_hash).bind(to_unix_ms(clock_.now()));
  TRY(const bool has_row, insert.step());
  if (!has_row)
    return fail(ErrorCode::kConflict, "there is a key named " + name + " already; revoke it first, or choose a name");
  return read_key(insert);
}

Result<std::optional<ApiKey>> SqliteOwnerStore::find_key(const std::string& key_hash) {
  const std::scoped_lock lock(database_->mutex);
  TRY(Statement query, database_->connection->prepare("SELECT name, owner, created, last_used, revoked FROM keys"
                                                      " WHERE key_hash = ? AND revoked IS NULL"));
  TRY(const bool has_row, query.bind(key_hash).step());
  return has_row ? std::optional(read_key(query)) : std::nullopt;
}

Result<std::vector<ApiKey>> SqliteOwnerStore::keys() {
  const std::scoped_lock lock(database_->mutex);
  TRY(Statement query,
      database_->connection->prepare("SELECT name, owner, created, last_used, revoked FROM keys ORDER BY name"));
  std::vector<ApiKey> keys;
  for (;;) {
    TRY(const bool has_row, query.step());
    if (!has_row) return keys;
    keys.push_back(read_key(query));
  }
}

Result<void> SqliteOwnerStore::revoke_key(const std::string& name) {
  const std::scoped_lock lock(database_->mutex);
  auto& connection = *database_->connection;
  TRY_VOID(
      connection.run("UPDATE keys SET revoked = ? WHERE name = ? AND revoked IS NULL", to_unix_ms(clock_.now()), name));
  if (connection.changes() == 0) return fail(ErrorCode::kNotFound, "no key named " + name + " is in force");
  return {};
}

Result<void> SqliteOwnerStore::touch_key(const std::string& name) {
  const std::scoped_lock lock(database_->mutex);
  return database_->connection->run("UPDATE keys SET last_used = ? WHERE name = ?", to_unix_ms(clock_.now()), name);
}

}  // namespace v2t::store
