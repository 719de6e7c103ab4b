// The use case at the heart: audio -> windows -> engine -> segments, for the terminal and for jobs alike.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"
#include "domain/job.h"
#include "domain/speech_engine.h"
#include "domain/window.h"

namespace v2t {

// Called from the thread that takes the results. An error ends the taking and is returned by it.
struct TranscriptionSink {
  // Settled: given, or detected on the first windows with speech, or by an earlier attempt. Before the first on_window.
  std::function<Result<void>(const std::string& language)> on_language;
  // One window is done, in order; `covered`: all media before this time is done.
  std::function<Result<void>(const WindowResult& window, Samples covered)> on_window;
};

struct TranscriptionInput {
  WindowSource& windows;
  SpeechEngine& engine;
  DecodeOptions options;  // language: given for all, or empty: detected, among `languages` if there are any
  std::optional<std::string> settled_language = std::nullopt;  // by an earlier attempt
};

// One recording on its way through an engine. One thread opens it and hands its windows over; another takes the
// results.
class Transcription {
 public:
  // Settles the language, which may take the first windows, and opens the engine's session. `input` is copied; what it
  // refers to outlives this: the windows until submit_all() has returned.
  static Result<std::unique_ptr<Transcription>> open(const TranscriptionInput& input, std::stop_token stop);

  // Cuts the audio to its end. However it ends, take_all() ends after what was submitted. Once.
  Result<void> submit_all(std::stop_token stop);
  // Meanwhile, from another thread: gives the sink the language, unless there is no speech, and every result. Once.
  Result<void> take_all(const TranscriptionSink& sink, std::stop_token stop);
  // After submit_all(): the media time that was read.
  Samples heard() const { return heard_; }

 private:
  explicit Transcription(const TranscriptionInput& input) : input_(input) {}
  Result<void> open_session(std::stop_token stop);

  TranscriptionInput input_;
  std::vector<Window> first_windows_;  // in which the language was looked for
  std::string language_;
  std::unique_ptr<EngineSession> session_;  // none where nobody speaks
  Samples heard_{};
};

// All of it, with a second thread meanwhile. Returns the media time that was read. kCancelled when stopped.
Result<Samples> transcribe(const TranscriptionInput& input, const TranscriptionSink& sink, std::stop_token stop);

}  // namespace v2t
