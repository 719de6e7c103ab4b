// Media, windows, models and an engine that do as they are told, deterministically.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>

#include "domain/audio.h"
#include "domain/model_library.h"
#include "domain/speech_engine.h"
#include "domain/window.h"

namespace v2t::testing {

// Holds threads that pass until it is opened.
class Gate {
 public:
  // Returns when open or stopped.
  void pass(std::stop_token stop);
  void open();
  // Returns once somebody waits at the gate.
  void wait_for_visitor();

 private:
  std::mutex mutex_;
  std::condition_variable_any changed_;
  bool is_open_ = false;
  bool has_visitor_ = false;
};

// Of every window of a FakeEngine.
inline constexpr Coverage kFakeCoverage{Samples(300), Samples(200), Samples(50)};

// A file with the text "90" is 90 s of audio; any other text is kNotMedia. A stated duration and no warnings.
class FakeMediaReader final : public MediaReader {
 public:
  Result<MediaInfo> probe(UniqueFd file, const AudioOptions& options, std::stop_token stop) override;
  Result<std::unique_ptr<AudioSource>> open_audio(UniqueFd file, const AudioOptions& options,
                                                  std::stop_token stop) override;
  int n_open() const { return *n_open_; }  // sources of audio

 private:
  std::shared_ptr<std::atomic<int>> n_open_ = std::make_shared<std::atomic<int>>(0);
};

// Windows of 30 s, whose samples are their number.
std::unique_ptr<WindowSource> make_fake_windows(AudioSource& audio, const WindowsBegin& begin);

// What the fake engine says to a window: "window 3 in ru".
Segment fake_segment(uint64_t window, const std::string& language);

// Holds back windows of sessions at gates, by number; thread-safe.
class FakeEngine final : public SpeechEngine {
 public:
  struct Script {
    std::map<uint64_t, Gate*> gates;         // before the result of the window, in every session
    std::map<uint64_t, Error> errors;        // instead of the result of the window
    bool throws = false;                     // open_session() throws
    std::atomic<int> n_detections = 0;       // counted
    std::atomic<int> n_decoded_windows = 0;  // counted
  };
  explicit FakeEngine(Script& script) : script_(script) {}

  std::string model_name() const override { return "base"; }
  bool is_multilingual() const override { return true; }
  std::vector<std::string> languages() const override { return {"en", "ru"}; }
  Result<std::vector<LanguageGuess>> detect_language(std::span<const float> samples, std::stop_token stop) override;
  Result<std::unique_ptr<EngineSession>> open_session(DecodeOptions options) override;

 private:
  Script& script_;
};

// Knows "base" and "small"; everything else is kNotFound.
class FakeModelLibrary final : public ModelLibrary {
 public:
  Result<ModelFiles> get(const std::string& name, const ModelProgressCallback& progress, std::stop_token stop) override;
  Result<ModelFiles> verify(const std::string& name, const ModelProgressCallback& progress,
                            std::stop_token stop) override {
    return get(name, progress, stop);
  }
  Result<std::vector<ModelEntry>> list() override { return std::vector<ModelEntry>(); }

  void fail_next(int times) { n_failures_ = times; }  // with kModelUnavailable
  int n_calls() const { return n_calls_; }

 private:
  std::atomic<int> n_failures_ = 0;
  std::atomic<int> n_calls_ = 0;
};

}  // namespace v2t::testing
