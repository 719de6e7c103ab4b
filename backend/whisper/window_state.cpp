// Storage of an encoded window.
#include "whisper/window_state.h"

#include <cmath>

namespace v2t::whisper {

void WindowState::prepare(const Dimensions& dimensions, int n_positions, int n_audio) {
  n_positions_ = n_positions;
  n_audio_ = n_audio;
  n_heads_ = dimensions.n_heads;
  n_padded_ = nn::padded_keys(static_cast<size_t>(n_positions));
  // For the longest window at once: pages that are not written to cost nothing, and growing would clear them again.
  const size_t n_heads = static_cast<size_t>(dimensions.n_decoder_layers) * static_cast<size_t>(n_heads_);
  const size_t n_keys = nn::padded_keys(static_cast<size_t>(dimensions.n_audio_positions));
  keys_.reserve_discarding(n_heads * n_keys * nn::kHeadSize);
  values_.reserve_discarding(n_heads * n_keys * nn::kHeadSize);
  key_scales_.reserve_discarding(n_heads * n_keys);
  key_offsets_.reserve_discarding(n_heads * n_keys);
  value_scales_.reserve_discarding(n_heads * nn::kHeadSize);
  key_bias_.reserve_discarding(n_keys);
  has_bias_ = n_positions < dimensions.n_audio_positions && n_audio < n_positions;
  if (!has_bias_) return;
  // A short padding weighs as much as the silence that was left out: its keys count that many times.
  const auto silence = static_cast<float>(dimensions.n_audio_positions - n_audio);
  const float bias = std::log2(silence / static_cast<float>(n_positions - n_audio));
  for (size_t key = 0; key < n_padded_; ++key) key_bias_[key] = key < static_cast<size_t>(n_audio) ? 0.0f : bias;
}

nn::Int8KeysValues WindowState::head(int layer, int head) const {
  const auto index = static_cast<size_t>(layer * n_heads_ + head);
  return {.n_keys = static_cast<size_t>(n_positions_),
          .keys = keys_.data() + index * n_padded_ * nn::kHeadSize,
          .key_scales = key_scales_.data() + index * n_padded_,
          .key_offsets = key_offsets_.data() + index * n_padded_,
          .values = values_.data() + index * n_padded_ * nn::kHeadSize,
          .value_scales = value_scales_.data() + index * nn::kHeadSize};
}

}  // namespace v2t::whisper
