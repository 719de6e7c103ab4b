// The job database against kill -9, full disks, and files that are damaged, foreign or of another version.
#include "store/job_database.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <random>

#include "base/temp_folder.h"
#include "domain/testing/error_code.h"
#include "domain/testing/job_store_fixture.h"
#include "store/sqlite_job_store.h"

namespace v2t::store {
namespace {

using testing::code_of;
using ::testing::HasSubstr;
using testing::kLease;
using testing::queued_job;
using testing::segment_of;

class JobDatabaseTest : public ::testing::Test {
 protected:
  std::filesystem::path path() const { return folder_.path() / "jobs.sqlite"; }
  void write(const std::string& content, std::ios::openmode mode = std::ios::trunc) {
    std::ofstream(path(), mode | std::ios::binary) << content;
  }
  void run_sql(const char* sql) {
    const auto database = Database::open(path(), {0x76327431, "job database"}).value();
    ASSERT_TRUE(database->execute(sql));
  }

  TempFolder folder_;
  SystemClock clock_;
};

Segment expected_segment(uint64_t window) { return segment_of(window, std::string(300, char('a' + window % 26))); }

// Saves windows until somebody kills it; writes a byte for each that is saved.
[[noreturn]] void work_until_killed(const std::filesystem::path& path, int acknowledge) {
  const SystemClock clock;
  SqliteJobStore store(open_job_database(path).value(), clock);
  CHECK(store.expire_leases());
  const Claim claim = store.claim_next(kLease).value().value();
  for (uint64_t window = claim.job.windows_done;; ++window) {
    CHECK(store.append_segments(claim, window, {expected_segment(window)}, {}));
    CHECK(::write(acknowledge, "w", 1) == 1);
  }
}

// Kills the worker at once after its n-th window, wherever it is by then; returns how many windows were acknowledged.
uint64_t kill_after(int n, const std::filesystem::path& path) {
  std::array<int, 2> ends{};
  CHECK(::pipe(ends.data()) == 0);
  const pid_t child = ::fork();
  if (child == 0) work_until_killed(path, ends[1]);
  ::close(ends[1]);
  const UniqueFd reader(ends[0]);
  char byte = 0;
  uint64_t acknowledged = 0;
  while (n-- > 0 && ::read(reader.get(), &byte, 1) == 1) ++acknowledged;
  ::kill(child, SIGKILL);
  while (::read(reader.get(), &byte, 1) == 1) ++acknowledged;
  ::waitpid(child, nullptr, 0);
  return acknowledged;
}

TEST_F(JobDatabaseTest, NothingIsLostOrDoubledByFiftyKills) {
  const Job job = queued_job(new_id());
  ASSERT_TRUE(SqliteJobStore(open_job_database(path()).value(), clock_).add(job));
  std::mt19937 random(20261123);
  uint64_t promised = 0;
  for (int kill = 0; kill < 50; ++kill) {
    promised += kill_after(1 + static_cast<int>(random() % 8), path());
    SqliteJobStore store(open_job_database(path()).value(), clock_);
    const Job found = store.find(job.owner, job.id).value();
    ASSERT_GE(found.windows_done, promised);
    promised = found.windows_done;
    std::vector<Segment> expected;
    for (uint64_t window = 0; window < found.windows_done; ++window) expected.push_back(expected_segment(window));
    ASSERT_EQ(store.segments(job.owner, job.id, 0).value(), expected);
    ASSERT_EQ(found.attempts, kill + 1);
  }
}

#define CLAIM(condition) \
  if (!(condition)) std::_Exit(__LINE__ % 251 + 1)

void limit_file_sizes(rlim_t bytes) {
  const rlimit limit{bytes, RLIM_INFINITY};
  CLAIM(::setrlimit(RLIMIT_FSIZE, &limit) == 0);
}

[[noreturn]] void expect_a_full_disk_to_be_survived(const std::filesystem::path& path) {
  std::signal(SIGXFSZ, SIG_IGN);
  const SystemClock clock;
  SqliteJobStore store(open_job_database(path).value(), clock);
  const Job job = queued_job(new_id());
  CLAIM(store.add(job));
  const Claim claim = store.claim_next(kLease).value().value();
  limit_file_sizes(400'000);
  const Segment large = segment_of(0, std::string(50'000, 'x'));
  uint64_t window = 0;
  Result<void> saved;
  while ((saved = store.append_segments(claim, window, {large, large}, {}))) ++window;
  CLAIM(code_of(saved) == ErrorCode::kDiskFull);
  CLAIM(saved.error().message.find("no space left") != std::string::npos);
  CLAIM(store.find(job.owner, job.id).value().windows_done == window);
  CLAIM(store.segments(job.owner, job.id, 0).value().size() == 2 * window);
  limit_file_sizes(RLIM_INFINITY);
  CLAIM(store.append_segments(claim, window, {large, large}, {}));
  CLAIM(store.segments(job.owner, job.id, 0).value().size() == 2 * (window + 1));
  std::_Exit(0);
}

TEST_F(JobDatabaseTest, AFullDiskLeavesNothingHalfWrittenAndPasses) {
  const pid_t child = ::fork();
  if (child == 0) expect_a_full_disk_to_be_survived(path());
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0) << "line " << WEXITSTATUS(status) << " modulo 251";
}

TEST_F(JobDatabaseTest, AMissingFolderIsNamed) {
  const auto database = open_job_database(folder_.path() / "no" / "jobs.sqlite");
  ASSERT_FALSE(database);
  EXPECT_THAT(database.error().message, HasSubstr("no/jobs.sqlite"));
}

TEST_F(JobDatabaseTest, AFileThatIsNoDatabaseIsRefusedAndKept) {
  const std::string content(5'000, 'z');
  write(content);
  const auto database = open_job_database(path());
  EXPECT_EQ(code_of(database), ErrorCode::kInvalidArgument);
  EXPECT_THAT(database.error().message, HasSubstr("is not a database"));
  EXPECT_EQ(read_file(path(), 10'000).value(), content);
}

TEST_F(JobDatabaseTest, TheDatabaseOfAnotherProgramIsRefused) {
  {
    const auto other = Database::open(path(), {7, "recipe book"}).value();
    ASSERT_TRUE(other->execute("CREATE TABLE recipes(name TEXT)"));
  }
  const auto database = open_job_database(path());
  EXPECT_EQ(code_of(database), ErrorCode::kInvalidArgument);
  EXPECT_THAT(database.error().message, HasSubstr("another program"));
}

TEST_F(JobDatabaseTest, AFileOfANewerVersionIsRefused) {
  ASSERT_TRUE(open_job_database(path()));
  run_sql("PRAGMA user_version = 999");
  const auto database = open_job_database(path());
  EXPECT_EQ(code_of(database), ErrorCode::kInvalidArgument);
  EXPECT_THAT(database.error().message, HasSubstr("newer version"));
}

TEST_F(JobDatabaseTest, TextOfTheFirstVersionIsKept) {
  const Job job = queued_job(new_id());
  {
    SqliteJobStore store(open_job_database(path()).value(), clock_);
    ASSERT_TRUE(store.add(job));
    ASSERT_TRUE(store.append_segments(store.claim_next(kLease).value().value(), 0, {segment_of(0, "a")}, {}));
  }
  run_sql(
      "DROP TABLE usage; ALTER TABLE jobs DROP COLUMN speech; ALTER TABLE jobs DROP COLUMN covered;"
      "ALTER TABLE jobs DROP COLUMN unintelligible; DROP TABLE keys; ALTER TABLE jobs DROP COLUMN is_transient; ALTER "
      "TABLE segments DROP COLUMN token_scores;"
      "DROP TABLE spoken; DROP TABLE spoken_at; DROP TABLE requests; DROP TABLE peaks; DROP TABLE edited_segments;"
      "DROP TABLE versions; ALTER TABLE jobs DROP COLUMN version; ALTER TABLE jobs DROP COLUMN source;"
      "ALTER TABLE jobs DROP COLUMN heard; ALTER TABLE jobs DROP COLUMN failures;"
      "ALTER TABLE jobs DROP COLUMN retry_boot; ALTER TABLE jobs DROP COLUMN retry_at; ALTER TABLE segments DROP "
      "COLUMN language;"
      "ALTER TABLE segments DROP COLUMN kind; PRAGMA user_version = 1");
  SqliteJobStore store(open_job_database(path()).value(), clock_);
  const Segment found = store.segments(job.owner, job.id, 0).value().at(0);
  EXPECT_EQ(found.text, "a");
  EXPECT_EQ(found.language, "");
  EXPECT_EQ(found.kind, SegmentKind::kSpeech);
  EXPECT_EQ(store.search(job.owner, {{"a"}, 10, 0}).value().total, 1u);
}

TEST_F(JobDatabaseTest, WarningsOfOlderVersionsGetTheirCodes) {
  const Job job = queued_job(new_id());
  ASSERT_TRUE(SqliteJobStore(open_job_database(path()).value(), clock_).add(job));
  run_sql(
      "UPDATE jobs SET warnings = '[\"the file ends after 1 s\",\"no speech was found\",\"3 of 9 packets\"]';"
      "DROP TABLE usage; ALTER TABLE jobs DROP COLUMN speech; ALTER TABLE jobs DROP COLUMN covered;"
      "ALTER TABLE jobs DROP COLUMN unintelligible; PRAGMA user_version = 4");
  const Job found = SqliteJobStore(open_job_database(path()).value(), clock_).find(job.owner, job.id).value();
  EXPECT_EQ(found.warnings, (std::vector<Warning>{{WarningCode::kEndsEarly, "the file ends after 1 s"},
                                                  {WarningCode::kNoSpeech, "no speech was found"},
                                                  {WarningCode::kDamagedSound, "3 of 9 packets"}}));
  EXPECT_EQ(found.coverage, std::nullopt);
}

TEST_F(JobDatabaseTest, DamageIsReportedAsSuch) {
  {
    SqliteJobStore store(open_job_database(path()).value(), clock_);
    ASSERT_TRUE(store.add(queued_job(new_id())));
  }
  const auto size = std::filesystem::file_size(path());
  std::fstream file(path(), std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(100);
  file << std::string(size - 100, '\xff');
  file.close();
  const auto database = open_job_database(path());
  ASSERT_FALSE(database);
  EXPECT_THAT(database.error().message, HasSubstr("damaged"));
}

TEST_F(JobDatabaseTest, AnUnreadableRowIsAnErrorOfItsJobAlone) {
  SqliteJobStore store(open_job_database(path()).value(), clock_);
  const Job job = queued_job(new_id());
  ASSERT_TRUE(store.add(job));
  ASSERT_TRUE(store.append_segments(store.claim_next(kLease).value().value(), 0, {segment_of(0, "a")}, {}));
  run_sql("UPDATE segments SET words = '[[1,2]]'");
  EXPECT_EQ(code_of(store.segments(job.owner, job.id, 0)), ErrorCode::kInternal);
  EXPECT_TRUE(store.find(job.owner, job.id));
}

}  // namespace
}  // namespace v2t::store
