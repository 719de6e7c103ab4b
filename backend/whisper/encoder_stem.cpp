// Convolutions as products: the rows of a convolution are overlapping pieces of the frames, quantised each for itself.
#include "whisper/encoder_stem.h"

#include <algorithm>

namespace v2t::whisper {

EncoderStem::EncoderStem(const Weights& weights, int threads)
    : weights_(weights),
      kernels_(nn::tile_kernels(weights.instruction_set())),
      n_mels_(static_cast<size_t>(weights.dimensions().n_mels)),
      n_state_(static_cast<size_t>(weights.dimensions().n_state)),
      scratch_(static_cast<size_t>(threads)) {}

void EncoderStem::prepare(size_t largest_block) {
  const size_t n_frames = 2 * largest_block + 1;
  const size_t n_activations = std::max(n_frames * 3 * n_mels_, largest_block * 3 * n_state_);
  for (Scratch& scratch : scratch_) {
    scratch.mel.reserve_discarding((n_frames + 2) * n_mels_);
    scratch.convolved.reserve_discarding(n_frames * n_state_);
    scratch.activations.reserve_discarding(n_activations * nn::size_of(kernels_.activations));
    scratch.scales.reserve_discarding(n_frames);
  }
}

void EncoderStem::convolve(std::span<const float> log_mel, std::span<const EncodedPosition> positions, size_t first,
                           size_t n, float* x, int member) {
  const Scratch& scratch = scratch_[static_cast<size_t>(member)];
  constexpr auto kGelu = nn::Finish::Activation::kGelu;
  take_mel(log_mel, first, n, scratch);
  const size_t n_frames = 2 * n + 1;
  nn::matmul(kernels_, quantise(scratch.mel.data(), n_mels_, n_mels_, n_frames, scratch), n_frames, weights_.conv1, 0,
             weights_.conv1.n_panels(),
             {.activation = kGelu, .out_bf16 = scratch.convolved.data(), .out_stride = n_state_});
  if (first == 0) std::fill_n(scratch.convolved.data(), n_state_, nn::Bf16{});
  for (size_t i = 0; i < n; ++i)
    std::copy_n(weights_.encoder_positions.data() + positions[first + i].place * n_state_, n_state_, x + i * n_state_);
  nn::matmul(kernels_, quantise(scratch.convolved.data(), n_state_, 2 * n_state_, n, scratch), n, weights_.conv2, 0,
             weights_.conv2.n_panels(), {.activation = kGelu, .addend = x, .out_f32 = x, .out_stride = n_state_});
}

// From mel frame 2 * first - 2 on.
void EncoderStem::take_mel(std::span<const float> log_mel, size_t first, size_t n, const Scratch& scratch) const {
  const size_t n_frames = log_mel.size() / n_mels_;
  for (size_t i = 0; i < 2 * n + 3; ++i) {
    const size_t frame = 2 * first + i - 2;  // wraps around before the first one
    float* row = scratch.mel.data() + i * n_mels_;
    for (size_t band = 0; band < n_mels_; ++band) {
      row[band] = frame < n_frames ? log_mel[band * n_frames + frame] : 0.0f;
    }
  }
}

// Row r: three frames from r * stride on.
template <class T>
nn::QuantisedRows EncoderStem::quantise(const T* frames, size_t n_channels, size_t stride, size_t n_rows,
                                        const Scratch& scratch) const {
  const size_t row_bytes = 3 * n_channels * nn::size_of(kernels_.activations);
  for (size_t row = 0; row < n_rows; ++row) {
    scratch.scales[row] = nn::quantise_row(kernels_.activations, frames + row * stride, 3 * n_channels,
                                           scratch.activations.data() + row * row_bytes);
  }
  return {scratch.activations.data(), row_bytes, scratch.scales.data()};
}

}  // namespace v2t::whisper
