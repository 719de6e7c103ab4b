// Cuts an audio stream into windows of speech: voice activity, margins, packing, cuts at pauses.
#pragma once

#include <memory>

#include "domain/audio.h"
#include "domain/window.h"
#include "speech/speech_gate.h"
#include "speech/voice_detector.h"
#include "speech/window_packer.h"

namespace v2t::speech {

struct WindowOptions {
  GateOptions gate;
  PackerOptions packer;
};

// `audio` must outlive the source. Audio without speech is in no window; all other audio is in exactly one,
// as it is but for regions that are 10 dB or more below the loudest of their window: these are raised.
// The first window of recordings that say they last for minutes is short where a pause allows it, so that there is text
// to read soon.
// Errors of `audio` end the windows: what was complete before is given first, then the error, again and again.
std::unique_ptr<WindowSource> make_window_source(AudioSource& audio, std::unique_ptr<VoiceDetector> detector,
                                                 const WindowsBegin& begin = {}, const WindowOptions& options = {});

}  // namespace v2t::speech
