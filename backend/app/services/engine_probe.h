// Whether a loaded engine answers: it hears a second of silence.
#pragma once

#include <stop_token>

#include "base/result.h"
#include "domain/speech_engine.h"

namespace v2t {

// Blocks until the window's result is there; what the engine hears in silence does not matter.
Result<void> probe_engine(SpeechEngine& engine, std::stop_token stop);

}  // namespace v2t
