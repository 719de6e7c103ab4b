// What the terminal shows of one file while it is recognised: its text, and how far it is.
#pragma once

#include <chrono>
#include <optional>

#include "app/cli/progress.h"
#include "domain/speech_engine.h"

namespace v2t::cli {

struct LiveTextOptions {
  bool shows_text = true;
  bool shows_progress = true;
  std::optional<Samples> total;                 // of the file
  std::chrono::steady_clock::time_point begin;  // of the work on it
};

// Used by one thread.
class LiveText {
 public:
  explicit LiveText(const LiveTextOptions& options) : options_(options), status_(options.shows_progress) {}

  // `covered`: all of the file before this time is done.
  void show(const WindowResult& window, Samples covered);

 private:
  LiveTextOptions options_;
  StatusLine status_;
};

// "12:35 of audio in 5.1 s: 148 times real time", on standard error.
void print_speed(Samples audio, std::chrono::steady_clock::time_point begin);

}  // namespace v2t::cli
