// libswresample, for one channel.
#include "media/resampler.h"

#include <algorithm>

#include "domain/audio.h"

namespace v2t::media {

Result<Resampler> Resampler::make(int sample_rate_hz) {
  AVChannelLayout mono = AV_CHANNEL_LAYOUT_MONO;
  SwrContext* context = nullptr;
  const int made = swr_alloc_set_opts2(&context, &mono, AV_SAMPLE_FMT_FLT, kSampleRateHz, &mono, AV_SAMPLE_FMT_FLT,
                                       sample_rate_hz, 0, nullptr);
  ResamplerPtr owned(context);
  if (made < 0 || swr_init(context) < 0)
    return fail(ErrorCode::kDecoderFailed,
                "has sound at " + std::to_string(sample_rate_hz) + " Hz, which cannot be resampled; convert it first");
  return Resampler(std::move(owned));
}

void Resampler::push(std::span<const float> in, std::vector<float>& out) {
  constexpr size_t kStep = size_t{1} << 16;
  for (; !in.empty(); in = in.subspan(std::min(kStep, in.size()))) {
    const auto piece = in.first(std::min(kStep, in.size()));
    convert(reinterpret_cast<const uint8_t*>(piece.data()), static_cast<int>(piece.size()), out);
  }
}

void Resampler::flush(std::vector<float>& out) { convert(nullptr, 0, out); }

void Resampler::convert(const uint8_t* data, int n, std::vector<float>& out) {
  const size_t begin = out.size();
  const int room = std::max(0, swr_get_out_samples(context_.get(), n)) + 64;
  out.resize(begin + static_cast<size_t>(room));
  auto* target = reinterpret_cast<uint8_t*>(out.data() + begin);
  const int got = swr_convert(context_.get(), &target, room, data ? &data : nullptr, n);
  CHECK(got >= 0);
  out.resize(begin + static_cast<size_t>(got));
}

}  // namespace v2t::media
