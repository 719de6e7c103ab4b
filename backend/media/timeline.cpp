// Places decoded audio on the media's clock.
#include "media/timeline.h"

#include <chrono>

namespace v2t::media {

Placement Timeline::place(Samples position, const Piece& piece, std::optional<Samples> next_time) {
  const bool is_first = std::exchange(is_first_, false);
  if (!piece.time) return {};
  const Samples deviation = *piece.time + clock_change_ - position;
  if (is_first && deviation > Samples{0} && deviation <= kLongestAudio) return {.silence_before = deviation};
  const Samples tolerance = piece.is_after_damage ? kToleranceAfterDamage : kTolerance;
  if (std::chrono::abs(deviation) <= tolerance) return {};

  if (next_time) {
    const Samples next_deviation = *next_time + clock_change_ - position - piece.length;
    if (std::chrono::abs(next_deviation) < std::chrono::abs(deviation) / 2) return {};
  }
  if (deviation > longest_hole_ || deviation < -kLongestOverlap) {
    clock_change_ -= deviation;
    return {};
  }
  if (deviation > Samples{0}) return {.silence_before = deviation};
  // Pieces are dropped whole, as long as that brings the rest nearer to its time.
  return {.is_dropped = -deviation > piece.length / 2};
}

}  // namespace v2t::media
