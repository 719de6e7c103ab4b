// Convolutions in bfloat16: products without a copy, since the rows of a convolution may overlap.
#include "whisper/encoder_stem.h"
#include "whisper/stem_of.h"

namespace v2t::whisper {
namespace {

constexpr size_t kLargestBlock = 96;  // its feed-forward activations stay in a 1 MiB L2 cache

class Bf16Stem final : public StemOf<nn::Bf16> {
 public:
  explicit Bf16Stem(const Weights& weights) : StemOf(weights), kernels_(nn::tile_kernels(weights.instruction_set())) {}

  // Rows are independent, so any split gives the same result: as many equal blocks as keep all threads busy.
  size_t block_size(size_t n_positions, int threads) const override {
    const auto n_threads = static_cast<size_t>(threads);
    size_t n_blocks = (n_positions + kLargestBlock - 1) / kLargestBlock;
    n_blocks = (n_blocks + n_threads - 1) / n_threads * n_threads;
    const size_t size = (n_positions + n_blocks - 1) / n_blocks;
    return (size + nn::kTileRows - 1) / nn::kTileRows * nn::kTileRows;
  }

  void convolve1(size_t first, size_t n) override {
    nn::matmul(
        kernels_, mel_.around(2 * first), n_mels_, 2 * n, weights_.conv1.bf16,
        {.activation = nn::Finish::Activation::kGelu, .out_bf16 = convolved_.frame(2 * first), .out_stride = n_state_});
  }

  void convolve2(size_t first, size_t n, float* x) override {
    nn::matmul(kernels_, convolved_.around(2 * first), 2 * n_state_, n, weights_.conv2.bf16,
               {.activation = nn::Finish::Activation::kGelu,
                .addend = weights_.encoder_positions.data() + first * n_state_,
                .out_f32 = x,
                .out_stride = n_state_});
  }

 private:
  const nn::TileKernels kernels_;
};

}  // namespace

std::unique_ptr<EncoderStem> make_bf16_stem(const Weights& weights) { return std::make_unique<Bf16Stem>(weights); }

}  // namespace v2t::whisper
