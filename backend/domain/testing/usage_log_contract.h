// What every UsageLog promises, as tests. Instantiate with a harness that has a `UsageLog& log()`.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "domain/usage_log.h"

namespace v2t::testing {

template <class Harness>
class UsageLogContract : public ::testing::Test {
 protected:
  UsageLog& log() { return harness_.log(); }
  static WallTime hour(int n) { return WallTime(std::chrono::hours(500'000 + n)); }
  Usage add(Usage usage) {
    EXPECT_TRUE(log().add(usage, hour(0)));
    return usage;
  }

  const Usage upload_{Usage::Kind::kUpload, new_id(), "ann", "10.0.0.1", hour(1), 5'000'000'000, {}, false};
  const Usage job_{Usage::Kind::kJob, new_id(), "ann", "", hour(2), 0, {}, false};

 private:
  Harness harness_;
};

TYPED_TEST_SUITE_P(UsageLogContract);

TYPED_TEST_P(UsageLogContract, WhatWasUsedComesBackInItsOrder) {
  this->add(this->upload_);
  this->add(this->job_);
  EXPECT_THAT(this->log().find("ann", "", this->hour(0)).value(), ::testing::ElementsAre(this->upload_, this->job_));
  EXPECT_THAT(this->log().find("ann", "", this->hour(1)).value(), ::testing::ElementsAre(this->job_));
}

TYPED_TEST_P(UsageLogContract, AnAddressIsFoundWhoeverItsOwnerIs) {
  this->add(this->upload_);
  this->add(this->job_);
  EXPECT_THAT(this->log().find("bob", "10.0.0.1", this->hour(0)).value(), ::testing::ElementsAre(this->upload_));
  EXPECT_THAT(this->log().find("bob", "", this->hour(0)).value(), ::testing::IsEmpty());
}

TYPED_TEST_P(UsageLogContract, AJobIsSettledWithItsAudio) {
  this->add(this->job_);
  ASSERT_TRUE(this->log().settle(this->job_.id, std::chrono::hours(2)));
  const Usage found = this->log().find("ann", "", this->hour(0)).value().at(0);
  EXPECT_EQ(found.audio, std::chrono::hours(2));
  EXPECT_TRUE(found.is_settled);
  EXPECT_TRUE(this->log().settle("unknown", Millis(1)));
}

TYPED_TEST_P(UsageLogContract, ASizeMayBeLearntLater) {
  this->add(this->upload_);
  ASSERT_TRUE(this->log().set_bytes(this->upload_.id, 7));
  EXPECT_EQ(this->log().find("ann", "", this->hour(0)).value().at(0).bytes, 7u);
}

TYPED_TEST_P(UsageLogContract, WhatIsOldIsForgotten) {
  this->add(this->upload_);
  ASSERT_TRUE(this->log().add(this->job_, this->hour(1)));
  EXPECT_THAT(this->log().find("ann", "", this->hour(0)).value(), ::testing::ElementsAre(this->job_));
}

REGISTER_TYPED_TEST_SUITE_P(UsageLogContract, WhatWasUsedComesBackInItsOrder, AnAddressIsFoundWhoeverItsOwnerIs,
                            AJobIsSettledWithItsAudio, ASizeMayBeLearntLater, WhatIsOldIsForgotten);

}  // namespace v2t::testing
