// Log-mel spectrogram as Whisper hears it: 25 ms Hann windows every 10 ms, Slaney mel filters, log10 clamped to 8 below
// the window's maximum, scaled to about [-1, 1]. Source: openai/whisper, audio.py; Slaney 1998, "Auditory Toolbox".
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "whisper/mel_kernel.h"

namespace v2t::whisper {

inline constexpr int kHopSamples = 160;                              // 10 ms
inline constexpr int kSamplesPerPosition = 2 * kHopSamples;          // an encoder position: 20 ms
inline constexpr size_t kMaxWindowSamples = size_t{30} * 100 * 160;  // 30 s

// How much of each of 201 frequencies, 40 Hz apart, goes into each band: [n_mels][201].
std::vector<float> mel_filters(int n_mels);

// Owns its buffers; used by one thread at a time.
class MelExtractor {
 public:
  // n_mels >= 1: 80, or 128 in large-v3 and turbo. `kernel`: one of supported_mel_kernels(), the best by default.
  explicit MelExtractor(int n_mels, MelKernel kernel = supported_mel_kernels().front().run);

  int n_mels() const { return n_mels_; }

  // The first n_frames frames of `samples` (16 kHz, at most 30 s) followed by silence: [n_mels][n_frames], row-major,
  // valid until the next call. Sound before the beginning is its mirror image. n_frames covers the samples, so that the
  // maximum is that of the whole window: n_frames * 160 >= samples.size(), at most 3000.
  std::span<const float> compute(std::span<const float> samples, int n_frames);

 private:
  void lay_out(std::span<const float> samples, int n_frames);
  void normalise(int n_frames, int stride);

  int n_mels_;
  MelKernel kernel_;
  std::vector<float> window_, cosines_, sines_, weights_;
  std::vector<MelBand> bands_;
  std::vector<float> padded_;  // 200 mirrored samples, the samples, silence
  std::vector<float> log_;     // [n_mels][frames, rounded up to blocks]
  std::vector<float> out_;
};

}  // namespace v2t::whisper
