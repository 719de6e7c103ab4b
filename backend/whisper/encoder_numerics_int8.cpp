// Convolutions in float, by oneDNN, and self-attention in 8 bits: for every processor.
#include <algorithm>
#include <vector>

#include "nn/attention.h"
#include "whisper/encoder_numerics.h"

namespace v2t::whisper {
namespace {

constexpr size_t kBlock = 48;  // its feed-forward activations stay in a 512 KiB L2 cache

class Int8Numerics final : public EncoderNumerics {
 public:
  Int8Numerics(const Weights& weights, int threads)
      : weights_(weights),
        kernels_(nn::tile_kernels(weights.instruction_set())),
        n_mels_(static_cast<size_t>(weights.dimensions().n_mels)),
        n_state_(static_cast<size_t>(weights.dimensions().n_state)),
        threads_(static_cast<size_t>(threads)) {}

  // The same whatever the number of threads: sgemm's last bits depend on the shape.
  size_t block_size(size_t, int) const override { return kBlock; }

  void prepare(size_t n_positions) override {
    n_positions_ = n_positions;
    const size_t n_frames = 2 * n_positions + 2;  // one of zeros before and one behind
    mel_.reserve_discarding(n_frames * n_mels_);
    convolved_.reserve_discarding(n_frames * n_state_);
    n_padded_ = nn::padded_keys(n_positions);
    queries_.reserve_discarding(n_positions * n_state_);
    keys_values_.reserve_discarding(n_positions * 2 * n_state_);
    keys_.reserve_discarding(n_padded_ * n_state_);
    values_.reserve_discarding(n_padded_ * n_state_);
    key_scales_.reserve_discarding(n_padded_ * n_state_ / nn::kHeadSize);
    compensation_.reserve_discarding(n_padded_ * n_state_ / nn::kHeadSize);
    value_scales_.reserve_discarding(n_state_);
    scratch_.resize(threads_);
    for (auto& scratch : scratch_) scratch.reserve_discarding(nn::int8_attention_scratch(n_positions));
    clear_frame(mel_, 0, n_mels_);
    clear_frame(mel_, n_frames - 1, n_mels_);
    clear_frame(convolved_, 0, n_state_);
    clear_frame(convolved_, n_frames - 1, n_state_);
  }

  void take_mel(std::span<const float> log_mel, size_t first, size_t n) override {
    const size_t n_frames = 2 * n_positions_;
    for (size_t frame = 2 * first; frame < 2 * (first + n); ++frame) {
      float* row = mel_.data() + (frame + 1) * n_mels_;
      for (size_t band = 0; band < n_mels_; ++band) row[band] = log_mel[band * n_frames + frame];
    }
  }

  void convolve1(size_t first, size_t n) override {
    float* out = convolved_.data() + (2 * first + 1) * n_state_;
    convolve(weights_.conv1, mel_.data() + 2 * first * n_mels_, n_mels_, 2 * n, out);
    finish(weights_.conv1, 2 * n, nullptr, out);
  }

  void convolve2(size_t first, size_t n, float* x) override {
    convolve(weights_.conv2, convolved_.data() + 2 * first * n_state_, 2 * n_state_, n, x);
    finish(weights_.conv2, n, weights_.encoder_positions.data() + first * n_state_, x);
  }

  void project(const nn::Int8Weights& weights, const nn::QuantisedRows& rows, size_t first, size_t n, int,
               int) override {
    const size_t n_panels = n_state_ / nn::kPanelColumns;
    nn::matmul(kernels_, rows, n, weights, 0, n_panels,
               {.out_f32 = queries_.data() + first * n_state_, .out_stride = n_state_});
    nn::matmul(kernels_, rows, n, weights, n_panels, 3 * n_panels,
               {.out_bf16 = keys_values_.data() + first * 2 * n_state_, .out_stride = 2 * n_state_});
  }

  int n_settle_tasks() const override { return static_cast<int>(n_state_ / nn::kHeadSize); }
  void settle(int task) override {
    const nn::Bf16* keys = keys_values_.data() + static_cast<size_t>(task) * nn::kHeadSize;
    nn::quantise_keys_values(kernels_.activations, keys, keys + n_state_, 2 * n_state_,
                             head(static_cast<size_t>(task)));
  }

  void attend(size_t first, size_t n, int, const float* key_bias, float* out, int member) override {
    const auto& scratch = scratch_[static_cast<size_t>(member)];
    for (size_t column = 0; column < n_state_; column += nn::kHeadSize) {
      nn::attend_int8(kernels_,
                      {.queries = queries_.data() + first * n_state_ + column,
                       .query_stride = n_state_,
                       .n_queries = n,
                       .head = head(column / nn::kHeadSize),
                       .key_bias = key_bias,
                       .out = out + column,
                       .out_stride = n_state_},
                      {scratch.data(), scratch.size()});
    }
  }

 private:
  nn::Int8KeysValues head(size_t index) const {
    return {.n_keys = n_positions_,
            .keys = keys_.data() + index * n_padded_ * nn::kHeadSize,
            .key_scales = key_scales_.data() + index * n_padded_,
            .key_compensation = compensation_.data() + index * n_padded_,
            .values = values_.data() + index * n_padded_ * nn::kHeadSize,
            .value_scales = value_scales_.data() + index * nn::kHeadSize};
  }
  static void clear_frame(const nn::Buffer<float>& rows, size_t frame, size_t size) {
    std::fill_n(rows.data() + frame * size, size, 0.0f);
  }

  // One product per tap; row r of a tap begins at rows + r * stride + tap * n_channels.
  void convolve(const ConvolutionWeights& weights, const float* rows, size_t stride, size_t n, float* out) const {
    const size_t n_channels = weights.n_channels;
    for (size_t tap = 0; tap < 3; ++tap) {
      nn::sgemm(n, n_state_, n_channels, {rows + tap * n_channels, stride},
                {weights.taps.data() + tap * n_state_ * n_channels, n_channels, nn::Transpose::kYes},
                tap == 0 ? nn::Accumulate::kNo : nn::Accumulate::kYes, out, n_state_);
    }
  }
  void finish(const ConvolutionWeights& weights, size_t n, const float* addend, float* out) const {
    nn::finish_float_rows(
        out, n_state_, n, n_state_, weights.bias.data(),
        {.activation = nn::Finish::Activation::kGelu, .addend = addend, .out_f32 = out, .out_stride = n_state_});
  }

  const Weights& weights_;
  const nn::TileKernels kernels_;
  const size_t n_mels_, n_state_, threads_;
  size_t n_positions_ = 0;
  size_t n_padded_ = 0;
  nn::Buffer<float> mel_;                   // [2 * n_positions + 2][n_mels]
  nn::Buffer<float> convolved_;             // [2 * n_positions + 2][n_state]
  nn::Buffer<float> queries_;               // [n_positions][n_state]
  nn::Buffer<nn::Bf16> keys_values_;        // [n_positions][2 * n_state], before they are quantised
  nn::Buffer<int8_t> keys_, values_;        // [head] panels
  nn::Buffer<float> key_scales_;            // [head][n_padded]
  nn::Buffer<int32_t> compensation_;        // the same
  nn::Buffer<float> value_scales_;          // [n_state]
  std::vector<nn::Buffer<float>> scratch_;  // by member
};

}  // namespace

std::unique_ptr<EncoderNumerics> make_int8_numerics(const Weights& weights, int threads) {
  return std::make_unique<Int8Numerics>(weights, threads);
}

}  // namespace v2t::whisper
