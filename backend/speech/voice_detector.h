// The seam between the windows and the network that hears voices: tests put a made-up track in its place.
#pragma once

#include <span>

#include "domain/audio.h"

namespace v2t::speech {

// Hears one stream from its beginning to its end. Used by one thread at a time.
class VoiceDetector {
 public:
  static constexpr size_t kChunkSamples = 512;  // 32 ms

  virtual ~VoiceDetector() = default;
  // The stream's next chunks, whole ones, and for each the probability in [0, 1] that it holds speech.
  // samples.size() == kChunkSamples * probabilities.size(). Results do not depend on how many chunks a call brings.
  virtual void detect(std::span<const float> samples, std::span<float> probabilities) = 0;
};

}  // namespace v2t::speech
