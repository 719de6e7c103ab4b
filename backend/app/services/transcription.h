// The use case at the heart: audio -> windows -> engine -> segments, for the terminal and for jobs alike.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>

#include "base/result.h"
#include "domain/job.h"
#include "domain/speech_engine.h"
#include "domain/window.h"

namespace v2t {

// Called from the thread that runs transcribe(). An error ends the transcription and is returned by it.
struct TranscriptionSink {
  // Settled: given, or detected on the first windows with speech, or by an earlier attempt. Before the first on_window.
  std::function<Result<void>(const std::string& language)> on_language;
  // One window is done, in order; `covered`: all media before this time is done.
  std::function<Result<void>(const WindowResult& window, Samples covered)> on_window;
};

struct TranscriptionInput {
  AudioSource& audio;
  WindowSource& windows;  // cuts `audio`
  SpeechEngine& engine;
  DecodeOptions options;      // language: given for all, or empty: detected, among `languages` if there are any
  uint64_t first_window = 0;  // windows before this one are saved already and are not decoded again
  std::optional<std::string> settled_language = std::nullopt;  // by an earlier attempt
};

// Returns the media time that was read. kCancelled when stopped.
Result<Samples> transcribe(const TranscriptionInput& input, const TranscriptionSink& sink, std::stop_token stop);

}  // namespace v2t
