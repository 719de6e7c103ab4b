// The database out to a copy by VACUUM INTO, and back.
#include "store/database_copy.h"

#include <cerrno>

#include "base/file.h"
#include "base/log.h"
#include "store/bucket.h"

namespace v2t::store {
namespace {

namespace fs = std::filesystem;

fs::path beside(const fs::path& path, const char* ending) {
  fs::path other = path;
  other += ending;
  return other;
}

void remove_database(const fs::path& path) {
  std::error_code ignored;
  for (const char* ending : {"", "-wal", "-shm"}) fs::remove(beside(path, ending), ignored);
}

// Also brings it to the newest schema. Closing the last connection leaves one file.
Result<void> check_database(const fs::path& path) {
  TRY(const auto database, open_job_database(path));
  TRY(Statement query, database->connection->prepare("PRAGMA quick_check(1)"));
  TRY_VOID(query.step());
  if (query.text(0) == "ok") return {};
  return fail(ErrorCode::kInternal, "it is damaged: " + query.text(0));
}

}  // namespace

Result<bool> DatabaseCopy::bring_back() const {
  std::error_code problem;
  if (fs::exists(database_, problem) || !fs::exists(copy_, problem)) return false;
  const fs::path arriving = beside(database_, ".arriving");
  remove_database(arriving);
  TRY_VOID(copy_whole(copy_, arriving));
  if (const auto checked = check_database(arriving); !checked) {
    log::warning("the copy of the texts cannot be used; it is put aside and an empty database is begun",
                 {{"copy", copy_.string()}, {"reason", checked.error().message}});
    remove_database(arriving);
    fs::rename(copy_, beside(copy_, ".damaged"), problem);
    return false;
  }
  fs::rename(arriving, database_, problem);
  if (!problem) return true;
  errno = problem.value();
  return tl::unexpected(errno_error("rename", arriving));
}

Result<int64_t> DatabaseCopy::revision(JobDatabase& database) {
  const std::scoped_lock lock(database.mutex);
  TRY(Statement query, database.connection->prepare("SELECT sequence FROM events WHERE type NOT IN ('progress', "
                                                    "'segments') ORDER BY sequence DESC LIMIT 1"));
  TRY(const bool has_row, query.step());
  return has_row ? query.integer(0) : 0;
}

Result<void> DatabaseCopy::save() const {
  const fs::path leaving = beside(database_, ".leaving");
  remove_database(leaving);
  {
    TRY(const auto database, open_job_database(database_));  // its own connection: nobody waits for it
    TRY_VOID(database->connection->run("VACUUM INTO ?", leaving.string()));
  }
  auto copied = copy_whole(leaving, copy_);
  remove_database(leaving);
  return copied;
}

}  // namespace v2t::store
