// What every OwnerStore promises, as tests. Instantiate with a harness that has a `ManualClock clock` and an
// `OwnerStore& store()`.
#pragma once

#include <gtest/gtest.h>

#include "domain/owner_store.h"
#include "domain/testing/error_code.h"
#include "domain/testing/manual_clock.h"

namespace v2t::testing {

template <class Harness>
class OwnerStoreContract : public ::testing::Test {
 protected:
  OwnerStore& store() { return harness_.store(); }
  ManualClock& clock() { return harness_.clock; }
  const std::string hash_ = std::string(64, 'a');

 private:
  Harness harness_;
};

TYPED_TEST_SUITE_P(OwnerStoreContract);

TYPED_TEST_P(OwnerStoreContract, FindsAnOwnerByTheHashOfItsToken) {
  const Owner made = this->store().create_owner(this->hash_).value();
  const auto found = this->store().find_owner(this->hash_).value();
  ASSERT_NE(found, std::nullopt);
  EXPECT_TRUE(is_id(found->id));
  EXPECT_EQ(found->id, made.id);
  EXPECT_EQ(found->created, this->clock().now());
  EXPECT_EQ(found->last_seen, this->clock().now());
}

TYPED_TEST_P(OwnerStoreContract, KnowsNobodyElse) {
  ASSERT_TRUE(this->store().create_owner(this->hash_));
  EXPECT_FALSE(this->store().find_owner(std::string(64, 'b')).value());
}

TYPED_TEST_P(OwnerStoreContract, RefusesATokenThatIsTaken) {
  const Owner made = this->store().create_owner(this->hash_).value();
  EXPECT_EQ(code_of(this->store().create_owner(this->hash_)), ErrorCode::kConflict);
  EXPECT_EQ(this->store().find_owner(this->hash_).value()->id, made.id);
}

TYPED_TEST_P(OwnerStoreContract, RemembersWhenAnOwnerWasSeen) {
  const Owner made = this->store().create_owner(this->hash_).value();
  this->clock().advance(std::chrono::hours(5));
  ASSERT_TRUE(this->store().touch_owner(made.id));
  ASSERT_TRUE(this->store().touch_owner(new_id()));
  const Owner found = this->store().find_owner(this->hash_).value().value();
  EXPECT_EQ(found.last_seen, this->clock().now());
  EXPECT_EQ(found.created, made.created);
}

REGISTER_TYPED_TEST_SUITE_P(OwnerStoreContract, FindsAnOwnerByTheHashOfItsToken, KnowsNobodyElse,
                            RefusesATokenThatIsTaken, RemembersWhenAnOwnerWasSeen);

}  // namespace v2t::testing
