// Time maps between a window and its media.
#include "domain/window.h"

#include <algorithm>

namespace v2t {

TimeMap::TimeMap(std::vector<Region> regions) : regions_(std::move(regions)) {
  Samples window_end{};
  Samples media_end{};
  for (const auto& region : regions_) {
    CHECK(region.window_start == window_end && region.media_start >= media_end && region.length >= Samples(0));
    window_end = region.window_start + region.length;
    media_end = region.media_start + region.length;
  }
}

Samples TimeMap::window_length() const {
  return regions_.empty() ? Samples(0) : regions_.back().window_start + regions_.back().length;
}

Samples TimeMap::to_media(Samples window_time, Edge edge) const {
  if (regions_.empty()) return window_time;
  auto inside = [&](const Region& region) {
    const Samples end = region.window_start + region.length;
    return edge == Edge::kStart ? window_time < end : window_time <= end;
  };
  auto region = std::find_if(regions_.begin(), regions_.end(), inside);
  if (region == regions_.end()) region = std::prev(regions_.end());
  const Samples offset = std::clamp(window_time - region->window_start, Samples(0), region->length);
  return region->media_start + offset;
}

}  // namespace v2t
