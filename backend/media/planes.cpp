// Sample formats and channel layouts of libav.
#include "media/planes.h"

#include <cstdint>
#include <cstring>
#include <limits>
#include <type_traits>

namespace v2t::media {
namespace {

template <class Sample>
float to_float(Sample value) {
  if constexpr (std::is_floating_point_v<Sample>) return static_cast<float>(value);
  if constexpr (std::is_same_v<Sample, uint8_t>) return static_cast<float>(value - 128) / 128.0f;
  return static_cast<float>(static_cast<double>(value) / -static_cast<double>(std::numeric_limits<Sample>::min()));
}

template <class Sample>
void convert(const AVFrame& frame, bool is_planar, Planes& planes) {
  const size_t n_channels = planes.size();
  const auto n_samples = static_cast<size_t>(frame.nb_samples);
  for (size_t c = 0; c < n_channels; ++c) {
    const uint8_t* data = frame.extended_data[is_planar ? c : 0];
    const size_t stride = is_planar ? 1 : n_channels;
    const size_t first = is_planar ? 0 : c;
    planes[c].resize(n_samples);
    for (size_t i = 0; i < n_samples; ++i) {
      Sample value;
      std::memcpy(&value, data + (first + i * stride) * sizeof(Sample), sizeof(Sample));
      planes[c][i] = to_float(value);
    }
  }
}

float speech_weight(AVChannel channel) {
  switch (channel) {
    case AV_CHAN_FRONT_CENTER:
      return 1.0f;
    case AV_CHAN_FRONT_LEFT:
    case AV_CHAN_FRONT_RIGHT:
      return 0.5f;
    case AV_CHAN_LOW_FREQUENCY:
    case AV_CHAN_LOW_FREQUENCY_2:
      return 0.0f;
    default:
      return 0.25f;
  }
}

}  // namespace

bool to_planes(const AVFrame& frame, Planes& planes) {
  planes.resize(static_cast<size_t>(frame.ch_layout.nb_channels));
  const auto format = static_cast<AVSampleFormat>(frame.format);
  const bool is_planar = av_sample_fmt_is_planar(format) != 0;
  switch (av_get_packed_sample_fmt(format)) {
    case AV_SAMPLE_FMT_U8:
      return convert<uint8_t>(frame, is_planar, planes), true;
    case AV_SAMPLE_FMT_S16:
      return convert<int16_t>(frame, is_planar, planes), true;
    case AV_SAMPLE_FMT_S32:
      return convert<int32_t>(frame, is_planar, planes), true;
    case AV_SAMPLE_FMT_S64:
      return convert<int64_t>(frame, is_planar, planes), true;
    case AV_SAMPLE_FMT_FLT:
      return convert<float>(frame, is_planar, planes), true;
    case AV_SAMPLE_FMT_DBL:
      return convert<double>(frame, is_planar, planes), true;
    default:
      return false;
  }
}

std::vector<float> speech_weights(const AVChannelLayout& layout) {
  const auto n_channels = static_cast<unsigned>(layout.nb_channels);
  std::vector<float> weights(n_channels, 1.0f);
  if (layout.order == AV_CHANNEL_ORDER_AMBISONIC) {  // the first channel is the sound from all around
    std::fill(weights.begin() + 1, weights.end(), 0.0f);
    return weights;
  }
  if (av_channel_layout_index_from_channel(&layout, AV_CHAN_FRONT_CENTER) < 0) {
    const int bass = av_channel_layout_index_from_channel(&layout, AV_CHAN_LOW_FREQUENCY);
    if (bass >= 0) weights[static_cast<size_t>(bass)] = 0.0f;
    return weights;
  }
  for (unsigned i = 0; i < n_channels; ++i)
    weights[i] = speech_weight(av_channel_layout_channel_from_index(&layout, i));
  return weights;
}

}  // namespace v2t::media
