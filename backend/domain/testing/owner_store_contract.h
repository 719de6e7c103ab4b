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

TYPED_TEST_P(OwnerStoreContract, FindsAKeyByItsHashAlone) {
  const ApiKey made = this->store().create_key("laptop", this->hash_).value();
  const auto found = this->store().find_key(this->hash_).value();
  ASSERT_NE(found, std::nullopt);
  EXPECT_EQ(found->name, "laptop");
  EXPECT_EQ(found->owner, made.owner);
  EXPECT_TRUE(is_id(found->owner));
  EXPECT_EQ(found->last_used, std::nullopt);
  EXPECT_FALSE(this->store().find_key(std::string(64, 'b')).value());
  EXPECT_FALSE(this->store().find_owner(this->hash_).value());
}

TYPED_TEST_P(OwnerStoreContract, HasOneKeyInForceOfAName) {
  ASSERT_TRUE(this->store().create_key("laptop", this->hash_));
  EXPECT_EQ(code_of(this->store().create_key("laptop", std::string(64, 'b'))), ErrorCode::kConflict);
  EXPECT_EQ(this->store().keys().value().size(), 1U);
}

TYPED_TEST_P(OwnerStoreContract, ARevokedKeyIsFoundNoMoreButListed) {
  ASSERT_TRUE(this->store().create_key("laptop", this->hash_));
  ASSERT_TRUE(this->store().create_key("desk", std::string(64, 'b')));
  ASSERT_TRUE(this->store().revoke_key("laptop"));
  EXPECT_FALSE(this->store().find_key(this->hash_).value());
  EXPECT_EQ(code_of(this->store().revoke_key("laptop")), ErrorCode::kNotFound);
  const auto keys = this->store().keys().value();
  ASSERT_EQ(keys.size(), 2U);
  EXPECT_EQ(keys[0].name, "desk");
  EXPECT_EQ(keys[0].revoked, std::nullopt);
  EXPECT_EQ(keys[1].revoked, this->clock().now());
}

TYPED_TEST_P(OwnerStoreContract, ANewKeyOfARevokedNameIsTheSameOwner) {
  const ApiKey first = this->store().create_key("laptop", this->hash_).value();
  ASSERT_TRUE(this->store().revoke_key("laptop"));
  const ApiKey second = this->store().create_key("laptop", std::string(64, 'b')).value();
  EXPECT_EQ(second.owner, first.owner);
  EXPECT_EQ(second.revoked, std::nullopt);
  EXPECT_FALSE(this->store().find_key(this->hash_).value());
}

TYPED_TEST_P(OwnerStoreContract, RemembersWhenAKeyWasUsed) {
  ASSERT_TRUE(this->store().create_key("laptop", this->hash_));
  this->clock().advance(std::chrono::hours(5));
  ASSERT_TRUE(this->store().touch_key("laptop"));
  ASSERT_TRUE(this->store().touch_key("nobody"));
  EXPECT_EQ(this->store().find_key(this->hash_).value()->last_used, this->clock().now());
}

REGISTER_TYPED_TEST_SUITE_P(OwnerStoreContract, FindsAnOwnerByTheHashOfItsToken, KnowsNobodyElse,
                            RefusesATokenThatIsTaken, RemembersWhenAnOwnerWasSeen, FindsAKeyByItsHashAlone,
                            HasOneKeyInForceOfAName, ARevokedKeyIsFoundNoMoreButListed,
                            ANewKeyOfARevokedNameIsTheSameOwner, RemembersWhenAKeyWasUsed);

}  // namespace v2t::testing
