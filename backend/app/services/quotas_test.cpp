// Tests of the day's books.
#include "app/services/quotas.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "domain/testing/manual_clock.h"
#include "domain/testing/memory_usage_log.h"

namespace v2t {
namespace {

using ::testing::HasSubstr;
using namespace std::chrono_literals;

class QuotasTest : public ::testing::Test {
 protected:
  Quotas quotas(QuotaLimits limits) {
    return {limits,
            log_,
            clock_,
            {[this](const OwnerId&, const BlobId& id) { return !ended_.contains(id); },
             [this](const OwnerId&, const JobId& id) {
               const auto found = audio_.find(id);
               return found == audio_.end() ? std::nullopt : std::optional(found->second);
             }}};
  }

  const Caller ann_{new_id(), "10.0.0.1"};
  const Caller bob_{new_id(), "10.0.0.2"};
  testing::ManualClock clock_;
  testing::MemoryUsageLog log_;
  std::set<BlobId> ended_;
  std::map<JobId, Millis> audio_;
};

TEST_F(QuotasTest, UploadsAtOnceAreCountedUntilTheyEnd) {
  auto books = quotas({.uploads_at_once = 2});
  books.add_upload(ann_, "one", 1);
  books.add_upload(ann_, "two", 1);
  ASSERT_TRUE(books.refuse_upload(ann_, 1));
  EXPECT_EQ(books.refuse_upload(ann_, 1)->retry_after, 30s);
  EXPECT_FALSE(books.refuse_upload(bob_, 1));
  ended_.insert("one");
  EXPECT_FALSE(books.refuse_upload(ann_, 1));
}

TEST_F(QuotasTest, AnotherSessionFromTheSameAddressIsNoWayOut) {
  auto books = quotas({.uploads_at_once = 1});
  books.add_upload(ann_, "one", 1);
  EXPECT_TRUE(books.refuse_upload({new_id(), ann_.address}, 1));
  EXPECT_TRUE(books.refuse_upload({ann_.owner, "10.9.9.9"}, 1));
}

TEST_F(QuotasTest, ProgramsOfThisMachineShareNoAddress) {
  auto books = quotas({.uploads_at_once = 1});
  books.add_upload({new_id(), ""}, "one", 1);
  EXPECT_FALSE(books.refuse_upload({new_id(), ""}, 1));
}

TEST_F(QuotasTest, BytesAreThoseOfADay) {
  auto books = quotas({.bytes_per_day = 100});
  EXPECT_TRUE(books.refuse_upload(ann_, 101));
  books.add_upload(ann_, "one", 60);
  ended_.insert("one");
  clock_.advance(10h);
  EXPECT_FALSE(books.refuse_upload(ann_, 40));
  const auto refusal = books.refuse_upload(ann_, 41);
  ASSERT_TRUE(refusal);
  EXPECT_EQ(refusal->retry_after, 14h);
  EXPECT_THAT(refusal->message, HasSubstr("a day"));
  clock_.advance(14h);
  EXPECT_FALSE(books.refuse_upload(ann_, 41));
}

TEST_F(QuotasTest, HoursOfAudioAreThoseThatJobsHold) {
  auto books = quotas({.audio_per_day = 2h});
  books.add_job(ann_, "talk");
  EXPECT_FALSE(books.refuse_job(ann_));
  audio_["talk"] = 2h;
  EXPECT_TRUE(books.refuse_job(ann_));
  EXPECT_FALSE(books.refuse_job(bob_));
  clock_.advance(24h);
  EXPECT_FALSE(books.refuse_job(ann_));
}

TEST_F(QuotasTest, ARemovedJobStaysUsed) {
  auto books = quotas({.audio_per_day = 1h});
  books.add_job(ann_, "talk");
  Job job;
  job.id = "talk";
  job.state = JobState::kCancelled;
  job.duration = 3h;
  job.audio_done = 1h;
  books.settle(job);
  EXPECT_TRUE(books.refuse_job(ann_));
}

TEST_F(QuotasTest, ARestartForgivesNothing) {
  const QuotaLimits limits{.uploads_at_once = 1, .audio_per_day = 1h, .bytes_per_day = 100};
  quotas(limits).add_upload(ann_, "one", 60);
  quotas(limits).add_job(ann_, "talk");
  audio_["talk"] = 1h;
  auto books = quotas(limits);
  EXPECT_TRUE(books.refuse_upload(ann_, 1));
  EXPECT_TRUE(books.refuse_job(ann_));
  ended_.insert("one");
  EXPECT_TRUE(books.refuse_upload(ann_, 41));
  EXPECT_FALSE(books.refuse_upload(ann_, 40));
}

TEST_F(QuotasTest, WithoutLimitsEverybodyMayGoOn) {
  auto books = quotas({.uploads_at_once = 1000});
  books.add_upload(ann_, "one", UINT64_MAX / 2);
  books.add_job(ann_, "talk");
  audio_["talk"] = 1000h;
  EXPECT_FALSE(books.refuse_upload(ann_, 1));
  EXPECT_FALSE(books.refuse_job(ann_));
}

}  // namespace
}  // namespace v2t
