// Storage of an encoded window.
#include "whisper/window_state.h"

#include <cmath>

namespace v2t::whisper {

void WindowState::prepare(const Dimensions& dimensions, int n_positions, int n_audio, float points) {
  n_positions_ = n_positions;
  n_audio_ = n_audio;
  points_ = points;
  n_heads_ = dimensions.n_heads;
  // For the longest window at once: growing would clear the pages again.
  const auto most_keys = static_cast<size_t>(dimensions.n_audio_positions);
  heads_.prepare(static_cast<size_t>(dimensions.n_decoder_layers) * static_cast<size_t>(n_heads_),
                 static_cast<size_t>(n_positions), most_keys);
  key_bias_.reserve_discarding(nn::padded_keys(most_keys));
  has_bias_ = n_positions < dimensions.n_audio_positions && n_audio < n_positions;
  positions_ = encoded_positions(static_cast<size_t>(n_audio), static_cast<size_t>(n_positions), most_keys);
  if (!has_bias_) return;
  const size_t n_padded = nn::padded_keys(positions_.size());
  for (size_t key = 0; key < n_padded; ++key)
    key_bias_[key] = key < positions_.size() ? points * std::log2(positions_[key].weight) : 0.0F;
}

nn::Int8KeysValues WindowState::head(int layer, int head) const {
  return heads_.head(static_cast<size_t>(layer * n_heads_ + head));
}

}  // namespace v2t::whisper
