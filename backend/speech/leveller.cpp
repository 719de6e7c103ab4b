// Makes quiet audio louder for the voice detector.
#include "speech/leveller.h"

#include <algorithm>
#include <cmath>

namespace v2t::speech {
namespace {

constexpr float kTarget = 0.05F;     // -26 dBFS, speech at a normal level
constexpr float kMostGain = 100.0F;  // 40 dB
constexpr float kDecay = 0.9566F;    // per chunk of 32 ms: by half in half a second

}  // namespace

void Leveller::raise(std::span<float> chunk) {
  float energy = 0;
  for (const float sample : chunk) energy += sample * sample;
  const float level = chunk.empty() ? 0 : std::sqrt(energy / static_cast<float>(chunk.size()));
  envelope_ = std::max(level, envelope_ * kDecay);
  if (envelope_ >= kTarget) return;
  const float gain = std::min(kTarget / std::max(envelope_, 1e-9F), kMostGain);
  for (float& sample : chunk) sample = std::clamp(sample * gain, -1.0F, 1.0F);
}

}  // namespace v2t::speech
