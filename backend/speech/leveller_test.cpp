// Tests of the leveller in front of the voice detector.
#include "speech/leveller.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace v2t::speech {
namespace {

using ::testing::Each;
using ::testing::FloatNear;

std::vector<float> after(Leveller& leveller, float level, int chunks) {
  std::vector<float> chunk;
  for (int i = 0; i < chunks; ++i) {
    chunk.assign(512, level);
    leveller.raise(chunk);
  }
  return chunk;
}

TEST(Leveller, LeavesLoudAudioAsItIs) {
  Leveller leveller;
  EXPECT_THAT(after(leveller, 0.3F, 3), Each(0.3F));
}

TEST(Leveller, RaisesQuietAudioToANormalLevel) {
  Leveller leveller;
  EXPECT_THAT(after(leveller, 0.002F, 200), Each(FloatNear(0.05F, 1e-4F)));
}

TEST(Leveller, RaisesByALimitedGain) {
  Leveller leveller;
  EXPECT_THAT(after(leveller, 1e-5F, 1000), Each(FloatNear(1e-3F, 1e-5F)));
}

TEST(Leveller, APauseInLoudSpeechIsNotRaisedAtOnce) {
  Leveller leveller;
  after(leveller, 0.5F, 10);
  EXPECT_THAT(after(leveller, 0.001F, 15), Each(0.001F));
}

TEST(Leveller, SilenceStaysSilent) {
  Leveller leveller;
  EXPECT_THAT(after(leveller, 0, 5000), Each(0.0F));
}

}  // namespace
}  // namespace v2t::speech
