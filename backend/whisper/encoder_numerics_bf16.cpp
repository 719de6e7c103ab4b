// Convolutions and self-attention in bfloat16.
#include <algorithm>
#include <cstring>
#include <vector>

#include "nn/attention.h"
#include "whisper/encoder_numerics.h"

namespace v2t::whisper {
namespace {

constexpr size_t kLargestBlock = 96;  // its feed-forward activations stay in a 1 MiB L2 cache

class Bf16Numerics final : public EncoderNumerics {
 public:
  Bf16Numerics(const Weights& weights, int threads)
      : weights_(weights),
        kernels_(nn::tile_kernels(weights.instruction_set())),
        n_mels_(static_cast<size_t>(weights.dimensions().n_mels)),
        n_state_(static_cast<size_t>(weights.dimensions().n_state)),
        n_heads_(static_cast<size_t>(weights.dimensions().n_heads)),
        threads_(static_cast<size_t>(threads)) {}

  // Rows are independent, so any split gives the same result: as many equal blocks as keep all threads busy.
  size_t block_size(size_t n_positions, int threads) const override {
    const auto n_threads = static_cast<size_t>(threads);
    size_t n_blocks = (n_positions + kLargestBlock - 1) / kLargestBlock;
    n_blocks = (n_blocks + n_threads - 1) / n_threads * n_threads;
    const size_t size = (n_positions + n_blocks - 1) / n_blocks;
    return (size + nn::kTileRows - 1) / nn::kTileRows * nn::kTileRows;
  }

  void prepare(size_t n_positions) override {
    n_positions_ = n_positions;
    n_padded_ = nn::padded_keys(n_positions);
    const size_t n_frames = 2 * n_positions + 2;  // one of zeros before and one behind
    mel_.reserve_discarding(n_frames * n_mels_);
    convolved_.reserve_discarding(n_frames * n_state_);
    queries_.reserve_discarding(n_positions * n_state_);
    for (int parity : {0, 1}) {
      keys_[parity].reserve_discarding(n_padded_ * n_state_);
      values_[parity].reserve_discarding(n_padded_ * n_state_);
    }
    scratch_.resize(threads_);
    rows_.resize(threads_);
    for (auto& scratch : scratch_) scratch.reserve_discarding(nn::bf16_attention_scratch(n_positions));
    for (auto& rows : rows_) rows.reserve_discarding(kLargestBlock * 2 * n_state_);
    clear_frame(mel_, 0, n_mels_);
    clear_frame(mel_, n_frames - 1, n_mels_);
    clear_frame(convolved_, 0, n_state_);
    clear_frame(convolved_, n_frames - 1, n_state_);
  }

  void take_mel(std::span<const float> log_mel, size_t first, size_t n) override {
    const size_t n_frames = 2 * n_positions_;
    for (size_t frame = 2 * first; frame < 2 * (first + n); ++frame) {
      nn::Bf16* row = mel_.data() + (frame + 1) * n_mels_;
      for (size_t band = 0; band < n_mels_; ++band) row[band] = nn::to_bf16(log_mel[band * n_frames + frame]);
    }
  }

  void convolve1(size_t first, size_t n) override {
    nn::matmul(kernels_, mel_.data() + 2 * first * n_mels_, n_mels_, 2 * n, weights_.conv1.bf16,
               {.activation = nn::Finish::Activation::kGelu,
                .out_bf16 = convolved_.data() + (2 * first + 1) * n_state_,
                .out_stride = n_state_});
  }

  void convolve2(size_t first, size_t n, float* x) override {
    nn::matmul(kernels_, convolved_.data() + 2 * first * n_state_, 2 * n_state_, n, weights_.conv2.bf16,
               {.activation = nn::Finish::Activation::kGelu,
                .addend = weights_.encoder_positions.data() + first * n_state_,
                .out_f32 = x,
                .out_stride = n_state_});
  }

  void project(const nn::Int8Weights& weights, const nn::QuantisedRows& rows, size_t first, size_t n, int parity,
               int member) override {
    const size_t n_panels = n_state_ / nn::kPanelColumns;
    nn::matmul(kernels_, rows, n, weights, 0, n_panels,
               {.out_bf16 = queries_.data() + first * n_state_, .out_stride = n_state_});
    nn::Bf16* staged = rows_[static_cast<size_t>(member)].data();
    nn::matmul(kernels_, rows, n, weights, n_panels, 3 * n_panels, {.out_bf16 = staged, .out_stride = 2 * n_state_});
    for (size_t head = 0; head < n_heads_; ++head) {
      const size_t column = head * nn::kHeadSize;
      nn::place_bf16_keys(staged + column, 2 * n_state_, first, n, head_of(keys_[parity], head));
      nn::place_bf16_values(staged + n_state_ + column, 2 * n_state_, first, n, head_of(values_[parity], head));
    }
    if (first + n == n_positions_) clear_values_beyond_end(parity);
  }

  int n_settle_tasks() const override { return 0; }
  void settle(int) override {}

  void attend(size_t first, size_t n, int parity, const float* key_bias, float* out, int member) override {
    const auto& scratch = scratch_[static_cast<size_t>(member)];
    for (size_t head = 0; head < n_heads_; ++head) {
      const size_t column = head * nn::kHeadSize;
      nn::attend_avx512bf16({.queries = queries_.data() + first * n_state_ + column,
                             .query_stride = n_state_,
                             .n_queries = n,
                             .keys = head_of(keys_[parity], head),
                             .values = head_of(values_[parity], head),
                             .n_keys = n_positions_,
                             .key_bias = key_bias,
                             .out = out + column,
                             .out_stride = n_state_},
                            {scratch.data(), scratch.size()});
    }
  }

 private:
  static void clear_frame(const nn::Buffer<nn::Bf16>& rows, size_t frame, size_t size) {
    std::fill_n(rows.data() + frame * size, size, nn::Bf16{});
  }
  nn::Bf16* head_of(const nn::Buffer<nn::Bf16>& panels, size_t head) const {
    return panels.data() + head * n_padded_ * nn::kHeadSize;
  }
  // Padding of an earlier, longer window is multiplied by weights of 0: it must be finite.
  void clear_values_beyond_end(int parity) {
    const std::vector<nn::Bf16> zeros(nn::kHeadSize);
    for (size_t head = 0; head < n_heads_; ++head) {
      for (size_t key = n_positions_; key < n_padded_; ++key) {
        nn::place_bf16_values(zeros.data(), nn::kHeadSize, key, 1, head_of(values_[parity], head));
      }
    }
  }

  const Weights& weights_;
  const nn::TileKernels kernels_;
  const size_t n_mels_, n_state_, n_heads_, threads_;
  size_t n_positions_ = 0;
  size_t n_padded_ = 0;
  nn::Buffer<nn::Bf16> mel_;        // [2 * n_positions + 2][n_mels]
  nn::Buffer<nn::Bf16> convolved_;  // [2 * n_positions + 2][n_state]
  nn::Buffer<nn::Bf16> queries_;    // [n_positions][n_state]
  nn::Buffer<nn::Bf16> keys_[2];    // by parity: [head] panels
  nn::Buffer<nn::Bf16> values_[2];
  std::vector<nn::Buffer<float>> scratch_;  // by member
  std::vector<nn::Buffer<nn::Bf16>> rows_;  // by member: keys and values of a block, [n][2 * n_state]
};

}  // namespace

std::unique_ptr<EncoderNumerics> make_bf16_numerics(const Weights& weights, int threads) {
  return std::make_unique<Bf16Numerics>(weights, threads);
}

}  // namespace v2t::whisper
