// Words to segments in media time.
#include "whisper/segments.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/text.h"
#include "whisper/confidence.h"

namespace v2t::whisper {
namespace {

constexpr Samples kPause{kSampleRateHz};
constexpr Samples kLongest{kSampleRateHz * 10};
constexpr Samples kShortest{kSampleRateHz};  // a shorter sentence stays with the next

bool ends_with_any(std::string_view text, std::span<const std::string_view> signs) {
  return std::any_of(signs.begin(), signs.end(), [&](auto sign) { return text.ends_with(sign); });
}

// Closing quotes and brackets may follow the sentence's end.
std::string_view without_closing(std::string_view text) {
  constexpr std::array<std::string_view, 7> kClosing{"\"", "'", "”", "’", ")", "]", "»"};
  for (bool again = true; again;) {
    again = false;
    for (const auto sign : kClosing) {
      if (!text.ends_with(sign)) continue;
      text.remove_suffix(sign.size());
      again = true;
    }
  }
  return text;
}

bool ends_sentence(std::string_view text) {
  constexpr std::array<std::string_view, 9> kEnds{".", "。", "!", "！", "?", "？", "…", "।", "؟"};
  return ends_with_any(without_closing(trim(text)), kEnds);
}

bool ends_clause(std::string_view text) {
  constexpr std::array<std::string_view, 8> kEnds{",", "，", "、", ";", ":", "：", "—", "،"};
  return ends_with_any(without_closing(trim(text)), kEnds);
}

Samples gap_after(std::span<const TimedWord> words, size_t i) { return words[i + 1].start - words[i].end; }

// How good a place it is to end a segment after word i, where one must end.
double cut_value(std::span<const TimedWord> words, size_t i) {
  const double gap_s = static_cast<double>(gap_after(words, i).count()) / kSampleRateHz;
  return gap_s + (ends_clause(words[i].text) ? 1.0 : 0.0);
}

// The word after which a stretch of words that is too long is best cut: in the middle half, if there is a choice.
size_t best_cut(std::span<const TimedWord> words) {
  const Samples whole = words.back().end - words.front().start;
  size_t best = words.size() / 2 - 1;
  double best_value = -1;
  for (size_t i = 0; i + 1 < words.size(); ++i) {
    const Samples at = words[i].end - words.front().start;
    if (at < whole / 4 || at > whole - whole / 4) continue;
    if (cut_value(words, i) <= best_value) continue;
    best_value = cut_value(words, i);
    best = i;
  }
  return best;
}

void cut_long(std::span<const TimedWord> words, std::vector<std::span<const TimedWord>>& out) {
  if (words.size() < 2 || words.back().end - words.front().start <= kLongest) {
    out.push_back(words);
    return;
  }
  const size_t cut = best_cut(words) + 1;
  cut_long(words.first(cut), out);
  cut_long(words.subspan(cut), out);
}

std::vector<std::span<const TimedWord>> split(std::span<const TimedWord> words) {
  std::vector<std::span<const TimedWord>> out;
  size_t begin = 0;
  for (size_t i = 0; i < words.size(); ++i) {
    const bool is_last = i + 1 == words.size();
    const bool is_long_enough = words[i].end - words[begin].start >= kShortest;
    const bool ends = is_last || gap_after(words, i) > kPause || (is_long_enough && ends_sentence(words[i].text));
    if (!ends) continue;
    cut_long(words.subspan(begin, i + 1 - begin), out);
    begin = i + 1;
  }
  return out;
}

// A word belongs to the region where its middle is: at a join it neither begins before nor ends after the silence
// that was left out.
Word to_media(const TimedWord& word, const StretchStatistics& statistics, const TimeMap& time_map) {
  const float probability = chance_of_being_right(word.lowest_log_probability, statistics.avg_logprob);
  Word out{to_millis(word.start), to_millis(word.end), word.text, probability};
  const auto& regions = time_map.regions();
  if (regions.empty()) return out;
  const Samples middle = word.start + (word.end - word.start) / 2;
  auto region =
      std::find_if(regions.begin(), regions.end(), [&](const auto& r) { return middle < r.window_start + r.length; });
  if (region == regions.end()) region = std::prev(regions.end());
  const auto map = [&](Samples time) {
    return region->media_start + std::clamp(time - region->window_start, Samples(0), region->length);
  };
  out.start = to_millis(map(word.start));
  out.end = to_millis(map(word.end));
  return out;
}

}  // namespace

std::vector<Segment> make_segments(std::span<const TimedWord> words, const StretchStatistics& statistics,
                                   const TimeMap& time_map, uint64_t window_number) {
  std::vector<Segment> segments;
  for (const auto part : split(words)) {
    Segment segment;
    segment.window = window_number;
    for (const auto& word : part) {
      segment.words.push_back(to_media(word, statistics, time_map));
      segment.text += word.text;
      segment.tokens.insert(segment.tokens.end(), word.tokens.begin(), word.tokens.end());
      for (const float log_probability : word.token_log_probabilities)
        segment.token_scores.push_back({"", log_probability});
    }
    segment.text = std::string(trim(segment.text));
    if (segment.text.empty()) continue;
    segment.start = segment.words.front().start;
    segment.end = segment.words.back().end;
    segment.avg_logprob = statistics.avg_logprob;
    segment.no_speech_prob = statistics.no_speech_prob;
    segment.compression_ratio = statistics.compression_ratio;
    segment.temperature = statistics.temperature;
    segment.language = statistics.language;
    segments.push_back(std::move(segment));
  }
  return segments;
}

}  // namespace v2t::whisper
