// The forward pass of the Silero network, written once for vectors of any width. Included only by the files that
// are compiled for one instruction set each; all is local to them, so that no code for one set is linked into another.
#pragma once

#include <immintrin.h>

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "speech/silero_network.h"

namespace v2t::speech {
namespace {

template <size_t lanes>
struct VectorOf {
  typedef float Floats __attribute__((vector_size(lanes * 4)));
  typedef int32_t Ints __attribute__((vector_size(lanes * 4)));
};

struct BitReversal {
  unsigned char of[128] = {};

  constexpr BitReversal() {
    for (unsigned n = 0; n < 128; ++n)
      for (unsigned bit = 0; bit < 7; ++bit) of[n] = static_cast<unsigned char>(of[n] | (n >> bit & 1) << (6 - bit));
  }
};
constexpr BitReversal kReversed;

template <size_t lanes>
class SileroPass {
 public:
  SileroPass(const SileroNetwork& network, SileroState& state, SileroScratch& scratch)
      : network_(network), state_(state), scratch_(scratch) {}

  void run(const float* samples, size_t chunks, float* probabilities) {
    for (size_t i = 0; i < chunks; ++i) collect_frames(samples + i * kSileroChunk, i);
    if (n_frames_ > 0) transform();
    convolve(chunks);
    for (size_t i = 0; i < chunks; ++i) probabilities[i] = step(scratch_.gates[i]);
  }

 private:
  using V = typename VectorOf<lanes>::Floats;
  using I = typename VectorOf<lanes>::Ints;

  static V load(const float* from) {
    V v;
    __builtin_memcpy(&v, from, sizeof v);
    return v;
  }
  static void store(float* to, V v) { __builtin_memcpy(to, &v, sizeof v); }
  static V positive(V v) { return v > 0.0F ? v : V{}; }

  // --- spectrum: `lanes` frames at a time, one per lane, by a complex FFT of 128 points on the real 256 ---

  void collect_frames(const float* chunk, size_t index) {
    float padded[kSileroContext + kSileroChunk + kSileroContext];
    std::memcpy(padded, state_.context, sizeof state_.context);
    std::memcpy(padded + kSileroContext, chunk, kSileroChunk * sizeof(float));
    constexpr size_t kEnd = kSileroContext + kSileroChunk;
    for (size_t i = 0; i < kSileroContext; ++i) padded[kEnd + i] = padded[kEnd - 2 - i];
    std::memcpy(state_.context, chunk + kSileroChunk - kSileroContext, sizeof state_.context);
    for (size_t frame = 0; frame < kSileroFrames; ++frame)
      collect_frame(padded + frame * kSileroFrame / 2, scratch_.spectrum[index][1 + frame]);
  }

  void collect_frame(const float* samples, float* magnitudes) {
    float* re = scratch_.fourier + n_frames_;
    float* im = re + 128 * lanes;
    for (size_t n = 0; n < 128; ++n) {
      const size_t at = kReversed.of[n] * lanes;
      re[at] = samples[2 * n] * network_.window[2 * n];
      im[at] = samples[2 * n + 1] * network_.window[2 * n + 1];
    }
    magnitudes_[n_frames_++] = magnitudes;
    if (n_frames_ == lanes) transform();
  }

  // Radix 2, decimation in time, then the split of the packed halves.
  void transform() {
    float* re = scratch_.fourier;
    float* im = re + 128 * lanes;
    for (size_t half = 1; half < 128; half *= 2)
      for (size_t k = 0; k < half; ++k) {
        const float c = network_.cosines[k * 128 / half];
        const float s = -network_.sines[k * 128 / half];
        for (size_t top = k; top < 128; top += 2 * half) {
          float* re1 = re + top * lanes;
          float* im1 = im + top * lanes;
          float* re2 = re1 + half * lanes;
          float* im2 = im1 + half * lanes;
          const V br = load(re2) * c - load(im2) * s;
          const V bi = load(re2) * s + load(im2) * c;
          const V ar = load(re1);
          const V ai = load(im1);
          store(re1, ar + br);
          store(im1, ai + bi);
          store(re2, ar - br);
          store(im2, ai - bi);
        }
      }
    for (size_t k = 0; k < kSileroBins; ++k) write_magnitudes(k);
    n_frames_ = 0;
  }

  void write_magnitudes(size_t k) {
    const float* re = scratch_.fourier;
    const float* im = re + 128 * lanes;
    const size_t a = k % 128 * lanes;
    const size_t b = (128 - k) % 128 * lanes;
    const V even_re = (load(re + a) + load(re + b)) * 0.5F;
    const V even_im = (load(im + a) - load(im + b)) * 0.5F;
    const V odd_re = (load(im + a) + load(im + b)) * 0.5F;
    const V odd_im = (load(re + b) - load(re + a)) * 0.5F;
    const float c = network_.cosines[k];
    const float s = -network_.sines[k];
    const V x = even_re + odd_re * c - odd_im * s;
    const V y = even_im + odd_re * s + odd_im * c;
    float power[lanes];
    store(power, x * x + y * y);
    for (size_t i = 0; i < lanes; i += 4) _mm_storeu_ps(power + i, _mm_sqrt_ps(_mm_loadu_ps(power + i)));
    for (size_t i = 0; i < n_frames_; ++i) magnitudes_[i][k] = power[i];
  }

  // --- layers: out[row] = relu(in[row] * weights + bias), the rows anywhere in memory ---

  struct Rows {
    const float* in[kSileroBatch * kSileroFrames];
    float* out[kSileroBatch * kSileroFrames];
    size_t count = 0;

    void add(const float* from, float* to) {
      in[count] = from;
      out[count++] = to;
    }
  };

  static constexpr size_t kTileColumns = lanes == 16 ? 4 : 2;
  static constexpr size_t kTileRows = lanes == 4 ? 4 : 6;

  template <size_t rows, bool relu>
  static void tile(const SileroLayer& layer, size_t column, const float* const* in, float* const* out) {
    V sums[rows][kTileColumns];
#pragma GCC unroll 8
    for (size_t r = 0; r < rows; ++r)
#pragma GCC unroll 8
      for (size_t c = 0; c < kTileColumns; ++c) sums[r][c] = load(layer.bias + column + c * lanes);
    const float* weights = layer.weights + column;
    for (size_t k = 0; k < layer.inputs; ++k, weights += layer.outputs) {
      V w[kTileColumns];
#pragma GCC unroll 8
      for (size_t c = 0; c < kTileColumns; ++c) w[c] = load(weights + c * lanes);
#pragma GCC unroll 8
      for (size_t r = 0; r < rows; ++r)
#pragma GCC unroll 8
        for (size_t c = 0; c < kTileColumns; ++c) sums[r][c] += w[c] * in[r][k];
    }
#pragma GCC unroll 8
    for (size_t r = 0; r < rows; ++r)
#pragma GCC unroll 8
      for (size_t c = 0; c < kTileColumns; ++c) {
        const V sum = sums[r][c];
        store(out[r] + column + c * lanes, relu ? positive(sum) : sum);
      }
  }

  template <bool relu>
  static void dense(const SileroLayer& layer, const Rows& rows) {
    for (size_t column = 0; column < layer.outputs; column += kTileColumns * lanes) {
      size_t row = 0;
      for (; row + kTileRows <= rows.count; row += kTileRows)
        tile<kTileRows, relu>(layer, column, rows.in + row, rows.out + row);
      for (; row + 2 <= rows.count; row += 2) tile<2, relu>(layer, column, rows.in + row, rows.out + row);
      for (; row < rows.count; ++row) tile<1, relu>(layer, column, rows.in + row, rows.out + row);
    }
  }

  // A row of the input is a stretch of `taps` frames, which lie side by side: no copy is needed.
  void convolve(size_t chunks) {
    Rows rows[5];
    for (size_t i = 0; i < chunks; ++i) {
      for (size_t frame = 0; frame < kSileroFrames; ++frame)
        rows[0].add(scratch_.spectrum[i][frame], scratch_.first[i][1 + frame]);
      rows[1].add(scratch_.first[i][0], scratch_.second[i][0]);
      rows[1].add(scratch_.first[i][2], scratch_.second[i][1]);
      rows[2].add(scratch_.second[i][0], scratch_.third[i]);
      rows[3].add(scratch_.third[i], scratch_.fourth[i]);
      rows[4].add(scratch_.fourth[i], scratch_.gates[i]);
    }
    for (size_t layer = 0; layer < 4; ++layer) dense<true>(network_.convolutions[layer], rows[layer]);
    dense<false>(network_.gates, rows[4]);
  }

  // --- the LSTM cell, one chunk after the other ---

  // exp(x) for |x| <= 87 by 2^n * polynomial; relative error below 2e-7.
  static V exp(V x) {
    constexpr float kLog2E = 1.44269504F;
    constexpr float kRound = 12582912.0F;  // 1.5 * 2^23: adding it rounds to a whole number
    x = x > 87.0F ? V{} + 87.0F : x;
    x = x < -87.0F ? V{} - 87.0F : x;
    const V n = (x * kLog2E + kRound) - kRound;
    const V r = (x - n * 0.693359375F) + n * 2.12194440e-4F;
    V p = r * 1.9875691500e-4F + 1.3981999507e-3F;
    p = p * r + 8.3334519073e-3F;
    p = p * r + 4.1665795894e-2F;
    p = p * r + 1.6666665459e-1F;
    p = p * r + 5.0000001201e-1F;
    p = p * r * r + r + 1.0F;
    const I bits = (__builtin_convertvector(n, I) + 127) << 23;
    V power;
    __builtin_memcpy(&power, &bits, sizeof power);
    return p * power;
  }
  static V sigmoid(V x) { return 1.0F / (1.0F + exp(-x)); }
  static V tanh(V x) { return 2.0F * sigmoid(2.0F * x) - 1.0F; }

  float step(float* gates) {
    add_recurrent(gates);
    V sum{};
    for (size_t i = 0; i < kSileroState; i += lanes) {
      const V input = sigmoid(load(gates + i));
      const V forget = sigmoid(load(gates + kSileroState + i));
      const V candidate = tanh(load(gates + 2 * kSileroState + i));
      const V output = sigmoid(load(gates + 3 * kSileroState + i));
      const V cell = forget * load(state_.cell + i) + input * candidate;
      const V hidden = output * tanh(cell);
      store(state_.cell + i, cell);
      store(state_.hidden + i, hidden);
      sum += positive(hidden) * load(network_.output + i);
    }
    float total = network_.output_bias;
    for (size_t i = 0; i < lanes; ++i) total += sum[i];
    return sigmoid(V{} + total)[0];
  }

  void add_recurrent(float* gates) {
    constexpr size_t kColumns = 8;
    for (size_t column = 0; column < kSileroGates; column += kColumns * lanes) {
      V sums[kColumns];
#pragma GCC unroll 8
      for (size_t c = 0; c < kColumns; ++c) sums[c] = load(gates + column + c * lanes);
      const float* weights = network_.recurrent + column;
      for (size_t k = 0; k < kSileroState; ++k, weights += kSileroGates) {
#pragma GCC unroll 8
        for (size_t c = 0; c < kColumns; ++c) sums[c] += load(weights + c * lanes) * state_.hidden[k];
      }
#pragma GCC unroll 8
      for (size_t c = 0; c < kColumns; ++c) store(gates + column + c * lanes, sums[c]);
    }
  }

  const SileroNetwork& network_;
  SileroState& state_;
  SileroScratch& scratch_;
  float* magnitudes_[lanes];  // where the collected frames' spectra go
  size_t n_frames_ = 0;
};

}  // namespace
}  // namespace v2t::speech
