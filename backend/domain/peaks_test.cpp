// How loud a sound is over time.
#include "domain/peaks.h"

#include <gmock/gmock.h>

#include <limits>

namespace v2t {
namespace {

using ::testing::ElementsAre;

constexpr size_t kStep = 800;  // 50 ms

TEST(Peaks, TheLoudestSampleOfEachStepCounts) {
  std::vector<float> samples(2 * kStep, 0.1F);
  samples[5] = -0.5F;
  samples[kStep + 5] = 1.0F;
  PeakMeter meter;
  meter.add(samples);
  EXPECT_EQ(meter.peaks().step, Millis(50));
  EXPECT_THAT(meter.peaks().values, ElementsAre(128, 255));
}

TEST(Peaks, ThePiecesInWhichSamplesComeDoNotMatter) {
  std::vector<float> samples(kStep + 100, 0.25F);
  samples.back() = 0.75F;
  PeakMeter whole;
  whole.add(samples);
  PeakMeter pieces;
  for (size_t i = 0; i < samples.size(); i += 7)
    pieces.add(std::span(samples).subspan(i, std::min<size_t>(7, samples.size() - i)));
  EXPECT_EQ(pieces.peaks(), whole.peaks());
  EXPECT_THAT(whole.peaks().values, ElementsAre(64, 191));
}

TEST(Peaks, WhatIsLouderThanFullScaleOrNoNumberIsCut) {
  std::vector<float> samples(kStep, 7.0F);
  samples[1] = std::numeric_limits<float>::quiet_NaN();
  PeakMeter meter;
  meter.add(samples);
  EXPECT_THAT(meter.peaks().values, ElementsAre(255));
}

TEST(Peaks, LongSoundsGetLongerSteps) {
  PeakMeter meter;
  const std::vector<float> step(kStep, 0.5F);
  for (size_t i = 0; i < PeakMeter::kMostValues + 10; ++i) meter.add(step);
  const Peaks peaks = meter.peaks();
  EXPECT_EQ(peaks.step, Millis(100));
  EXPECT_EQ(peaks.values.size(), PeakMeter::kMostValues / 2 + 5);
}

}  // namespace
}  // namespace v2t
