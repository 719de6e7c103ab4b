// The files of one command on their way through the engine.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <vector>

#include "app/services/transcription.h"
#include "base/result.h"
#include "domain/audio.h"
#include "domain/speech_engine.h"
#include "domain/window.h"

namespace v2t::cli {

// One file: one thread opens it and feeds the engine, another takes the results.
class Recording {
 public:
  struct Media {
    Result<std::unique_ptr<AudioSource>> audio;
    Result<std::unique_ptr<WindowSource>> windows;  // where there is audio
  };
  // For the feeding thread. Errors are told by take_all().
  void open(Media media, const Result<SpeechEngine*>& engine, const DecodeOptions& options, std::stop_token stop);
  void submit_all(std::stop_token stop);

  // For the other thread, once it is open. The time in which the engine could work on it began then.
  Result<Samples> take_all(const TranscriptionSink& sink, std::stop_token stop);
  std::optional<Samples> duration() const { return audio_ ? audio_->duration() : std::nullopt; }
  std::chrono::steady_clock::time_point begin() const { return begin_; }
  // After take_all().
  std::vector<Warning> warnings() const { return audio_ ? audio_->warnings() : std::vector<Warning>(); }

 private:
  Result<void> open_all(Media media, const Result<SpeechEngine*>& engine, const DecodeOptions& options,
                        std::stop_token stop);

  Result<void> opened_;
  std::unique_ptr<AudioSource> audio_;
  std::unique_ptr<WindowSource> windows_;  // until all are submitted
  std::unique_ptr<Transcription> transcription_;
  std::chrono::steady_clock::time_point begin_;
  std::stop_source submitting_;
  std::promise<Result<void>> submitted_;
};

// Cuts one file after the other, the next one being opened and its first speech looked for meanwhile, so that the
// engine's batch is full however short they are; gives them out in order. Few are opened before the first is done, so
// that there is something to read soon. Files of minutes fill the batch by themselves: then no more than two are open.
class Recordings {
 public:
  struct Parts {
    // Called ahead, from another thread. May wait, as all of these.
    std::function<Result<std::unique_ptr<AudioSource>>(const std::string& file, std::stop_token)> open_audio;
    // Without windows or an engine for its audio no file goes on.
    std::function<Result<std::unique_ptr<WindowSource>>(AudioSource&)> make_windows;
    std::function<Result<SpeechEngine*>()> engine;
    DecodeOptions options;
  };
  Recordings(Parts parts, std::vector<std::string> files, std::stop_token stop);
  ~Recordings();  // stops

  // The next file, as soon as it is open or has failed; null after the last, or after one without an engine.
  std::shared_ptr<Recording> next();

 private:
  void feed(std::stop_token stop);
  Recording::Media open(const std::string& file, std::stop_token stop) const;
  std::future<Recording::Media> open_ahead(size_t index, std::stop_token stop) const;
  void put(std::shared_ptr<Recording> recording, std::stop_token stop);
  bool has_room() const;

  const Parts parts_;
  const std::vector<std::string> files_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<std::shared_ptr<Recording>> line_;  // guarded by mutex_
  size_t n_taken_ = 0;                           // guarded by mutex_
  bool is_over_ = false;                         // guarded by mutex_
  std::stop_source stop_;
  std::stop_callback<std::function<void()>> pass_on_;
  std::future<void> feeding_;  // last: it uses all of the above
};

}  // namespace v2t::cli
