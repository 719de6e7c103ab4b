// The progress line of the terminal: audio done, speed, time left.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "domain/audio.h"

namespace v2t::cli {

// "1:02:07", "4:31"
std::string clock_text(Millis time);
// "00:04:31.250": for live text
std::string stamp_text(Millis time);

struct ProgressState {
  Millis done{};
  std::optional<Millis> total;
  std::chrono::duration<double> elapsed{};
};
// "[#######-------] 4:31 of 12:35   118x   4 s left"; without a total: "4:31   118x". At most `columns` wide.
std::string progress_line(const ProgressState& state, int columns);
// "[#####---------] 72 of 145 MB": for downloads
std::string download_line(uint64_t done, uint64_t total, int columns);

// One line on standard error that is written over, when that is a terminal; nothing otherwise. Used by one thread at a
// time.
class StatusLine {
 public:
  explicit StatusLine(bool is_wanted);
  ~StatusLine();
  StatusLine(const StatusLine&) = delete;
  StatusLine& operator=(const StatusLine&) = delete;
  void show(const std::string& text);
  void clear();  // before anything else is written to the terminal
  int columns() const;

 private:
  bool is_active_;
  bool is_shown_ = false;
};

}  // namespace v2t::cli
