// Packs chunks of kept audio into windows.
#include "speech/window_packer.h"

#include <algorithm>
#include <cmath>
#include <functional>

#include "base/result.h"

namespace v2t::speech {
namespace {

constexpr size_t kLongPausePieces = 16;  // half a second: longer pauses are not better places to cut

// Whisper leaves out speech that is much quieter than what else it hears in a window: such regions are made as loud
// as the loudest. Differences within a talk are left as they are, and so is what would only raise noise.
constexpr float kLeastGain = 3.16F;  // 10 dB
constexpr float kMostGain = 31.6F;   // 30 dB

}  // namespace

WindowPacker::WindowPacker(const PackerOptions& options, uint64_t first_number)
    : options_(options), next_number_(first_number) {
  CHECK(options.longest <= kMaxWindow && options.cut_within < options.longest);
}

void WindowPacker::add(const Chunk& chunk) {
  heard_until(chunk.media_start);
  const auto length = static_cast<int64_t>(chunk.samples.size());
  if (open_length() + Samples(length) > options_.longest) close(best_cut());
  double energy = 0;
  for (const float sample : chunk.samples) energy += static_cast<double>(sample) * sample;
  const auto power = static_cast<float>(energy / static_cast<double>(std::max<int64_t>(length, 1)));
  pieces_.push_back({chunk.media_start, Samples(length), chunk.probability, power});
  samples_.insert(samples_.end(), chunk.samples.begin(), chunk.samples.end());
}

void WindowPacker::heard_until(Samples media_time) {
  if (!pieces_.empty() && media_time - end_of(pieces_.size() - 1) >= options_.closing_pause) close(pieces_.size());
}

void WindowPacker::finish(Samples media_end) {
  if (!pieces_.empty()) close(pieces_.size());
  if (!windows_.empty()) windows_.back().media_end = std::max(windows_.back().media_end, media_end);
}

std::optional<Window> WindowPacker::next() {
  if (windows_.empty()) return std::nullopt;
  std::optional<Window> window = std::move(windows_.front());
  windows_.pop_front();
  return window;
}

// How many of the open window's pieces lie in its first part of this length.
size_t WindowPacker::pieces_within(Samples length) const {
  size_t n_pieces = 0;
  for (Samples end{}; n_pieces < pieces_.size() && (end += pieces_[n_pieces].length) <= length;) ++n_pieces;
  return n_pieces;
}

// The first boundary (number of pieces before it) that the search considers.
size_t WindowPacker::first_cut() const {
  Samples before = open_length();
  size_t cut = pieces_.size();
  while (cut > 1 && open_length() - before < options_.cut_within) before -= pieces_[--cut].length;
  return cut;
}

// The middle of the best pause: long rather than short, then late rather than early.
std::optional<size_t> WindowPacker::best_pause(size_t first, size_t last) const {
  std::optional<size_t> best;
  double best_score = 0;
  for (size_t begin = first; begin < last;) {
    size_t end = begin;
    while (end < last && is_quiet(end) && (end == begin || !is_join(end))) ++end;
    const bool at_join = begin > 0 && is_join(begin);
    const size_t length = at_join ? kLongPausePieces : std::min(end - begin, kLongPausePieces);
    const size_t middle = at_join ? begin : begin + (end - begin) / 2;
    const double lateness = static_cast<double>(middle - first) / static_cast<double>(last - first);
    const double score = static_cast<double>(length) / kLongPausePieces + 0.5 * lateness;
    if (length >= 3 && score > best_score) {
      best_score = score;
      best = middle;
    }
    begin = std::max(end, begin + 1);
  }
  return best;
}

size_t WindowPacker::quietest_boundary(size_t first) const {
  size_t best = pieces_.size();
  float least = pieces_.back().power * 2;
  for (size_t cut = first; cut < pieces_.size(); ++cut) {
    const float power = pieces_[cut - 1].power + pieces_[cut].power;
    if (power > least) continue;
    least = power;
    best = cut;
  }
  return best;
}

size_t WindowPacker::best_cut() const {
  const auto early = next_number_ > 0
                         ? std::nullopt
                         : best_pause(pieces_within(options_.first_from), pieces_within(options_.first_until));
  if (early) return *early;
  const size_t first = first_cut();
  return best_pause(first, pieces_.size()).value_or(quietest_boundary(first));
}

// How loud the loudest third of the pieces is: root of the mean square.
float WindowPacker::level(size_t first, size_t count) const {
  std::vector<float> powers;
  for (size_t i = first; i < first + count; ++i) powers.push_back(pieces_[i].power);
  std::sort(powers.begin(), powers.end(), std::greater<>());
  const size_t n = (count + 2) / 3;
  float sum = 0;
  for (size_t i = 0; i < n; ++i) sum += powers[i];
  return std::sqrt(sum / static_cast<float>(n));
}

void WindowPacker::raise_quiet_regions(Window& window) const {
  std::vector<float> levels;
  size_t first = 0;
  for (const auto& region : window.time_map.regions()) {
    size_t end = first;
    while (end < pieces_.size() && pieces_[end].media_start < region.media_start + region.length) ++end;
    levels.push_back(level(first, end - first));
    first = end;
  }
  const float loudest = *std::max_element(levels.begin(), levels.end());
  for (size_t i = 0; i < levels.size(); ++i) {
    if (loudest < kLeastGain * levels[i] || levels[i] <= 0) continue;
    const float gain = std::min(loudest / levels[i], kMostGain);
    const auto& region = window.time_map.regions()[i];
    auto sample = window.samples.begin() + region.window_start.count();
    for (const auto end = sample + region.length.count(); sample != end; ++sample)
      *sample = std::clamp(*sample * gain, -1.0F, 1.0F);
  }
}

// Runs of speech among the first `count` pieces, in window time.
std::vector<SpeechSpan> WindowPacker::speech(size_t count) const {
  std::vector<SpeechSpan> spans;
  Samples at{};
  size_t n_pieces = 0;  // of the last span
  size_t n_quiet = options_.shortest_pause;
  const auto drop_noise = [&] {
    if (!spans.empty() && n_pieces < options_.shortest_speech) spans.pop_back();
  };
  for (size_t i = 0; i < count; ++i) {
    if (is_quiet(i)) {
      ++n_quiet;
    } else {
      if (n_quiet >= options_.shortest_pause || (i > 0 && is_join(i))) {
        drop_noise();
        spans.push_back({at, at, 0});
        n_pieces = 0;
      }
      n_quiet = 0;
      spans.back().end = at + pieces_[i].length;
      spans.back().probability += (pieces_[i].probability - spans.back().probability) / static_cast<float>(++n_pieces);
    }
    at += pieces_[i].length;
  }
  drop_noise();
  return spans;
}

// The first `count` pieces become a window.
void WindowPacker::close(size_t count) {
  std::vector<TimeMap::Region> regions;
  Samples length{};
  for (size_t i = 0; i < count; ++i) {
    if (regions.empty() || is_join(i)) regions.push_back({length, pieces_[i].media_start, Samples(0)});
    regions.back().length += pieces_[i].length;
    length += pieces_[i].length;
  }
  const auto samples_end = samples_.begin() + length.count();
  windows_.push_back({next_number_++, std::vector<float>(samples_.begin(), samples_end), TimeMap(std::move(regions)),
                      end_of(count - 1), speech(count)});
  raise_quiet_regions(windows_.back());
  samples_.erase(samples_.begin(), samples_end);
  pieces_.erase(pieces_.begin(), pieces_.begin() + static_cast<int64_t>(count));
}

}  // namespace v2t::speech
