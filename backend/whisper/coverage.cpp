// Whether all speech of a window became text.
#include "whisper/coverage.h"

#include <algorithm>

namespace v2t::whisper {
namespace {

constexpr Samples kLeastHole{kSampleRateHz * 12 / 10};
// The times of words are not exact, and the voice detector hears breath and reverberation as speech: this much around
// a word counts as its own.
constexpr Samples kAround{kSampleRateHz * 35 / 100};

// Calls with each part of a span that lies apart from all words.
template <class F>
void for_each_hole(const SpeechSpan& span, std::span<const TimedWord> words, const F& call) {
  Samples at = span.start;
  for (const auto& word : words) {
    const Samples begin = word.start - kAround;
    const Samples end = word.end + kAround;
    if (end <= at) continue;
    if (begin >= span.end) break;
    if (begin > at) call(at, begin);
    at = std::max(at, end);
  }
  if (at < span.end) call(at, span.end);
}

}  // namespace

std::vector<SpeechSpan> speech_without_text(std::span<const SpeechSpan> speech, std::span<const TimedWord> words) {
  std::vector<SpeechSpan> holes;
  for (const auto& span : speech)
    for_each_hole(span, words, [&](Samples start, Samples end) {
      if (!holes.empty() && start - holes.back().end < kAround) {
        // Spans that a short pause parts: one hole.
        const auto before = static_cast<float>((holes.back().end - holes.back().start).count());
        const auto here = static_cast<float>((end - start).count());
        holes.back().probability = (holes.back().probability * before + span.probability * here) / (before + here);
        holes.back().end = end;
      } else {
        holes.push_back({start, end, span.probability});
      }
    });
  std::erase_if(holes, [](const auto& hole) { return hole.end - hole.start < kLeastHole; });
  return holes;
}

Samples speech_with_text(std::span<const SpeechSpan> speech, std::span<const TimedWord> words) {
  Samples covered{};
  for (const auto& span : speech) {
    covered += span.end - span.start;
    for_each_hole(span, words, [&](Samples start, Samples end) { covered -= end - start; });
  }
  return covered;
}

}  // namespace v2t::whisper
