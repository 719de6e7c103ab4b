// Decides where decoded audio belongs on the media's clock, from time stamps that may jitter, jump, wrap or lie.
//
// Time stamps are coarse (a millisecond in Matroska), so audio follows audio sample by sample and time stamps only
// correct it: a deviation within kTolerance is ignored, a hole is filled with silence, an overlap is dropped.
// A jump is believed only when the next piece does not contradict it, so one damaged time stamp moves nothing.
// What lies outside believable limits (a recorder's clock that was set, two recordings joined into one) is a new
// clock: audio goes on without a gap and later time stamps are counted from there; no speech is lost.
#pragma once

#include <optional>

#include "domain/audio.h"
#include "media/frames.h"

namespace v2t::media {

inline constexpr Samples kTolerance = std::chrono::milliseconds(100);
// After a damaged packet a hole is expected, however small.
inline constexpr Samples kToleranceAfterDamage = std::chrono::milliseconds(5);
inline constexpr Samples kLongestOverlap = std::chrono::seconds(1);

struct Piece {
  std::optional<Samples> time;  // by its time stamp; absent: follows the one before
  Samples length{0};
  bool is_after_damage = false;
};

struct Placement {
  Samples silence_before{0};
  bool is_dropped = false;
};

class Timeline {
 public:
  // Holes up to `longest_hole` are believed: seconds in formats whose clock may be reset (MPEG-TS), hours in others.
  explicit Timeline(Samples longest_hole) : longest_hole_(longest_hole) {}

  // `position`: where `piece` would begin if it just followed. `next_time`: the time stamp of the piece after it.
  Placement place(Samples position, const Piece& piece, std::optional<Samples> next_time);

 private:
  Samples longest_hole_;
  Samples clock_change_{0};  // added to every time stamp
  bool is_first_ = true;
};

}  // namespace v2t::media
