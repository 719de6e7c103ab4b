// Tests of API keys.
#include "app/services/keys.h"

#include <gtest/gtest.h>

#include "domain/testing/error_code.h"
#include "domain/testing/manual_clock.h"
#include "domain/testing/memory_owner_store.h"

namespace v2t {
namespace {

using testing::code_of;

class KeysTest : public ::testing::Test {
 protected:
  testing::ManualClock clock_;
  testing::MemoryOwnerStore owners_{clock_};
  Keys keys_{owners_, clock_};
};

TEST_F(KeysTest, AKeyIsAnOwner) {
  EXPECT_FALSE(keys_.has_any().value());
  const std::string key = keys_.create("laptop").value();
  EXPECT_EQ(key.size(), 56U);
  EXPECT_TRUE(key.starts_with("v2t_"));
  EXPECT_EQ(keys_.find(key).value(), owners_.keys().value().at(0).owner);
  EXPECT_TRUE(keys_.has_any().value());
}

TEST_F(KeysTest, WhatIsNoKeyIsNobody) {
  ASSERT_TRUE(keys_.create("laptop"));
  EXPECT_EQ(keys_.find("").value(), std::nullopt);
  EXPECT_EQ(keys_.find("v2t_" + std::string(52, 'a')).value(), std::nullopt);
  EXPECT_EQ(keys_.find("' OR 1=1 --").value(), std::nullopt);
}

TEST_F(KeysTest, ARevokedKeyIsNobodyAndItsNameComesBackToTheSameOwner) {
  const std::string first = keys_.create("laptop").value();
  const auto owner = keys_.find(first).value();
  EXPECT_EQ(code_of(keys_.create("laptop")), ErrorCode::kConflict);
  ASSERT_TRUE(keys_.revoke("laptop"));
  EXPECT_EQ(keys_.find(first).value(), std::nullopt);
  EXPECT_FALSE(keys_.has_any().value());
  EXPECT_EQ(keys_.find(keys_.create("laptop").value()).value(), owner);
}

TEST_F(KeysTest, NamesAreShortAndPlain) {
  EXPECT_EQ(code_of(keys_.create("")), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code_of(keys_.create("two words")), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code_of(keys_.create(std::string(65, 'a'))), ErrorCode::kInvalidArgument);
}

TEST_F(KeysTest, AKeyRemembersTheHourOfItsUse) {
  const std::string key = keys_.create("laptop").value();
  ASSERT_TRUE(keys_.find(key));
  EXPECT_EQ(owners_.keys().value().at(0).last_used, clock_.now());
}

TEST_F(KeysTest, GivenKeysAreTheSameOwnerAtEveryStart) {
  const auto given = parse_given_keys("phone=0123456789abcdef, desk=fedcba9876543210").value();
  Keys first(owners_, clock_, given);
  Keys second(owners_, clock_, given);
  const auto owner = first.find("0123456789abcdef").value();
  ASSERT_NE(owner, std::nullopt);
  EXPECT_TRUE(is_id(*owner));
  EXPECT_EQ(second.find("0123456789abcdef").value(), owner);
  EXPECT_NE(first.find("fedcba9876543210").value(), owner);
  EXPECT_TRUE(first.has_any().value());
}

TEST_F(KeysTest, GivenKeysThatCannotBeReadAreRefused) {
  EXPECT_TRUE(parse_given_keys("").value().empty());
  EXPECT_EQ(code_of(parse_given_keys("phone")), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code_of(parse_given_keys("phone=short")), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code_of(parse_given_keys("=0123456789abcdef")), ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace v2t
