// The encoder's self-attention.
#include "whisper/self_attention.h"

namespace v2t::whisper {

SelfAttention::SelfAttention(const Weights& weights, int threads)
    : kernels_(nn::tile_kernels(weights.instruction_set())),
      n_state_(static_cast<size_t>(weights.dimensions().n_state)),
      scratch_(static_cast<size_t>(threads)) {}

void SelfAttention::prepare(size_t n_positions) {
  n_positions_ = n_positions;
  queries_.reserve_discarding(n_positions * n_state_);
  keys_values_.reserve_discarding(n_positions * 2 * n_state_);
  heads_.prepare(n_heads(), n_positions, n_positions);
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
  nn::quantise_keys_values(kernels_.activations, keys, keys + n_positions_ * n_state_, nn::kHeadSize,
                           heads_.head(index));
}

void SelfAttention::attend(size_t first, size_t n, const float* key_bias, float* out, int member) {
  const auto& scratch = scratch_[static_cast<size_t>(member)];
  for (size_t index = 0; index < n_heads(); ++index) {
    nn::attend_int8(kernels_,
                    {.queries = queries_.data() + (index * n_positions_ + first) * nn::kHeadSize,
                     .query_stride = nn::kHeadSize,
                     .n_queries = n,
                     .head = heads_.head(index),
                     .key_bias = key_bias,
                     .out = out + index * nn::kHeadSize,
                     .out_stride = n_state_},
                    {scratch.data(), scratch.size()});
  }
}

}  // namespace v2t::whisper
