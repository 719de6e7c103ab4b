// Tests of job states and ids.
#include "domain/job.h"

#include <gtest/gtest.h>

namespace v2t {
namespace {

TEST(JobStates, NamesLeadBackToTheirStates) {
  EXPECT_EQ(job_state_from_name(job_state_name(JobState::kCancelled)), JobState::kCancelled);
  EXPECT_EQ(job_state_from_name("paused"), std::nullopt);
}

TEST(JobStates, OnlyEndsAreFinal) {
  EXPECT_TRUE(is_final(JobState::kFailed));
  EXPECT_FALSE(is_final(JobState::kUploading));
}

TEST(Ids, AreAlwaysNewAndOfTheirForm) {
  EXPECT_TRUE(is_id(new_id()));
  EXPECT_NE(new_id(), new_id());
}

TEST(Ids, RefuseEverythingElse) {
  EXPECT_FALSE(is_id(""));
  EXPECT_FALSE(is_id("../../../../../../../etc/pa"));
  EXPECT_FALSE(is_id("ABCDEFGHIJKLMNOPQRSTUVWXYZ"));
}

}  // namespace
}  // namespace v2t
