// The seam to the recogniser: one loaded model that hears windows of many jobs at once.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"
#include "domain/transcript.h"
#include "domain/window.h"

namespace v2t {

struct LanguageGuess {
  std::string language;  // ISO 639-1 code as Whisper names it: "en", "ru", "yue"
  float probability = 0;
};

inline constexpr int kMaxBeams = 10;

// Defaults are those of openai/whisper's transcribe().
struct DecodeOptions {
  std::string language;  // must be known when a session is opened: see detect_language
  // A window in which clearly another of these is spoken is decoded in that one, and cut where the language changes.
  // Empty: everything is decoded in `language`.
  std::vector<std::string> languages;
  Task task = Task::kTranscribe;
  std::string initial_prompt;  // said to the decoder before every window; may be empty
  std::vector<float> temperatures{0.0F, 0.2F, 0.4F, 0.6F, 0.8F, 1.0F};  // tried in order until a result is good
  float compression_ratio_threshold = 2.4F;                             // above: repetition, next temperature
  float log_prob_threshold = -1.0F;                                     // average below: next temperature
  float no_speech_threshold = 0.6F;  // with a low log-probability: the window holds no speech
  bool word_timestamps = true;
  std::vector<std::string> hotwords;  // terms to expect in every window
  std::optional<int> beam_size;       // 1 to kMaxBeams; 1 is greedy; absent: greedy first, beams where that is unsure
  int best_of = 1;                    // at temperatures above 0: samples of which the most probable is taken
  float patience = 1;                 // beam search ends once this many times the beams have ended (Kasai et al. 2022)
  std::optional<float> length_penalty;  // Wu et al. 2016, section 7, alpha; absent: the mean over the tokens
  std::string turn;           // sessions with the same text share their turns on the engine; empty: a turn of its own
  bool token_scores = false;  // fill Segment::token_scores
};

struct WindowResult {
  uint64_t window = 0;
  std::vector<Segment> segments;  // media time; empty when nothing was said
  Samples media_end{};            // Window::media_end
  Coverage coverage = {};         // zeros where the window does not say where speech is
};

// The windows of one job. submit() and next() may be called from two threads, each from one.
class EngineSession {
 public:
  virtual ~EngineSession() = default;  // forgets windows that are still in flight
  // Takes the window; waits while the session has as many in flight as the engine wants. kCancelled when stopped.
  virtual Result<void> submit(Window window, std::stop_token stop) = 0;
  // No window will follow.
  virtual void finish() = 0;
  // Results in the order of submission; nullopt after finish() and the last one.
  virtual Result<std::optional<WindowResult>> next(std::stop_token stop) = 0;
};

// Thread-safe. Results depend on the window and the options alone: not on what else is in the batch, the number
// of threads, or the run (bit for bit on one machine). Turns share the engine
// alike, and so do the sessions of one: a short session is soon done, however long the others are.
class SpeechEngine {
 public:
  virtual ~SpeechEngine() = default;
  virtual std::string model_name() const = 0;
  virtual bool is_multilingual() const = 0;
  // Codes that DecodeOptions::language takes.
  virtual std::vector<std::string> languages() const = 0;
  // Most probable first, summing to 1. `samples`: speech, at most 30 s.
  virtual Result<std::vector<LanguageGuess>> detect_language(std::span<const float> samples, std::stop_token stop) = 0;
  // kInvalidArgument for a language or a task that the model does not have.
  virtual Result<std::unique_ptr<EngineSession>> open_session(DecodeOptions options) = 0;
};

}  // namespace v2t
