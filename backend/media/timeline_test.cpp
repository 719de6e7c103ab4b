// Where pieces of sound are put when time stamps jitter, jump, wrap or lie.
#include "media/timeline.h"

#include <gtest/gtest.h>

namespace v2t::media {
namespace {

using namespace std::chrono_literals;

constexpr Samples kPiece = 20ms;

Placement place(Timeline& timeline, Samples position, std::optional<Samples> time, std::optional<Samples> next,
                bool is_after_damage = false) {
  return timeline.place(position, {.time = time, .length = kPiece, .is_after_damage = is_after_damage}, next);
}

// A timeline that has placed its first piece, at 0.
Timeline started(Samples longest_hole = 48h) {
  Timeline timeline(longest_hole);
  place(timeline, 0ms, Samples(0ms), Samples(20ms));
  return timeline;
}

TEST(Timeline, PutsSilenceBeforeAudioThatStartsLateToTheSample) {
  Timeline timeline(10s);
  EXPECT_EQ(place(timeline, 0s, Samples(40007), std::nullopt).silence_before, Samples(40007));
}

TEST(Timeline, StartsAtZeroWhenAudioStartsBeforeTheClock) {
  Timeline timeline(48h);
  const Placement placement = place(timeline, 0s, Samples(-20s), Samples(-20s) + kPiece);
  EXPECT_EQ(placement.silence_before, Samples(0));
  EXPECT_FALSE(placement.is_dropped);
  EXPECT_EQ(place(timeline, 20ms, Samples(-20s) + kPiece, std::nullopt).silence_before, Samples(0));
}

TEST(Timeline, IgnoresJitter) {
  Timeline timeline = started();
  EXPECT_EQ(place(timeline, 1s, Samples(1090ms), Samples(1110ms)).silence_before, Samples(0));
  EXPECT_FALSE(place(timeline, 1s, Samples(910ms), Samples(930ms)).is_dropped);
}

TEST(Timeline, FillsAHole) {
  Timeline timeline = started();
  EXPECT_EQ(place(timeline, 1s, Samples(1500ms), Samples(1520ms)).silence_before, Samples(500ms));
}

TEST(Timeline, FillsASmallHoleThatADamagedPacketLeft) {
  Timeline timeline = started();
  EXPECT_EQ(place(timeline, 1s, Samples(1021ms), Samples(1041ms), /*is_after_damage=*/true).silence_before,
            Samples(21ms));
}

TEST(Timeline, FillsHolesBetweenAllPieces) {
  Timeline timeline = started();
  EXPECT_EQ(place(timeline, 1s, Samples(1400ms), Samples(1800ms)).silence_before, Samples(400ms));
  EXPECT_EQ(place(timeline, 1420ms, Samples(1800ms), Samples(2200ms)).silence_before, Samples(380ms));
}

TEST(Timeline, FillsAHoleBeforeTheLastPiece) {
  Timeline timeline = started();
  EXPECT_EQ(place(timeline, 1s, Samples(3s), std::nullopt).silence_before, Samples(2s));
}

TEST(Timeline, IgnoresASingleWrongTimeStamp) {
  Timeline timeline = started();
  EXPECT_EQ(place(timeline, 1s, Samples(3h), Samples(1020ms)).silence_before, Samples(0));
  EXPECT_FALSE(place(timeline, 1s, Samples(-5s), Samples(1020ms)).is_dropped);
  EXPECT_EQ(place(timeline, 1020ms, Samples(1020ms), Samples(1040ms)).silence_before, Samples(0));
}

TEST(Timeline, DropsAnOverlap) {
  Timeline timeline = started();
  EXPECT_TRUE(place(timeline, 5s, Samples(4500ms), Samples(4520ms)).is_dropped);
}

TEST(Timeline, KeepsAPieceWhoseLossWouldBeWorseThanItsOverlap) {
  Timeline timeline = started();
  const Piece long_piece{.time = Samples(4800ms), .length = Samples(1600ms)};
  EXPECT_FALSE(timeline.place(5s, long_piece, Samples(6400ms)).is_dropped);
}

TEST(Timeline, GoesOnWithoutAGapWhenTheClockStartsAnew) {
  Timeline timeline = started();
  EXPECT_FALSE(place(timeline, 60s, Samples(0ms), Samples(20ms)).is_dropped);
  EXPECT_EQ(place(timeline, Samples(60s) + kPiece, Samples(20ms), Samples(40ms)).silence_before, Samples(0));
  EXPECT_EQ(place(timeline, 61s, Samples(2s), Samples(2020ms)).silence_before, Samples(1s));
}

TEST(Timeline, GoesOnWithoutAGapWhenABroadcastClockJumps) {
  Timeline timeline = started(10s);
  EXPECT_EQ(place(timeline, 60s, Samples(3h), Samples(3h) + kPiece).silence_before, Samples(0));
  EXPECT_EQ(place(timeline, Samples(60s) + kPiece, Samples(3h) + kPiece, std::nullopt).silence_before, Samples(0));
}

TEST(Timeline, FollowsWithoutTimeStamps) {
  Timeline timeline(48h);
  EXPECT_EQ(place(timeline, 0s, std::nullopt, std::nullopt).silence_before, Samples(0));
  EXPECT_EQ(place(timeline, 1s, std::nullopt, Samples(5s)).silence_before, Samples(0));
}

}  // namespace
}  // namespace v2t::media
