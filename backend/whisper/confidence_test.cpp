// Tests of how likely a word is right.
#include "whisper/confidence.h"

#include <gtest/gtest.h>

#include <limits>

namespace v2t::whisper {
namespace {

TEST(Confidence, GrowsWithTheTokensProbabilities) {
  EXPECT_LT(chance_of_being_right(-4.0F, -0.5F), chance_of_being_right(-1.0F, -0.5F));
  EXPECT_LT(chance_of_being_right(-1.0F, -0.5F), chance_of_being_right(-0.01F, -0.5F));
  EXPECT_LT(chance_of_being_right(-1.0F, -0.8F), chance_of_being_right(-1.0F, -0.1F));
}

TEST(Confidence, ASureWordIsNotDoubtful) {
  EXPECT_GT(chance_of_being_right(-0.01F, -0.2F), 0.95F);
  EXPECT_LT(chance_of_being_right(-2.0F, -0.4F), 0.6F);
}

TEST(Confidence, StaysBetweenZeroAndOneWhateverHappens) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  EXPECT_GE(chance_of_being_right(-kInfinity, -kInfinity), 0);
  EXPECT_LE(chance_of_being_right(0, 0), 1);
}

}  // namespace
}  // namespace v2t::whisper
