// A thin owner of the SQLite C API: one connection, cached statements, transactions, errors that name the remedy.
#pragma once

#include <concepts>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace v2t::store {

class Database;

// A prepared statement on loan from the cache of its Database: reset and given back on destruction.
class Statement {
 public:
  Statement(Statement&& other) noexcept
      : database_(other.database_), handle_(std::exchange(other.handle_, nullptr)), bound_(other.bound_) {}
  Statement& operator=(Statement&&) = delete;
  ~Statement();

  // Binds the next parameter, from the left.
  Statement& bind(std::string_view text);
  Statement& bind(const std::string& text) { return bind(std::string_view(text)); }
  Statement& bind(const char* text) { return bind(std::string_view(text)); }
  Statement& bind(double value);
  Statement& bind(std::span<const uint8_t> bytes);  // a BLOB
  Statement& bind(std::nullopt_t);
  // SQLite has signed integers only: what does not fit becomes the largest.
  template <std::integral T>
  Statement& bind(T value) {
    constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
    return bind_integer(std::cmp_greater(value, kMax) ? kMax : static_cast<int64_t>(value));
  }
  template <class T>
  Statement& bind(const std::optional<T>& value) {
    return value ? bind(*value) : bind(std::nullopt);
  }

  Result<bool> step();  // whether there is a row
  // Steps to the end.
  Result<void> run();

  // Columns of the row, from 0.
  int64_t integer(int column) const;  // 0 for NULL
  double real(int column) const;
  std::string text(int column) const;
  std::vector<uint8_t> bytes(int column) const;
  bool is_null(int column) const;
  template <class T>
  std::optional<T> optional_integer(int column) const {
    return is_null(column) ? std::nullopt : std::optional<T>(T(integer(column)));
  }
  std::optional<std::string> optional_text(int column) const {
    return is_null(column) ? std::nullopt : std::optional(text(column));
  }

 private:
  friend class Database;
  Statement(Database& database, sqlite3_stmt* handle) : database_(database), handle_(handle) {}
  Statement& bind_integer(int64_t value);

  Database& database_;
  sqlite3_stmt* handle_;
  int bound_ = 0;
};

// One connection. Not thread-safe: its user holds a mutex.
class Database {
 public:
  struct Kind {
    int32_t application_id;  // PRAGMA application_id: marks files as ours
    std::string_view name;   // for messages: "job database"
  };

  // Opens or creates the file, durable: WAL, synchronous=FULL, foreign keys on, freed pages overwritten. Errors:
  // kInvalidArgument for a file that is no database or another program's, kInternal when it is damaged, kUnavailable
  // while another program holds it, kForbidden, kNotFound (no such folder), kDiskFull.
  static Result<std::unique_ptr<Database>> open(const std::filesystem::path& path, const Kind& kind);
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  ~Database();

  Result<Statement> prepare(std::string_view sql);
  // Several statements without parameters.
  Result<void> execute(const char* sql);
  // SQL may call it on one text; NULL stays NULL.
  using TextFunction = std::string (*)(std::string_view text);
  Result<void> add_function(const char* name, TextFunction function);
  // What was deleted or overwritten is gone from all files when it returns.
  Result<void> empty_log();
  // One statement that gives no rows.
  template <class... Values>
  Result<void> run(std::string_view sql, const Values&... values) {
    TRY(Statement statement, prepare(sql));
    (statement.bind(values), ...);
    return statement.run();
  }
  // Rows changed by the last statement.
  int64_t changes() const;
  const std::filesystem::path& path() const { return path_; }

 private:
  friend class Statement;
  friend class Transaction;
  Database(std::filesystem::path path, const Kind& kind) : path_(std::move(path)), kind_(kind) {}
  Result<void> connect();
  Result<void> claim_file();
  Result<void> configure();
  tl::unexpected<Error> error(int code) const;

  std::filesystem::path path_;
  Kind kind_;
  sqlite3* handle_ = nullptr;
  std::unordered_map<std::string_view, sqlite3_stmt*> idle_;  // by their own text
};

// What a power cut leaves of a transaction: kAtOnce, all once it is committed; kSoon, all or nothing, all once a later
// one of kAtOnce is committed. A process that is killed loses neither.
enum class Durability { kAtOnce, kSoon };

// A write transaction from the start; rolled back unless committed.
class Transaction {
 public:
  static Result<Transaction> begin(Database& database, Durability durability = Durability::kAtOnce);
  Transaction(Transaction&& other) noexcept
      : database_(std::exchange(other.database_, nullptr)), durability_(other.durability_) {}
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();
  Result<void> commit();

 private:
  Transaction(Database& database, Durability durability) : database_(&database), durability_(durability) {}
  Result<void> sync_commits_again();

  Database* database_;
  Durability durability_;
};

}  // namespace v2t::store
