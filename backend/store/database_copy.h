// Copies of the job database in a place that outlives this machine, and back at the start on a new one.
#pragma once

#include <filesystem>
#include <memory>

#include "store/job_database.h"

namespace v2t::store {

class DatabaseCopy {
 public:
  // Between `database` (a live file on this machine's own disk) and `copy` (anywhere, whole files only).
  DatabaseCopy(std::filesystem::path database, std::filesystem::path copy)
      : database_(std::move(database)), copy_(std::move(copy)) {}

  // Before the database is opened: where it does not exist yet and a copy does, the copy becomes the database. A
  // damaged copy is put aside, with a warning in the log, and an empty database is begun. True when one was brought
  // back.
  Result<bool> bring_back() const;

  // Grows when something was saved that is worth a new copy: the end, a new name, an edit or the deletion of a job; not
  // its progress.
  static Result<int64_t> revision(JobDatabase& database);

  // A consistent copy of now, without what was deleted. Others read and write the database meanwhile.
  Result<void> save() const;

 private:
  std::filesystem::path database_;
  std::filesystem::path copy_;
};

}  // namespace v2t::store
