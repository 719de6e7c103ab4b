// Windows: stretches of speech of at most 30 s, cut at pauses, that the engine hears one at a time.
#pragma once

#include <cstdint>
#include <optional>
#include <stop_token>
#include <vector>

#include "base/result.h"
#include "domain/audio.h"

namespace v2t {

inline constexpr Samples kMaxWindow = std::chrono::seconds(30);

// Maps window time to media time. Silence between speech regions may be left out of a window, so the map is
// piecewise: region k covers window time [window_start_k, window_start_{k+1}) and is shifted to media time.
class TimeMap {
 public:
  struct Region {
    Samples window_start{};
    Samples media_start{};
    Samples length{};
  };

  TimeMap() = default;
  // Regions are in order, touch each other in window time, begin at 0, and do not overlap in media time.
  explicit TimeMap(std::vector<Region> regions);

  // Exact inside regions; clamped to the first start and last end outside. At a join, kStart maps to the
  // beginning of the later region and kEnd to the end of the earlier one.
  enum class Edge { kStart, kEnd };
  Samples to_media(Samples window_time, Edge edge) const;
  const std::vector<Region>& regions() const { return regions_; }
  Samples window_length() const;

 private:
  std::vector<Region> regions_;
};

// Where somebody speaks, as the voice detector hears it.
struct SpeechSpan {
  Samples start{};  // window time
  Samples end{};
  float probability = 0;  // of speech, on average
};

struct Window {
  uint64_t number = 0;         // 0, 1, 2 ... within a file
  std::vector<float> samples;  // mono, 16 kHz, at most 30 s
  TimeMap time_map;
  Samples media_end{};                  // all media before this time is covered once this window is done
  std::vector<SpeechSpan> speech = {};  // in order, apart; empty where nobody looked
};

// Where windows begin: at the start of the media, or where an earlier attempt's saved windows end. What follows is cut
// as if they had just been cut, so that no media is in two windows nor in none, even if another program cut those.
struct WindowsBegin {
  uint64_t number = 0;  // of the first window
  Samples media{};      // audio before this time is heard, but in no window: the media_end of the window before
};

// Cuts one audio stream into windows; deterministic: the same audio gives the same windows, whatever the chunking.
// Used by one thread at a time.
class WindowSource {
 public:
  virtual ~WindowSource() = default;
  // The next window, or nullopt after the last. Holds no more than about two windows of audio.
  virtual Result<std::optional<Window>> next(std::stop_token stop) = 0;
  // Media time heard so far, speech or not.
  virtual Samples position() const = 0;
};

}  // namespace v2t
