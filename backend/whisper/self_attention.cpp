// The encoder's self-attention.
#include "whisper/self_attention.h"

namespace v2t::whisper {

SelfAttention::SelfAttention(const Weights& weights, int threads)
    : kernels_(nn::tile_kernels(weights.instruction_set())),
      n_state_(static_cast<size_t>(weights.dimensions().n_state)),
      scratch_(static_cast<size_t>(threads)) {}

void SelfAttention::prepare(size_t n_positions) {
  n_positions_ = n_positions;
  n_padded_ = nn::padded_keys(n_positions);
  queries_.reserve_discarding(n_positions * n_state_);
  keys_values_.reserve_discarding(n_positions * 2 * n_state_);
  keys_.reserve_discarding(n_padded_ * n_state_);
  values_.reserve_discarding(n_padded_ * n_state_);
  key_scales_.reserve_discarding(n_padded_ * n_heads());
  key_offsets_.reserve_discarding(n_padded_ * n_heads());
  value_scales_.reserve_discarding(n_state_);
  for (auto& scratch : scratch_) scratch.reserve_discarding(nn::int8_attention_scratch(n_positions));
}

void SelfAttention::project(const nn::Int8Weights& query_key_value, const nn::QuantisedRows& rows, size_t first,
                            size_t n) {
  const size_t n_panels = n_state_ / nn::kPanelColumns;
  const size_t head_size = n_positions_ * nn::kHeadSize;  // a panel is a head
  nn::matmul(
      kernels_, rows, n, query_key_value, 0, n_panels,
      {.out_f32 = queries_.data() + first * nn::kHeadSize, .out_stride = nn::kHeadSize, .panel_stride = head_size});
  nn::matmul(kernels_, rows, n, query_key_value, n_panels, 3 * n_panels,
             {.out_bf16 = keys_values_.data() + first * nn::kHeadSize,
              .out_stride = nn::kHeadSize,
              .panel_stride = head_size});
}

void SelfAttention::settle(size_t index) {
  const nn::Bf16* keys = keys_values_.data() + index * n_positions_ * nn::kHeadSize;
  nn::quantise_keys_values(kernels_.activations, keys, keys + n_positions_ * n_state_, nn::kHeadSize, head(index));
}

void SelfAttention::attend(size_t first, size_t n, const float* key_bias, float* out, int member) {
  const auto& scratch = scratch_[static_cast<size_t>(member)];
  for (size_t index = 0; index < n_heads(); ++index) {
    nn::attend_int8(kernels_,
                    {.queries = queries_.data() + (index * n_positions_ + first) * nn::kHeadSize,
                     .query_stride = nn::kHeadSize,
                     .n_queries = n,
                     .head = head(index),
                     .key_bias = key_bias,
                     .out = out + index * nn::kHeadSize,
                     .out_stride = n_state_},
                    {scratch.data(), scratch.size()});
  }
}

nn::Int8KeysValues SelfAttention::head(size_t index) const {
  return {.n_keys = n_positions_,
          .keys = keys_.data() + index * n_padded_ * nn::kHeadSize,
          .key_scales = key_scales_.data() + index * n_padded_,
          .key_offsets = key_offsets_.data() + index * n_padded_,
          .values = values_.data() + index * n_padded_ * nn::kHeadSize,
          .value_scales = value_scales_.data() + index * nn::kHeadSize};
}

}  // namespace v2t::whisper
