// The UsageLog in SQLite keeps the contract, and what it holds outlives the process.
#include "store/sqlite_usage_log.h"

#include "base/temp_folder.h"
#include "domain/testing/usage_log_contract.h"

namespace v2t::store {
namespace {

TEST(SqliteUsageLog, KeepsWhatWasUsedThroughARestart) {
  const TempFolder folder;
  const Usage usage{Usage::Kind::kJob, new_id(), "ann", "10.0.0.1", WallTime(std::chrono::hours(9)), 0,
                    Millis(5),         true};
  ASSERT_TRUE(SqliteUsageLog(open_job_database(folder.path() / "jobs.sqlite").value()).add(usage, {}));
  SqliteUsageLog again(open_job_database(folder.path() / "jobs.sqlite").value());
  EXPECT_THAT(again.find("ann", "", WallTime()).value(), ::testing::ElementsAre(usage));
}

}  // namespace

struct SqliteUsageHarness {
  TempFolder folder;
  SqliteUsageLog sqlite{open_job_database(folder.path() / "jobs.sqlite").value()};
  UsageLog& log() { return sqlite; }
};

}  // namespace v2t::store

namespace v2t::testing {
INSTANTIATE_TYPED_TEST_SUITE_P(Sqlite, UsageLogContract, store::SqliteUsageHarness);
}
