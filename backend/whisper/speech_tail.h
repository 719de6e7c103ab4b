// How much of a stretch of audio sounds like the speech before it: to notice words that the decoder left out at the
// end.
#pragma once

#include <span>

#include "domain/audio.h"

namespace v2t::whisper {

// The time after `heard` in frames about as loud as the speech before it: not 20 dB weaker than its loud frames, and
// well above the quietest ones. 0 where nothing was heard.
Samples speech_after(std::span<const float> samples, Samples heard);

}  // namespace v2t::whisper
