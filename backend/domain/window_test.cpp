// Tests of the map from window time to media time.
#include "domain/window.h"

#include <gtest/gtest.h>

namespace v2t {
namespace {

using Edge = TimeMap::Edge;

TimeMap two_regions() {
  return TimeMap({{Samples(0), Samples(100), Samples(50)}, {Samples(50), Samples(400), Samples(30)}});
}

TEST(TimeMap, ShiftsInsideRegions) {
  EXPECT_EQ(two_regions().to_media(Samples(10), Edge::kStart), Samples(110));
  EXPECT_EQ(two_regions().to_media(Samples(60), Edge::kEnd), Samples(410));
}

TEST(TimeMap, AtAJoinAStartIsLateAndAnEndIsEarly) {
  EXPECT_EQ(two_regions().to_media(Samples(50), Edge::kStart), Samples(400));
  EXPECT_EQ(two_regions().to_media(Samples(50), Edge::kEnd), Samples(150));
}

TEST(TimeMap, ClampsOutside) {
  EXPECT_EQ(two_regions().to_media(Samples(-5), Edge::kStart), Samples(100));
  EXPECT_EQ(two_regions().to_media(Samples(999), Edge::kEnd), Samples(430));
}

TEST(TimeMap, KnowsItsLength) { EXPECT_EQ(two_regions().window_length(), Samples(80)); }

TEST(TimeMapDeathTest, RefusesOverlapInMediaTime) {
  EXPECT_DEATH(TimeMap({{Samples(0), Samples(100), Samples(50)}, {Samples(50), Samples(120), Samples(30)}}), "CHECK");
}

}  // namespace
}  // namespace v2t
