// The JobStore in SQLite keeps the contract, and keeps it over restarts.
#include "store/sqlite_job_store.h"

#include "base/temp_folder.h"
#include "domain/testing/job_queue_contract.h"
#include "domain/testing/job_store_contract.h"
#include "domain/testing/job_text_contract.h"
#include "domain/testing/job_work_contract.h"

namespace v2t::store {
namespace {

using testing::kLease;
using testing::queued_job;
using testing::segment_of;

struct SqliteHarness {
  TempFolder folder;
  testing::ManualClock clock;
  SqliteJobStore sqlite{open_job_database(folder.path() / "jobs.sqlite").value(), clock};
  JobStore& store() { return sqlite; }
};

}  // namespace
}  // namespace v2t::store

namespace v2t::testing {
INSTANTIATE_TYPED_TEST_SUITE_P(Sqlite, JobStoreContract, store::SqliteHarness);
INSTANTIATE_TYPED_TEST_SUITE_P(Sqlite, JobQueueContract, store::SqliteHarness);
INSTANTIATE_TYPED_TEST_SUITE_P(Sqlite, JobWorkContract, store::SqliteHarness);
INSTANTIATE_TYPED_TEST_SUITE_P(Sqlite, JobTextContract, store::SqliteHarness);
}  // namespace v2t::testing

namespace v2t::store {
namespace {

class SqliteJobStoreTest : public ::testing::Test {
 protected:
  std::filesystem::path path() const { return folder_.path() / "jobs.sqlite"; }
  SqliteJobStore open() { return {open_job_database(path()).value(), clock_}; }

  TempFolder folder_;
  testing::ManualClock clock_;
};

TEST_F(SqliteJobStoreTest, AnotherProcessSeesEverythingSaved) {
  const Job job = queued_job(new_id());
  auto first = open();
  ASSERT_TRUE(first.add(job));
  const Claim claim = first.claim_next(kLease).value().value();
  ASSERT_TRUE(first.append_segments(claim, 0, {segment_of(0, "kept")}, {}));
  auto second = open();
  EXPECT_EQ(second.find(job.owner, job.id).value().windows_done, 1u);
  EXPECT_EQ(second.segments(job.owner, job.id, 0).value().at(0), segment_of(0, "kept"));
}

TEST_F(SqliteJobStoreTest, TwoStoresNeverClaimOneJob) {
  auto first = open();
  auto second = open();
  ASSERT_TRUE(first.add(queued_job(new_id())));
  EXPECT_NE(first.claim_next(kLease).value(), std::nullopt);
  EXPECT_EQ(second.claim_next(kLease).value(), std::nullopt);
}

TEST_F(SqliteJobStoreTest, ExpiredLeasesFreeJobsOfDeadWorkersAtOnce) {
  auto store = open();
  ASSERT_TRUE(store.add(queued_job(new_id())));
  const Claim dead = store.claim_next(kLease).value().value();
  ASSERT_TRUE(store.expire_leases());
  const Claim held = store.claim_next(kLease).value().value();
  EXPECT_EQ(held.job.id, dead.job.id);
  EXPECT_EQ(store.renew(dead, kLease).error().code, ErrorCode::kConflict);
}

TEST_F(SqliteJobStoreTest, ALeaseOfAnotherBootIsVoid) {
  struct OtherBoot final : Clock {
    WallTime now() const override { return {}; }
    std::chrono::milliseconds steady() const override { return std::chrono::milliseconds(5); }
    std::string boot() const override { return "after the power cut"; }
  };
  auto before = open();
  ASSERT_TRUE(before.add(queued_job(new_id())));
  ASSERT_NE(before.claim_next(kLease).value(), std::nullopt);
  const OtherBoot clock;
  SqliteJobStore after(open_job_database(path()).value(), clock);
  EXPECT_NE(after.claim_next(kLease).value(), std::nullopt);
}

TEST_F(SqliteJobStoreTest, NumbersThatAreNoneAreStoredAsZero) {
  auto store = open();
  const Job job = queued_job(new_id());
  ASSERT_TRUE(store.add(job));
  Segment segment = segment_of(0, "a");
  segment.avg_logprob = NAN;
  segment.words[0].probability = INFINITY;
  ASSERT_TRUE(store.append_segments(store.claim_next(kLease).value().value(), 0, {segment}, {}));
  const Segment found = store.segments(job.owner, job.id, 0).value().at(0);
  EXPECT_EQ(found.avg_logprob, 0);
  EXPECT_EQ(found.words.at(0).probability, 0);
}

TEST_F(SqliteJobStoreTest, KeepsHowAJobIsToBeDecoded) {
  auto store = open();
  Job job = queued_job(new_id());
  job.settings.languages = {"ru", "en"};
  job.settings.hotwords = {"Sweynheim"};
  job.settings.beam_size = 4;
  ASSERT_TRUE(store.add(job));
  EXPECT_EQ(store.find(job.owner, job.id).value().settings, job.settings);
}

// All files of the folder, while the database is open.
std::string all_bytes(const std::filesystem::path& folder) {
  std::string bytes;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    if (entry.is_regular_file()) bytes += read_file(entry.path(), 100'000'000).value();
  return bytes;
}

TEST_F(SqliteJobStoreTest, DeletedTextLeavesAllFilesAtOnce) {
  auto store = open();
  const OwnerId owner = new_id();
  const Job job = queued_job(owner);
  const Job other = queued_job(owner);
  for (const Job& one : {job, other}) {
    ASSERT_TRUE(store.add(one));
    const Claim held = store.claim_next(kLease).value().value();
    ASSERT_TRUE(store.append_segments(held, 0, {segment_of(0, one.id == job.id ? "xyz819secret" : "harmless")}, {}));
    ASSERT_TRUE(store.finish(held, Millis(1), {}));
  }
  const auto text = store.text(owner, job.id, std::nullopt).value();
  const auto edit = apply_changes(text, std::vector<TextChange>{SegmentChange{0, "plugh908secret"}}).value();
  ASSERT_TRUE(store.save_edit(owner, job.id, text, edit, std::nullopt));
  EXPECT_NE(all_bytes(path().parent_path()).find("xyz819secret"), std::string::npos);
  ASSERT_TRUE(store.remove(owner, job.id));
  const std::string left = all_bytes(path().parent_path());
  // No letters of ids: the trigrams of the index are gone too.
  for (const char* trace : {"xyz819secret", "plugh908secret", "819", "908"})
    EXPECT_EQ(left.find(trace), std::string::npos);
  EXPECT_EQ(store.search(owner, {{"harmless"}, 10, 0}).value().total, 1u);
}

TEST_F(SqliteJobStoreTest, TextOfARemovedTransientJobIsErasedWithTheNextTraces) {
  auto store = open();
  Job job = queued_job(new_id());
  job.is_transient = true;
  ASSERT_TRUE(store.add(job));
  ASSERT_TRUE(store.append_segments(store.claim_next(kLease).value().value(), 0, {segment_of(0, "xyzzysecret")}, {}));
  EXPECT_NE(all_bytes(path().parent_path()).find("xyzzysecret"), std::string::npos);
  ASSERT_TRUE(store.remove(job.owner, job.id));
  ASSERT_TRUE(store.erase_traces());
  EXPECT_EQ(all_bytes(path().parent_path()).find("xyzzysecret"), std::string::npos);
}

TEST_F(SqliteJobStoreTest, ATransactionThatIsNotSyncedLeavesTheOthersSynced) {
  const auto database = open_job_database(path()).value();
  const auto level = [&] {
    auto query = database->connection->prepare("PRAGMA synchronous").value();
    static_cast<void>(query.step().value());
    return query.integer(0);
  };
  constexpr int64_t kNormal = 1;
  constexpr int64_t kFull = 2;
  {
    const auto soon = Transaction::begin(*database->connection, Durability::kSoon).value();
    EXPECT_EQ(level(), kNormal);
  }
  EXPECT_EQ(level(), kFull);
  auto soon = Transaction::begin(*database->connection, Durability::kSoon).value();
  ASSERT_TRUE(soon.commit());
  EXPECT_EQ(level(), kFull);
}

TEST_F(SqliteJobStoreTest, DeletedTextLeavesTheFile) {
  {
    auto store = open();
    const Job job = queued_job(new_id());
    ASSERT_TRUE(store.add(job));
    ASSERT_TRUE(store.append_segments(store.claim_next(kLease).value().value(), 0, {segment_of(0, "xyzzysecret")}, {}));
    ASSERT_TRUE(store.remove(job.owner, job.id));
  }  // closing the last connection writes the log back
  EXPECT_EQ(read_file(path(), 10'000'000).value().find("xyzzysecret"), std::string::npos);
}

}  // namespace
}  // namespace v2t::store
