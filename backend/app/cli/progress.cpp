// The progress line of the terminal.
#include "app/cli/progress.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>

#include "base/text.h"

namespace v2t::cli {
namespace {

constexpr int kWidestBar = 30;

std::string bar(double share, int columns) {
  const int width = std::clamp(columns - 40, 0, kWidestBar);
  if (width < 5) return {};
  const int full = std::clamp(static_cast<int>(share * width), 0, width);
  return "[" + std::string(static_cast<size_t>(full), '#') + std::string(static_cast<size_t>(width - full), '-') + "] ";
}

std::string duration_text(double seconds) {
  if (seconds < 90) return std::to_string(static_cast<int>(seconds + 0.5)) + " s";
  return clock_text(Millis(static_cast<int64_t>(seconds * 1000)));
}

void write_error(const std::string& text) {
  [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, text.data(), text.size());
}

}  // namespace

std::string clock_text(Millis time) {
  const int64_t seconds = time.count() / 1000;
  std::array<char, 48> text{};
  if (seconds >= 3600)
    std::snprintf(text.data(), text.size(), "%lld:%02lld:%02lld", static_cast<long long>(seconds / 3600),
                  static_cast<long long>(seconds / 60 % 60), static_cast<long long>(seconds % 60));
  else
    std::snprintf(text.data(), text.size(), "%lld:%02lld", static_cast<long long>(seconds / 60),
                  static_cast<long long>(seconds % 60));
  return text.data();
}

std::string stamp_text(Millis time) {
  const auto millis = static_cast<long long>(time.count());
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%02lld:%02lld:%02lld.%03lld", millis / 3600000, millis / 60000 % 60,
                millis / 1000 % 60, millis % 1000);
  return text.data();
}

std::string progress_line(const ProgressState& state, int columns) {
  const double elapsed = state.elapsed.count();
  const double speed = elapsed > 0 ? static_cast<double>(state.done.count()) / 1000 / elapsed : 0;
  std::string line;
  if (state.total && state.total->count() > 0)
    line = bar(static_cast<double>(state.done.count()) / static_cast<double>(state.total->count()), columns) +
           clock_text(std::min(state.done, *state.total)) + " of " + clock_text(*state.total);
  else
    line = clock_text(state.done);
  if (speed <= 0) return line;
  line += "   " + std::to_string(static_cast<int>(speed + 0.5)) + "x";
  if (state.total && *state.total > state.done)
    line += "   " + duration_text(static_cast<double>((*state.total - state.done).count()) / 1000 / speed) + " left";
  return line;
}

std::string download_line(uint64_t done, uint64_t total, int columns) {
  if (total == 0) return human_bytes(done);
  return bar(static_cast<double>(done) / static_cast<double>(total), columns) + human_bytes(done) + " of " +
         human_bytes(total);
}

StatusLine::StatusLine(bool is_wanted) : is_active_(is_wanted && ::isatty(STDERR_FILENO) == 1) {}

StatusLine::~StatusLine() { clear(); }

int StatusLine::columns() const {
  winsize size{};
  return ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

void StatusLine::show(const std::string& text) {
  if (!is_active_) return;
  write_error("\r" + text + "\x1b[K");
  is_shown_ = true;
}

void StatusLine::clear() {
  if (!is_shown_) return;
  write_error("\r\x1b[K");
  is_shown_ = false;
}

}  // namespace v2t::cli
