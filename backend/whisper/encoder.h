// Whisper's encoder: convolution stem, transformer layers, and the decoder's cross-attention keys and values.
// Source: Radford et al. 2022, section 2.2; int8 products with dynamic scales per row, float residual stream.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "nn/buffer.h"
#include "nn/team.h"
#include "whisper/encoder_stem.h"
#include "whisper/self_attention.h"
#include "whisper/weights.h"
#include "whisper/window_state.h"

namespace v2t::whisper {

// Sees the float residual stream of all positions between stages: "stem", "layer_0", ..., "output".
using StageObserver = std::function<void(const std::string& stage, std::span<const float> values)>;

// Keeps the activations of one window; one call at a time. Weights and team must outlive it.
class Encoder {
 public:
  Encoder(const Weights& weights, nn::Team& team);

  // See Forward::encode. The observer, for tests, may be empty.
  void encode(std::span<const float> log_mel, int n_positions, int n_audio, WindowState& out, const Beside& beside = {},
              const StageObserver& observer = {});

 private:
  struct Block {
    size_t first = 0;
    size_t n = 0;
  };
  struct Call {
    std::span<const float> log_mel;
    WindowState& window;
    const Beside& beside;
    const StageObserver& observer;
  };
  // A member's activations of one block.
  struct Scratch {
    nn::Buffer<float> normed;           // [n_state]
    nn::Buffer<std::byte> activations;  // [block][4 * n_state] of the kernels' kind
    nn::Buffer<float> scales;           // [block]
    nn::Buffer<float> context;          // [block][n_state]
    nn::Buffer<nn::Bf16> hidden;        // [block][4 * n_state]
  };

  void prepare(int n_positions);
  size_t cut_blocks();
  void work(const Call& call, int member);
  void run_stem(const Call& call, int member);
  void run_layers(const Call& call, int member);
  int calls_beside(const Call& call, size_t layer) const;
  void make_cross_keys_values(const Call& call);
  void project_cross(size_t layer, Block block);
  void quantise_cross(const Call& call, int layer, int head);
  void project(size_t layer, Block block, int member);
  void finish_layer(size_t layer, const float* key_bias, Block block, int member);
  void feed_forward(const FeedForwardWeights& weights, Block block, Scratch& scratch);
  void quantise_output(Block block);
  template <class T>
  nn::QuantisedRows quantise(const T* rows, size_t n_rows, size_t row_size, Scratch& scratch) const;
  nn::QuantisedRows norm_and_quantise(const LayerNormWeights& norm, Block block, Scratch& scratch);
  void settle_keys_values();
  void show(const Call& call, const std::string& stage, int member);
  template <class Work>
  void for_each_task(int n_tasks, Work work);
  template <class Work>
  void for_each_block(Work work);
  template <class Work>
  void for_each_block(const Call& call, int n_calls_beside, Work work);

  const Weights& weights_;
  nn::Team& team_;
  const nn::TileKernels kernels_;
  const size_t n_state_;
  const size_t element_;  // bytes of an activation
  EncoderStem stem_;
  SelfAttention attention_;
  size_t n_positions_ = 0;
  std::vector<Block> blocks_;
  std::vector<Scratch> scratch_;     // by member
  nn::Buffer<float> x_;              // residual stream, [n_positions][n_state]
  nn::Buffer<std::byte> output_;     // quantised output, [n_positions][n_state]
  nn::Buffer<float> output_scales_;  // [n_positions]
  nn::Buffer<nn::Bf16> cross_[2];    // by parity of the layer: keys [head][n_positions][64], then values
};

}  // namespace v2t::whisper
