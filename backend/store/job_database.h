// The SQLite file of jobs and owners: opened, brought to the newest schema, shared by the stores above it.
#pragma once

#include <filesystem>
#include <memory>
#include <mutex>

#include "store/sqlite.h"

namespace v2t::store {

// Hold `mutex` while using `connection`.
struct JobDatabase {
  std::mutex mutex;
  std::unique_ptr<Database> connection;  // guarded by mutex
};

// Creates the file where there is none; its folder must exist. Errors: see Database::open; kInvalidArgument also for a
// file that a newer version of this program wrote.
Result<std::shared_ptr<JobDatabase>> open_job_database(const std::filesystem::path& path);

}  // namespace v2t::store
