// The Silero network as plain numbers, and its forward pass for several instruction sets.
//
// Of each chunk of 512 samples, with 64 samples before it and 64 reflected after it: four frames of 256 (step 128),
// magnitude spectrum [4, 129]; four convolutions over time (kernel 3, padding 1, ReLU): 129 -> 128, 128 -> 64 (stride
// 2), 64 -> 64 (stride 2), 64 -> 128; one LSTM cell of 128; ReLU, a linear layer to one value, sigmoid. This header
// holds plain structs only: files compiled for one instruction set include it.
#pragma once

#include <cstddef>

namespace v2t::speech {

inline constexpr size_t kSileroChunk = 512;
inline constexpr size_t kSileroContext = 64;
inline constexpr size_t kSileroFrame = 256;
inline constexpr size_t kSileroFrames = 4;  // per chunk
inline constexpr size_t kSileroBins = 129;
inline constexpr size_t kSileroState = 128;
inline constexpr size_t kSileroGates = 4 * kSileroState;
inline constexpr size_t kSileroBatch = 16;  // chunks per call at most

struct SileroLayer {
  const float* weights = nullptr;  // [inputs, outputs]
  const float* bias = nullptr;     // [outputs]
  size_t inputs = 0;
  size_t outputs = 0;  // a multiple of 64
};

struct SileroNetwork {
  const float* window = nullptr;     // [256] of the short-time Fourier transform
  const float* cosines = nullptr;    // [256] cos(2 pi n / 256)
  const float* sines = nullptr;      // [256]
  SileroLayer convolutions[4];       // inputs: taps in time x channels; the last two have the taps that see data only
  SileroLayer gates;                 // from the input, [128, 512]: input, forget, cell, output
  const float* recurrent = nullptr;  // [128, 512]
  const float* output = nullptr;     // [128]
  float output_bias = 0;
};

// What a stream remembers.
struct SileroState {
  float hidden[kSileroState] = {};
  float cell[kSileroState] = {};
  float context[kSileroContext] = {};  // the last samples
};

// Room for intermediate results. The frames before the first and after the last are the convolutions' zero padding.
struct SileroScratch {
  alignas(64) float fourier[2 * 128 * 16];
  alignas(64) float spectrum[kSileroBatch][kSileroFrames + 2][kSileroBins] = {};
  alignas(64) float first[kSileroBatch][1 + kSileroFrames][128] = {};
  alignas(64) float second[kSileroBatch][2][64];
  alignas(64) float third[kSileroBatch][64];
  alignas(64) float fourth[kSileroBatch][128];
  alignas(64) float gates[kSileroBatch][kSileroGates];
};

// samples: [chunks, 512]; probabilities: [chunks]; chunks <= kSileroBatch.
using SileroForward = void (*)(const SileroNetwork& network, SileroState& state, SileroScratch& scratch,
                               const float* samples, size_t chunks, float* probabilities);

struct SileroKernel {
  const char* name = "";
  SileroForward forward = nullptr;
};

void silero_forward_portable(const SileroNetwork&, SileroState&, SileroScratch&, const float*, size_t, float*);
void silero_forward_avx2(const SileroNetwork&, SileroState&, SileroScratch&, const float*, size_t, float*);
void silero_forward_avx512(const SileroNetwork&, SileroState&, SileroScratch&, const float*, size_t, float*);

}  // namespace v2t::speech
