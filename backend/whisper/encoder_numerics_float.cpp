// Convolutions and self-attention in float, by oneDNN: for every processor.
#include <algorithm>
#include <vector>

#include "nn/attention.h"
#include "whisper/encoder_numerics.h"

namespace v2t::whisper {
namespace {

constexpr size_t kBlock = 96;

class FloatNumerics final : public EncoderNumerics {
 public:
  FloatNumerics(const Weights& weights, int threads)
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
    for (auto& rows : rows_) rows.reserve_discarding(n_positions * 3 * n_state_);
    scratch_.resize(threads_);
    for (auto& scratch : scratch_) scratch.reserve_discarding(nn::float_attention_scratch(kBlock, n_positions));
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

  void project(const nn::Int8Weights& weights, const nn::Int8Rows& rows, size_t first, size_t n, int parity,
               int) override {
    nn::matmul(kernels_, rows, n, weights, 0, weights.n_panels(),
               {.out_f32 = rows_[parity].data() + first * 3 * n_state_, .out_stride = 3 * n_state_});
  }

  void attend(size_t first, size_t n, int parity, const float* key_bias, float* out, int member) override {
    const auto& scratch = scratch_[static_cast<size_t>(member)];
    const float* rows = rows_[parity].data();
    for (size_t column = 0; column < n_state_; column += nn::kHeadSize) {
      nn::attend_float({.queries = rows + first * 3 * n_state_ + column,
                        .keys = rows + n_state_ + column,
                        .values = rows + 2 * n_state_ + column,
                        .stride = 3 * n_state_,
                        .n_queries = n,
                        .n_keys = n_positions_,
                        .key_bias = key_bias,
                        .out = out + column,
                        .out_stride = n_state_},
                       {scratch.data(), scratch.size()});
    }
  }

 private:
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
  nn::Buffer<float> mel_;                   // [2 * n_positions + 2][n_mels]
  nn::Buffer<float> convolved_;             // [2 * n_positions + 2][n_state]
  nn::Buffer<float> rows_[2];               // by parity: queries, keys, values, [n_positions][3 * n_state]
  std::vector<nn::Buffer<float>> scratch_;  // by member
};

}  // namespace

std::unique_ptr<EncoderNumerics> make_float_numerics(const Weights& weights, int threads) {
  return std::make_unique<FloatNumerics>(weights, threads);
}

}  // namespace v2t::whisper
