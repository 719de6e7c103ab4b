// Convolutions in float, by oneDNN: for every processor.
#include "whisper/encoder_stem.h"
#include "whisper/stem_of.h"

namespace v2t::whisper {
namespace {

constexpr size_t kBlock = 48;  // its feed-forward activations stay in a 512 KiB L2 cache

class FloatStem final : public StemOf<float> {
 public:
  explicit FloatStem(const Weights& weights) : StemOf(weights) {}

  // The same whatever the number of threads: sgemm's last bits depend on the shape.
  size_t block_size(size_t, int) const override { return kBlock; }

  void convolve1(size_t first, size_t n) override {
    float* out = convolved_.frame(2 * first);
    convolve(weights_.conv1, mel_.around(2 * first), n_mels_, 2 * n, out);
    finish(weights_.conv1, 2 * n, nullptr, out);
  }

  void convolve2(size_t first, size_t n, float* x) override {
    convolve(weights_.conv2, convolved_.around(2 * first), 2 * n_state_, n, x);
    finish(weights_.conv2, n, weights_.encoder_positions.data() + first * n_state_, x);
  }

 private:
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
};

}  // namespace

std::unique_ptr<EncoderStem> make_float_stem(const Weights& weights) { return std::make_unique<FloatStem>(weights); }

}  // namespace v2t::whisper
