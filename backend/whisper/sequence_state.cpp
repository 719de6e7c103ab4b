// Storage of a token sequence.
#include "whisper/sequence_state.h"

#include <algorithm>

namespace v2t::whisper {

SequenceState::SequenceState(const Dimensions& dimensions, size_t n_recorded)
    : n_layers_(static_cast<size_t>(dimensions.n_decoder_layers)),
      n_heads_(static_cast<size_t>(dimensions.n_heads)),
      n_recorded_(n_recorded) {}

void SequenceState::start(const EncodedWindow& window) {
  window_ = static_cast<const WindowState*>(&window);
  length_ = 0;
  is_restricted_ = false;
  alignment_.clear();
}

void SequenceState::hear_only(PositionRange range) {
  const float unheard = -100 * window_->points();  // a power of 2: nothing
  const size_t n_keys = nn::padded_keys(static_cast<size_t>(window_->n_positions()));
  key_bias_.reserve_discarding(n_keys);
  const float* bias = window_->key_bias();
  for (size_t key = 0; key < n_keys; ++key) {
    const int position = static_cast<int>(key);
    const bool is_heard = position >= window_->n_audio_positions() || (position >= range.first && position < range.end);
    key_bias_[key] = is_heard ? (bias == nullptr ? 0 : bias[key]) : unheard;
  }
  is_restricted_ = true;
}

void SequenceState::reserve(size_t length) {
  const size_t n_chunks = (length + kChunk - 1) / kChunk;
  while (chunks_.size() < n_chunks) chunks_.emplace_back(n_layers_ * 2 * n_heads_ * kChunk * nn::kHeadSize);
  alignment_.resize(length * n_recorded_ * static_cast<size_t>(window_->n_positions()));
}

void SequenceState::copy_from(const Sequence& other) {
  const auto& source = static_cast<const SequenceState&>(other);
  if (&source == this) return;
  CHECK(!source.is_restricted_);  // those only answer one question
  is_restricted_ = false;
  CHECK(source.window_ != nullptr && source.n_layers_ == n_layers_ && source.n_recorded_ == n_recorded_);
  window_ = source.window_;
  length_ = source.length_;
  reserve(length_);
  std::ranges::copy(source.alignment_, alignment_.begin());
  for (size_t first = 0; first < length_; first += kChunk) {
    const size_t n_values = std::min(kChunk, length_ - first) * nn::kHeadSize;
    for (size_t head = 0; head < n_layers_ * 2 * n_heads_; ++head) {
      const size_t at = head * kChunk * nn::kHeadSize;
      std::copy_n(source.chunks_[first / kChunk].data() + at, n_values, chunks_[first / kChunk].data() + at);
    }
  }
}

}  // namespace v2t::whisper
