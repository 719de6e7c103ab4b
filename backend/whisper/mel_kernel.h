// The inner part of the mel spectrogram, compiled once per instruction set.
#pragma once

#include <span>

namespace v2t::whisper {

inline constexpr int kFrameSamples = 400;
inline constexpr int kFrameBins = 201;

// A triangular filter: weights[first_weight + i] for bin first_bin + i.
struct MelBand {
  int first_bin = 0;
  int n_bins = 0;
  int first_weight = 0;
};

struct MelTables {
  const float* window = nullptr;   // [400] Hann
  const float* cosines = nullptr;  // [400] cos(2 pi i / 400)
  const float* sines = nullptr;    // [400] -sin(2 pi i / 400)
  const float* weights = nullptr;
  const MelBand* bands = nullptr;
  int n_bands = 0;
};

inline constexpr int kMelBlock = 32;  // frames of one call

// log10 of the mel energies (at least 1e-10) of 32 frames, the first at samples[0], each 160 samples later:
// out[band * stride + frame]. Reads 31 * 160 + 400 samples.
using MelKernel = void (*)(const MelTables& tables, const float* samples, float* out, long stride);

void mel_block_portable(const MelTables& tables, const float* samples, float* out, long stride);
void mel_block_avx2(const MelTables& tables, const float* samples, float* out, long stride);
void mel_block_avx512(const MelTables& tables, const float* samples, float* out, long stride);

struct NamedMelKernel {
  const char* name;
  MelKernel run;
};
// What this processor can run, the fastest first.
std::span<const NamedMelKernel> supported_mel_kernels();

}  // namespace v2t::whisper
