// The encoder, block by block: a task is the end of one layer and the beginning of the next for one block of
// positions, so that two barriers per layer are enough: one more for the keys and values of all positions.
#include "whisper/encoder.h"

#include <algorithm>

namespace v2t::whisper {

using nn::Finish;
namespace {

// Positions. Measured: small enough for the caches, and for members to finish a stage together though one of them
// decodes beside it; panels of weights are still read from the third cache faster than they are multiplied.
constexpr size_t kLargestBlock = 24;

}  // namespace

Encoder::Encoder(const Weights& weights, nn::Team& team)
    : weights_(weights),
      team_(team),
      kernels_(nn::tile_kernels(weights.instruction_set())),
      n_state_(static_cast<size_t>(weights.dimensions().n_state)),
      element_(nn::size_of(kernels_.activations)),
      stem_(weights, team.threads()),
      attention_(weights, team.threads()),
      scratch_(static_cast<size_t>(team.threads())) {}

void Encoder::encode(std::span<const float> log_mel, int n_positions, int n_audio, WindowState& out,
                     const Beside& beside, const StageObserver& observer) {
  const Dimensions& dimensions = weights_.dimensions();
  CHECK(n_positions >= 2 && n_positions % 2 == 0 && n_positions <= dimensions.n_audio_positions);
  CHECK(n_audio >= 0 && n_audio <= n_positions);
  CHECK(log_mel.size() == 2 * static_cast<size_t>(n_positions) * static_cast<size_t>(dimensions.n_mels));
  prepare(n_positions);
  out.prepare(dimensions, n_positions, n_audio, kernels_.softmax.points);
  const Call call{log_mel, out, beside, observer};
  team_.run([&](int member) { work(call, member); });
}

void Encoder::prepare(int n_positions) {
  n_positions_ = static_cast<size_t>(n_positions);
  attention_.prepare(n_positions_);
  const size_t block = cut_blocks();
  stem_.prepare(block);
  x_.reserve_discarding(n_positions_ * n_state_);
  output_.reserve_discarding(n_positions_ * n_state_ * element_);
  output_scales_.reserve_discarding(n_positions_);
  for (auto& rows : cross_) rows.reserve_discarding(n_positions_ * 2 * n_state_);
  for (Scratch& scratch : scratch_) {
    scratch.normed.reserve_discarding(n_state_);
    scratch.activations.reserve_discarding(block * 4 * n_state_ * element_);
    scratch.scales.reserve_discarding(block);
    scratch.context.reserve_discarding(block * n_state_);
    scratch.hidden.reserve_discarding(block * 4 * n_state_);
  }
}

// Whole tiles, blocks as equal as can be, as many as keep all members busy; rows are independent, so any cut gives the
// same result. Returns the largest block.
size_t Encoder::cut_blocks() {
  const auto n_threads = static_cast<size_t>(team_.threads());
  const size_t most_tiles = kLargestBlock / nn::kTileRows;
  const size_t n_tiles = (n_positions_ + nn::kTileRows - 1) / nn::kTileRows;
  const size_t n_rounds = (n_tiles + most_tiles * n_threads - 1) / (most_tiles * n_threads);
  const size_t n_blocks = std::min(n_tiles, n_rounds * n_threads);
  blocks_.clear();
  for (size_t i = 0; i < n_blocks; ++i) {
    const size_t first = i * n_tiles / n_blocks * nn::kTileRows;
    const size_t last = std::min((i + 1) * n_tiles / n_blocks * nn::kTileRows, n_positions_);
    blocks_.push_back({first, last - first});
  }
  return (n_tiles + n_blocks - 1) / n_blocks * nn::kTileRows;
}

template <class Work>
void Encoder::for_each_task(int n_tasks, Work work) {
  for (int task = team_.take_task(); task < n_tasks; task = team_.take_task()) work(task);
  team_.barrier();
}

template <class Work>
void Encoder::for_each_block(Work work) {
  for_each_task(static_cast<int>(blocks_.size()), [&](int task) { work(blocks_[static_cast<size_t>(task)]); });
}

// The first task is what is done beside.
template <class Work>
void Encoder::for_each_block(const Call& call, int n_calls_beside, Work work) {
  for_each_task(static_cast<int>(blocks_.size()) + 1, [&](int task) {
    if (task > 0) return work(blocks_[static_cast<size_t>(task) - 1]);
    for (int i = 0; i < n_calls_beside; ++i) call.beside.work();
  });
}

// Spread evenly over the layers.
int Encoder::calls_beside(const Call& call, size_t layer) const {
  const int n_layers = weights_.dimensions().n_encoder_layers;
  const int at = static_cast<int>(layer);
  return (at + 1) * call.beside.n_calls / n_layers - at * call.beside.n_calls / n_layers;
}

void Encoder::show(const Call& call, const std::string& stage, int member) {
  if (!call.observer) return;
  if (member == 0) call.observer(stage, {x_.data(), n_positions_ * n_state_});
  team_.barrier();
}

void Encoder::work(const Call& call, int member) {
  run_stem(call, member);
  run_layers(call, member);
  make_cross_keys_values(call);
}

void Encoder::run_stem(const Call& call, int member) {
  for_each_block([&](Block block) {
    stem_.convolve(call.log_mel, call.window.positions(), block.first, block.n, x_.data() + block.first * n_state_,
                   member);
    project(0, block, member);
  });
  show(call, "stem", member);
}

void Encoder::settle_keys_values() {
  for_each_task(static_cast<int>(attention_.n_heads()),
                [&](int head) { attention_.settle(static_cast<size_t>(head)); });
}

void Encoder::run_layers(const Call& call, int member) {
  const size_t n_layers = weights_.encoder_layers.size();
  for (size_t layer = 0; layer < n_layers; ++layer) {
    settle_keys_values();
    for_each_block(call, calls_beside(call, layer), [&](Block block) {
      finish_layer(layer, call.window.key_bias(), block, member);
      if (layer + 1 < n_layers) project(layer + 1, block, member);
    });
    show(call, "layer_" + std::to_string(layer), member);
  }
  for_each_block([&](Block block) { quantise_output(block); });
  show(call, "output", member);
}

template <class T>
nn::QuantisedRows Encoder::quantise(const T* rows, size_t n_rows, size_t row_size, Scratch& scratch) const {
  const size_t stride = row_size * element_;
  for (size_t row = 0; row < n_rows; ++row) {
    scratch.scales[row] = nn::quantise_row(kernels_.activations, rows + row * row_size, row_size,
                                           scratch.activations.data() + row * stride);
  }
  return {scratch.activations.data(), stride, scratch.scales.data()};
}

nn::QuantisedRows Encoder::norm_and_quantise(const LayerNormWeights& norm, Block block, Scratch& scratch) {
  const size_t stride = n_state_ * element_;
  for (size_t row = 0; row < block.n; ++row) {
    const float* x = x_.data() + (block.first + row) * n_state_;
    nn::layer_norm(x, norm.gain.data(), norm.shift.data(), n_state_, scratch.normed.data());
    scratch.scales[row] = nn::quantise_row(kernels_.activations, scratch.normed.data(), n_state_,
                                           scratch.activations.data() + row * stride);
  }
  return {scratch.activations.data(), stride, scratch.scales.data()};
}

void Encoder::project(size_t layer, Block block, int member) {
  const SelfAttentionWeights& weights = weights_.encoder_layers[layer].attention;
  const nn::QuantisedRows rows = norm_and_quantise(weights.norm, block, scratch_[static_cast<size_t>(member)]);
  attention_.project(weights.query_key_value, rows, block.first, block.n);
}

void Encoder::finish_layer(size_t layer, const float* key_bias, Block block, int member) {
  const EncoderLayerWeights& weights = weights_.encoder_layers[layer];
  Scratch& scratch = scratch_[static_cast<size_t>(member)];
  attention_.attend(block.first, block.n, key_bias, scratch.context.data(), member);
  float* x = x_.data() + block.first * n_state_;
  const nn::Int8Weights& out = weights.attention.out;
  nn::matmul(kernels_, quantise(scratch.context.data(), block.n, n_state_, scratch), block.n, out, 0, out.n_panels(),
             {.addend = x, .out_f32 = x, .out_stride = n_state_});
  feed_forward(weights.feed_forward, block, scratch);
}

void Encoder::feed_forward(const FeedForwardWeights& weights, Block block, Scratch& scratch) {
  const size_t n_hidden = 4 * n_state_;
  const nn::QuantisedRows rows = norm_and_quantise(weights.norm, block, scratch);
  nn::matmul(kernels_, rows, block.n, weights.in, 0, weights.in.n_panels(),
             {.activation = Finish::Activation::kGelu, .out_bf16 = scratch.hidden.data(), .out_stride = n_hidden});
  float* x = x_.data() + block.first * n_state_;
  nn::matmul(kernels_, quantise(scratch.hidden.data(), block.n, n_hidden, scratch), block.n, weights.out, 0,
             weights.out.n_panels(), {.addend = x, .out_f32 = x, .out_stride = n_state_});
}

void Encoder::quantise_output(Block block) {
  const LayerNormWeights& norm = weights_.encoder_norm;
  for (size_t row = block.first; row < block.first + block.n; ++row) {
    float* x = x_.data() + row * n_state_;
    nn::layer_norm(x, norm.gain.data(), norm.shift.data(), n_state_, x);
    output_scales_[row] =
        nn::quantise_row(kernels_.activations, x, n_state_, output_.data() + row * n_state_ * element_);
  }
}

void Encoder::project_cross(size_t layer, Block block) {
  const nn::Int8Weights& weights = weights_.decoder_layers[layer].cross.key_value;
  const size_t stride = n_state_ * element_;
  nn::matmul(kernels_, {output_.data() + block.first * stride, stride, output_scales_.data() + block.first}, block.n,
             weights, 0, weights.n_panels(),
             {.out_bf16 = cross_[layer & 1].data() + block.first * nn::kHeadSize,
              .out_stride = nn::kHeadSize,
              .panel_stride = n_positions_ * nn::kHeadSize});  // a panel is a head
}

void Encoder::quantise_cross(const Call& call, int layer, int head) {
  const nn::Bf16* keys = cross_[layer & 1].data() + static_cast<size_t>(head) * n_positions_ * nn::kHeadSize;
  nn::quantise_keys_values(kernels_.activations, keys, keys + n_positions_ * n_state_, nn::kHeadSize,
                           call.window.head(layer, head));
}

// Stage s quantises layer s - 1 and projects layer s.
void Encoder::make_cross_keys_values(const Call& call) {
  const int n_layers = weights_.dimensions().n_decoder_layers;
  const int n_blocks = static_cast<int>(blocks_.size());
  for (int stage = 0; stage <= n_layers; ++stage) {
    const int n_heads = stage > 0 ? weights_.dimensions().n_heads : 0;
    for_each_task(n_heads + (stage < n_layers ? n_blocks : 0), [&](int task) {
      if (task < n_heads) return quantise_cross(call, stage - 1, task);
      project_cross(static_cast<size_t>(stage), blocks_[static_cast<size_t>(task - n_heads)]);
    });
  }
}

}  // namespace v2t::whisper
