// Where in a window which language is spoken.
#include "whisper/language_runs.h"

#include <algorithm>
#include <cmath>

#include "base/result.h"

namespace v2t::whisper {
namespace {

constexpr size_t kLeastSpeech = 2 * kSampleRateHz;
constexpr size_t kFullSay = 3 * kSampleRateHz;  // a stretch of this length counts whole
// Prices in nats: of a change within a window, and of beginning with another language than expected.
constexpr double kChange = 2.5;
constexpr double kUnexpected = 1.0;
constexpr double kLeastProbability = 1e-4;

size_t index(Samples time) { return static_cast<size_t>(std::max<int64_t>(time.count(), 0)); }

double say(const SampleRange& stretch, float probability) {
  const double weight = std::min(1.0, static_cast<double>(stretch.size()) / kFullSay);
  return weight * std::log(std::max(static_cast<double>(probability), kLeastProbability));
}

}  // namespace

std::vector<SampleRange> listening_stretches(const Window& window) {
  const auto& speech = window.speech;
  std::vector<SampleRange> out{{0, window.samples.size()}};
  size_t heard = 0;  // speech in the last stretch
  for (size_t i = 0; i + 1 < speech.size(); ++i) {
    heard += index(speech[i].end) - index(speech[i].start);
    if (heard < kLeastSpeech) continue;
    const size_t cut = index(speech[i].end + (speech[i + 1].start - speech[i].end) / 2);
    if (cut <= out.back().begin || cut >= window.samples.size()) continue;
    out.back().end = cut;
    out.push_back({cut, window.samples.size()});
    heard = 0;
  }
  if (out.size() < 2 || heard + index(speech.back().end) - index(speech.back().start) >= kLeastSpeech) return out;
  out.pop_back();  // too little is left for a stretch of its own
  out.back().end = window.samples.size();
  return out;
}

std::vector<LanguageRun> language_runs(std::span<const SampleRange> stretches, std::span<const float> probabilities,
                                       size_t n_languages, size_t expected) {
  CHECK(!stretches.empty() && expected < n_languages && probabilities.size() == stretches.size() * n_languages);
  std::vector<double> total(n_languages);
  std::vector<std::vector<size_t>> before(stretches.size(), std::vector<size_t>(n_languages));
  for (size_t l = 0; l < n_languages; ++l)
    total[l] = say(stretches[0], probabilities[l]) - (l == expected ? 0 : kUnexpected);
  for (size_t s = 1; s < stretches.size(); ++s) {
    const auto best = static_cast<size_t>(std::max_element(total.begin(), total.end()) - total.begin());
    const double changed = total[best] - kChange;
    for (size_t l = 0; l < n_languages; ++l) {
      before[s][l] = total[l] >= changed ? l : best;
      total[l] = std::max(total[l], changed) + say(stretches[s], probabilities[s * n_languages + l]);
    }
  }
  auto language = static_cast<size_t>(std::max_element(total.begin(), total.end()) - total.begin());
  std::vector<LanguageRun> runs;
  for (size_t s = stretches.size(); s-- > 0; language = before[s][language]) {
    if (!runs.empty() && runs.back().language == language)
      runs.back().first = s;
    else
      runs.push_back({s, s + 1, language});
  }
  std::reverse(runs.begin(), runs.end());
  return runs;
}

}  // namespace v2t::whisper
