// Decoded audio in any of libav's sample formats as one row of floats per channel.
#pragma once

#include <vector>

#include "media/libav.h"

namespace v2t::media {

using Planes = std::vector<std::vector<float>>;  // [channel][sample]

// False for a sample format that libav did not have when this was written.
bool to_planes(const AVFrame& frame, Planes& planes);

// How much each channel is trusted to hold speech: dialogue of films is in the centre, thunder in the low-frequency
// channel.
std::vector<float> speech_weights(const AVChannelLayout& layout);

}  // namespace v2t::media
