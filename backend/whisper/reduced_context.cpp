// Sizes and places of what is encoded.
#include "whisper/reduced_context.h"

#include <algorithm>

#include "base/result.h"
#include "whisper/mel.h"

namespace v2t::whisper {
namespace {

// Measured with `base` on phrases of a word and more, and on long recordings: docs/decisions/0005.
constexpr int kSilencePerPadding = 11;  // positions that one of the padding stands for, on average
constexpr int kLeastPadding = 32;

}  // namespace

EncodeSize encode_size(size_t n_samples, const Dimensions& dimensions, Context context) {
  const int full = dimensions.n_audio_positions;
  const int n_audio = static_cast<int>((n_samples + kSamplesPerPosition - 1) / kSamplesPerPosition);
  CHECK(n_audio >= 1 && n_audio <= full);
  const int padding = std::max((full - n_audio) / kSilencePerPadding, kLeastPadding);
  const int reduced = std::min((n_audio + padding + 1) / 2 * 2, full);
  return {context == Context::kReduced ? reduced : full, n_audio};
}

std::vector<EncodedPosition> encoded_positions(size_t n_audio, size_t n_positions, size_t n_full) {
  CHECK(n_audio <= n_positions && n_positions <= n_full);
  std::vector<EncodedPosition> positions(n_positions);
  for (size_t i = 0; i < n_audio; ++i) positions[i].place = i;
  const size_t n_padding = n_positions - n_audio;
  const auto padding = static_cast<double>(n_padding);
  const auto silence = static_cast<double>(n_full - n_audio);
  // Where the silence is cut: one position wide at first, wider in even steps, the last cut at its end.
  const double growth = n_padding == 0 ? 0 : (silence - padding) / (padding * padding);
  const auto cut = [&](size_t i) { return static_cast<double>(i) * (1 + growth * static_cast<double>(i)); };
  for (size_t i = 0; i < n_padding; ++i) {
    const auto middle = static_cast<size_t>((cut(i) + cut(i + 1)) / 2);
    positions[n_audio + i] = {n_audio + middle, static_cast<float>(cut(i + 1) - cut(i))};
  }
  return positions;
}

}  // namespace v2t::whisper
