// The SQLite C API, wrapped.
#include "store/sqlite.h"

#include <sqlite3.h>

#include <cerrno>

#include "base/file.h"

namespace v2t::store {
namespace {

constexpr int kBusyTimeoutMs = 10'000;

// SQLITE_FULL is ENOSPC; a quota or a limit of the file size arrives as a failed write whose errno is lost.
bool is_disk_full(int code) {
  return (code & 0xFF) == SQLITE_FULL || code == SQLITE_IOERR_WRITE || code == SQLITE_IOERR_SHMSIZE;
}

}  // namespace

Statement::~Statement() {
  if (handle_ == nullptr) return;
  sqlite3_reset(handle_);
  sqlite3_clear_bindings(handle_);
  const auto [entry, is_kept] = database_.idle_.try_emplace(sqlite3_sql(handle_), handle_);
  if (!is_kept) sqlite3_finalize(handle_);
}

Statement& Statement::bind(std::string_view text) {
  // A null pointer would bind NULL.
  const char* data = text.data() == nullptr ? "" : text.data();
  CHECK(sqlite3_bind_text64(handle_, ++bound_, data, text.size(), SQLITE_TRANSIENT, SQLITE_UTF8) == SQLITE_OK);
  return *this;
}

Statement& Statement::bind(double value) {
  CHECK(sqlite3_bind_double(handle_, ++bound_, value) == SQLITE_OK);
  return *this;
}

Statement& Statement::bind(std::span<const uint8_t> bytes) {
  const void* data = bytes.data() == nullptr ? static_cast<const void*>("") : bytes.data();
  CHECK(sqlite3_bind_blob64(handle_, ++bound_, data, bytes.size(), SQLITE_TRANSIENT) == SQLITE_OK);
  return *this;
}

Statement& Statement::bind(std::nullopt_t) {
  CHECK(sqlite3_bind_null(handle_, ++bound_) == SQLITE_OK);
  return *this;
}

Statement& Statement::bind_integer(int64_t value) {
  CHECK(sqlite3_bind_int64(handle_, ++bound_, value) == SQLITE_OK);
  return *this;
}

Result<bool> Statement::step() {
  const int code = sqlite3_step(handle_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return database_.error(code);
}

Result<void> Statement::run() {
  for (;;) {
    TRY(const bool has_row, step());
    if (!has_row) return {};
  }
}

int64_t Statement::integer(int column) const { return sqlite3_column_int64(handle_, column); }
double Statement::real(int column) const { return sqlite3_column_double(handle_, column); }
bool Statement::is_null(int column) const { return sqlite3_column_type(handle_, column) == SQLITE_NULL; }

std::string Statement::text(int column) const {
  const auto* data = reinterpret_cast<const char*>(sqlite3_column_text(handle_, column));
  return data == nullptr ? std::string()
                         : std::string(data, static_cast<size_t>(sqlite3_column_bytes(handle_, column)));
}

std::vector<uint8_t> Statement::bytes(int column) const {
  const auto* data = static_cast<const uint8_t*>(sqlite3_column_blob(handle_, column));
  if (data == nullptr) return {};
  return {data, data + sqlite3_column_bytes(handle_, column)};
}

Result<std::unique_ptr<Database>> Database::open(const std::filesystem::path& path, const Kind& kind) {
  std::unique_ptr<Database> database(new Database(path, kind));
  TRY_VOID(database->connect());
  TRY_VOID(database->claim_file());
  TRY_VOID(database->configure());
  return database;
}

Result<void> Database::connect() {
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
  const int code = sqlite3_open_v2(path_.c_str(), &handle_, flags, nullptr);
  if (code == SQLITE_OK) {
    sqlite3_extended_result_codes(handle_, 1);
    sqlite3_busy_timeout(handle_, kBusyTimeoutMs);
    return {};
  }
  if ((code & 0xFF) == SQLITE_CANTOPEN && handle_ != nullptr && sqlite3_system_errno(handle_) != 0) {
    errno = sqlite3_system_errno(handle_);
    return tl::unexpected(errno_error("open the " + std::string(kind_.name), path_));
  }
  return error(code);
}

// Marks a new file as ours, refuses the files of others before anything is written to them.
Result<void> Database::claim_file() {
  TRY(Statement query,
      prepare("SELECT (SELECT count(*) FROM sqlite_schema), application_id FROM pragma_application_id"));
  TRY(const bool has_row, query.step());
  CHECK(has_row);
  const int64_t n_objects = query.integer(0);
  const int64_t id = query.integer(1);
  if (id == kind_.application_id) return {};
  if (n_objects > 0 || id != 0)
    return fail(ErrorCode::kInvalidArgument, path_.string() + " is the database of another program, not a " +
                                                 std::string(kind_.name) + "; choose another folder or move it away");
  return execute(("PRAGMA application_id = " + std::to_string(kind_.application_id)).c_str());
}

Result<void> Database::configure() {
  return execute(
      "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;"
      "PRAGMA secure_delete = ON; PRAGMA trusted_schema = OFF; PRAGMA temp_store = MEMORY;");
}

Database::~Database() {
  for (const auto& [sql, statement] : idle_) sqlite3_finalize(statement);
  sqlite3_close_v2(handle_);
}

Result<Statement> Database::prepare(std::string_view sql) {
  if (auto node = idle_.extract(sql); !node.empty()) return Statement(*this, node.mapped());
  sqlite3_stmt* handle = nullptr;
  const int code = sqlite3_prepare_v3(handle_, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT,
                                      &handle, nullptr);
  if (code != SQLITE_OK) return error(code);
  return Statement(*this, handle);
}

Result<void> Database::execute(const char* sql) {
  const int code = sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return error(code);
  return {};
}

Result<void> Database::add_function(const char* name, TextFunction function) {
  const auto call = [](sqlite3_context* context, int, sqlite3_value** values) {
    const auto* text = reinterpret_cast<const char*>(sqlite3_value_text(values[0]));
    if (text == nullptr) return;
    const auto size = static_cast<size_t>(sqlite3_value_bytes(values[0]));
    const auto wrapped = reinterpret_cast<TextFunction>(sqlite3_user_data(context));
    const std::string result = wrapped({text, size});
    sqlite3_result_text64(context, result.data(), result.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
  };
  const int code = sqlite3_create_function_v2(handle_, name, 1, SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY,
                                              reinterpret_cast<void*>(function), call, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return error(code);
  return {};
}

Result<void> Database::empty_log() { return execute("PRAGMA wal_checkpoint(TRUNCATE)"); }

int64_t Database::changes() const { return sqlite3_changes64(handle_); }

tl::unexpected<Error> Database::error(int code) const {
  const std::string subject = "the " + std::string(kind_.name) + " " + path_.string();
  if (is_disk_full(code))
    return fail(ErrorCode::kDiskFull,
                subject + " cannot be written: no space left on the disk, or over a quota; free some and try again");
  switch (code & 0xFF) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return fail(ErrorCode::kUnavailable, subject + " is held by another program; stop it or wait until it is done");
    case SQLITE_NOTADB:
      return fail(ErrorCode::kInvalidArgument, subject + " is not a database; choose another folder or move it away");
    case SQLITE_CORRUPT:
      return fail(ErrorCode::kInternal, subject + " is damaged (" + sqlite3_errstr(code) +
                                            "); restore a copy, or move it away to start anew");
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return fail(ErrorCode::kForbidden, subject + " cannot be written; check the permissions of file and folder");
    case SQLITE_CANTOPEN:
      return fail(ErrorCode::kForbidden, subject + " cannot be opened; check that its folder exists and is yours");
    default:
      return fail(ErrorCode::kInternal,
                  subject + ": " + (handle_ == nullptr ? sqlite3_errstr(code) : sqlite3_errmsg(handle_)));
  }
}

// In WAL mode NORMAL leaves out the sync of a commit, and nothing else. SQLite takes the setting between transactions.
Result<Transaction> Transaction::begin(Database& database, Durability durability) {
  if (durability == Durability::kSoon) TRY_VOID(database.execute("PRAGMA synchronous = NORMAL"));
  Transaction transaction(database, durability);
  TRY_VOID(database.run("BEGIN IMMEDIATE"));
  return transaction;
}

Result<void> Transaction::sync_commits_again() {
  if (durability_ == Durability::kAtOnce) return {};
  return database_->execute("PRAGMA synchronous = FULL");
}

Transaction::~Transaction() {
  if (database_ == nullptr) return;
  // Some errors, a full disk among them, have rolled it back already.
  if (sqlite3_get_autocommit(database_->handle_) == 0) static_cast<void>(database_->run("ROLLBACK"));
  static_cast<void>(sync_commits_again());
}

Result<void> Transaction::commit() {
  TRY_VOID(database_->run("COMMIT"));
  TRY_VOID(sync_commits_again());
  database_ = nullptr;
  return {};
}

}  // namespace v2t::store
