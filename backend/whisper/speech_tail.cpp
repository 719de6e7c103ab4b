// How much of a stretch of audio sounds like the speech before it.
#include "whisper/speech_tail.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace v2t::whisper {
namespace {

constexpr size_t kFrame = 320;  // 20 ms
constexpr float kBelowSpeech_db = 20;
constexpr float kAboveFloor_db = 9;
constexpr float kSilence_db = -65;  // of full scale: no speech at all

std::vector<float> levels_db(std::span<const float> samples) {
  std::vector<float> out;
  for (size_t at = 0; at + kFrame <= samples.size(); at += kFrame) {
    double energy = 1e-10;
    for (size_t i = at; i < at + kFrame; ++i)
      energy += static_cast<double>(samples[i]) * static_cast<double>(samples[i]);
    out.push_back(static_cast<float>(10 * std::log10(energy / kFrame)));
  }
  return out;
}

float quantile(std::vector<float> values, double part) {
  const auto at = values.begin() + static_cast<std::ptrdiff_t>(part * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

}  // namespace

Samples speech_after(std::span<const float> samples, Samples heard) {
  const auto levels = levels_db(samples);
  const auto n_heard = static_cast<size_t>(std::max<int64_t>(heard.count(), 0)) / kFrame;
  if (n_heard == 0 || n_heard >= levels.size()) return Samples(0);
  const float speech = quantile({levels.begin(), levels.begin() + static_cast<std::ptrdiff_t>(n_heard)}, 0.8);
  if (speech < kSilence_db) return Samples(0);
  const float floor = quantile(levels, 0.05);
  const float least = std::max(speech - kBelowSpeech_db, std::min(floor + kAboveFloor_db, speech - 6));
  const auto n = std::count_if(levels.begin() + static_cast<std::ptrdiff_t>(n_heard), levels.end(),
                               [&](float level) { return level >= least; });
  return Samples(static_cast<int64_t>(n) * static_cast<int64_t>(kFrame));
}

}  // namespace v2t::whisper
