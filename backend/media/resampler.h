// Mono at any rate to mono at 16 kHz.
#pragma once

#include <span>
#include <vector>

#include "base/result.h"
#include "media/libav.h"

namespace v2t::media {

class Resampler {
 public:
  // kDecoderFailed for rates that libswresample refuses.
  static Result<Resampler> make(int sample_rate_hz);

  // Appends to `out`; output lags behind input by the length of the filter.
  void push(std::span<const float> in, std::vector<float>& out);
  // The rest, at the end of the audio: with it, out has in * 16000 / rate samples, rounded.
  void flush(std::vector<float>& out);

 private:
  explicit Resampler(ResamplerPtr context) : context_(std::move(context)) {}
  void convert(const uint8_t* data, int n, std::vector<float>& out);

  ResamplerPtr context_;
};

}  // namespace v2t::media
