// What one encoded window keeps: int8 keys and values of the decoder's cross-attention, for every layer and head.
#pragma once

#include <span>
#include <vector>

#include "nn/attention.h"
#include "nn/buffer.h"
#include "whisper/forward.h"
#include "whisper/reduced_context.h"

namespace v2t::whisper {

// About n_decoder_layers * 2 * n_positions * n_state bytes. Grows when reused for a longer window.
class WindowState final : public EncodedWindow {
 public:
  int n_positions() const override { return n_positions_; }
  int n_audio_positions() const override { return n_audio_; }

  // Makes room for a window and places its padding. points: see nn::Int8Softmax.
  void prepare(const Dimensions& dimensions, int n_positions, int n_audio, float points);
  nn::Int8KeysValues head(int layer, int head) const;
  std::span<const EncodedPosition> positions() const { return positions_; }
  // What stands for a factor of 2 in a bias.
  float points() const { return points_; }
  // Added to attention logits, per key (padded_keys of them); null where no position was left out.
  const float* key_bias() const { return has_bias_ ? key_bias_.data() : nullptr; }

 private:
  int n_positions_ = 0;
  int n_audio_ = 0;
  int n_heads_ = 0;
  bool has_bias_ = false;
  float points_ = 1;
  std::vector<EncodedPosition> positions_;
  nn::Int8Heads heads_;         // [layer][head]
  nn::Buffer<float> key_bias_;  // [n_padded]
};

}  // namespace v2t::whisper
