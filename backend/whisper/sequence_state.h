// One token sequence in the decoder: self-attention keys and values, and recorded attention.
#pragma once

#include <vector>

#include "nn/attention.h"
#include "nn/buffer.h"
#include "whisper/forward.h"
#include "whisper/window_state.h"

namespace v2t::whisper {

// Memory grows with the length, in chunks of 64 positions of all layers, and is kept for the next start.
class SequenceState final : public Sequence {
 public:
  static constexpr size_t kChunk = 64;

  // n_recorded: alignment heads; 0 records nothing.
  SequenceState(const Dimensions& dimensions, size_t n_recorded);

  void start(const EncodedWindow& window) override;
  void hear_only(PositionRange range) override;
  int length() const override { return static_cast<int>(length_); }
  void copy_from(const Sequence& other) override;
  std::span<const float> alignment() const override { return alignment_; }

  // For the decoder. Room for one more chunk's worth of positions up to `length`; length itself is unchanged.
  void reserve(size_t length);
  void set_length(size_t length) { length_ = length; }
  const WindowState& window() const { return *window_; }
  // As WindowState::key_bias(), for what this sequence hears.
  const float* key_bias() const { return is_restricted_ ? key_bias_.data() : window_->key_bias(); }
  // [64 positions][64] of one head; 64 positions belong to a chunk.
  nn::Bf16* keys(size_t chunk, size_t layer, size_t head) const { return rows(chunk, layer, 0, head); }
  nn::Bf16* values(size_t chunk, size_t layer, size_t head) const { return rows(chunk, layer, 1, head); }
  // Row of recorded weights, n_positions floats.
  float* recorded(size_t position, size_t index) {
    return alignment_.data() + (position * n_recorded_ + index) * static_cast<size_t>(window_->n_positions());
  }

 private:
  nn::Bf16* rows(size_t chunk, size_t layer, size_t which, size_t head) const {
    return chunks_[chunk].data() + ((layer * 2 + which) * n_heads_ + head) * kChunk * nn::kHeadSize;
  }

  const size_t n_layers_, n_heads_, n_recorded_;
  const WindowState* window_ = nullptr;
  size_t length_ = 0;
  bool is_restricted_ = false;
  nn::Buffer<float> key_bias_;                // of a restricted one
  std::vector<nn::Buffer<nn::Bf16>> chunks_;  // [layer][keys, values][head][64][64]
  std::vector<float> alignment_;
};

}  // namespace v2t::whisper
