// Tests of the copy of the job database: out, and back on a new machine.
#include "store/database_copy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "base/file.h"
#include "base/log.h"
#include "base/temp_folder.h"
#include "domain/testing/job_store_fixture.h"
#include "store/sqlite_job_store.h"

namespace v2t::store {
namespace {

using testing::kLease;
using testing::queued_job;
using testing::segment_of;

class DatabaseCopyTest : public ::testing::Test {
 protected:
  void SetUp() override {
    log::configure(log::Level::kSilent, log::Format::kText);
    for (const char* folder : {"old", "new"}) std::filesystem::create_directory(folder_.path() / folder);
  }
  std::filesystem::path copy_path() const { return folder_.path() / "bucket/transcripts/jobs.sqlite"; }
  std::filesystem::path path(const char* machine) const { return folder_.path() / machine / "jobs.sqlite"; }
  DatabaseCopy copy_of(const char* machine) const { return {path(machine), copy_path()}; }

  // A finished job with one segment of this text.
  Job finish_job(const std::shared_ptr<JobDatabase>& database, const std::string& text) {
    SqliteJobStore store(database, clock_);
    const Job job = queued_job(new_id());
    CHECK(store.add(job));
    const Claim claim = store.claim_next(kLease).value().value();
    CHECK(store.append_segments(claim, 0, {segment_of(0, text)}, {}));
    CHECK(store.finish(claim, Millis(1000), {}));
    return job;
  }

  TempFolder folder_;
  SystemClock clock_;
};

TEST_F(DatabaseCopyTest, ANewMachineHasTheTextsOfTheOldOne) {
  const auto old = open_job_database(path("old")).value();
  const Job job = finish_job(old, "to be or not to be");
  ASSERT_TRUE(copy_of("old").save());

  EXPECT_TRUE(copy_of("new").bring_back().value());
  SqliteJobStore store(open_job_database(path("new")).value(), clock_);
  EXPECT_EQ(store.find(job.owner, job.id).value().state, JobState::kDone);
  EXPECT_EQ(store.segments(job.owner, job.id, 0).value().at(0).text, "to be or not to be");
}

TEST_F(DatabaseCopyTest, ADatabaseThatIsThereWins) {
  const auto old = open_job_database(path("old")).value();
  const Job job = finish_job(old, "old");
  ASSERT_TRUE(copy_of("old").save());
  open_job_database(path("new")).value();

  EXPECT_FALSE(copy_of("new").bring_back().value());
  SqliteJobStore store(open_job_database(path("new")).value(), clock_);
  EXPECT_FALSE(store.find(job.owner, job.id));
}

TEST_F(DatabaseCopyTest, WithoutACopyNothingIsBroughtBack) {
  EXPECT_FALSE(copy_of("new").bring_back().value());
  EXPECT_FALSE(std::filesystem::exists(path("new")));
}

TEST_F(DatabaseCopyTest, ADamagedCopyIsPutAside) {
  std::filesystem::create_directories(copy_path().parent_path());
  ASSERT_TRUE(write_file_atomically(copy_path(), std::string(10'000, 'x')));
  EXPECT_FALSE(copy_of("new").bring_back().value());
  EXPECT_FALSE(std::filesystem::exists(copy_path()));
  EXPECT_TRUE(std::filesystem::exists(copy_path().string() + ".damaged"));
  EXPECT_FALSE(std::filesystem::exists(path("new")));
}

TEST_F(DatabaseCopyTest, WhatWasDeletedIsInNoLaterCopy) {
  const auto database = open_job_database(path("old")).value();
  const Job job = finish_job(database, "the-unique-secret");
  ASSERT_TRUE(copy_of("old").save());
  ASSERT_NE(read_file(copy_path(), 10'000'000).value().find("the-unique-secret"), std::string::npos);
  ASSERT_TRUE(SqliteJobStore(database, clock_).remove(job.owner, job.id));
  ASSERT_TRUE(copy_of("old").save());
  EXPECT_EQ(read_file(copy_path(), 10'000'000).value().find("the-unique-secret"), std::string::npos);
}

TEST_F(DatabaseCopyTest, ProgressIsNotWorthACopyAndAnEndIs) {
  const auto database = open_job_database(path("old")).value();
  SqliteJobStore store(database, clock_);
  ASSERT_TRUE(store.add(queued_job(new_id())));
  const Claim claim = store.claim_next(kLease).value().value();
  const int64_t begun = DatabaseCopy::revision(*database).value();
  ASSERT_TRUE(store.append_segments(claim, 0, {segment_of(0, "text")}, {}));
  EXPECT_EQ(DatabaseCopy::revision(*database).value(), begun);
  ASSERT_TRUE(store.finish(claim, Millis(1000), {}));
  EXPECT_GT(DatabaseCopy::revision(*database).value(), begun);
}

TEST_F(DatabaseCopyTest, AFailedCopyLeavesTheOldOne) {
  const auto database = open_job_database(path("old")).value();
  ASSERT_TRUE(copy_of("old").save());
  const std::string before = read_file(copy_path(), 10'000'000).value();
  EXPECT_FALSE(DatabaseCopy(path("old"), "/proc/nowhere/jobs.sqlite").save());
  EXPECT_EQ(read_file(copy_path(), 10'000'000).value(), before);
}

}  // namespace
}  // namespace v2t::store
