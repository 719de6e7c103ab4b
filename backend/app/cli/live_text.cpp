// The live view of one file.
#include "app/cli/live_text.h"

#include <cstdio>

namespace v2t::cli {

using Clock = std::chrono::steady_clock;

void LiveText::show(const WindowResult& window, Samples covered) {
  if (options_.shows_text && !window.segments.empty()) {
    status_.clear();
    for (const auto& segment : window.segments)
      std::printf("[%s --> %s] %s\n", stamp_text(segment.start).c_str(), stamp_text(segment.end).c_str(),
                  segment.text.c_str());
    std::fflush(stdout);
  }
  ProgressState state{to_millis(covered), std::nullopt, Clock::now() - options_.begin};
  if (options_.total) state.total = to_millis(*options_.total);
  status_.show(progress_line(state, status_.columns()));
}

void print_speed(Samples audio, Clock::time_point begin) {
  const std::chrono::duration<double> elapsed = Clock::now() - begin;
  const double seconds = static_cast<double>(audio.count()) / kSampleRateHz;
  std::fprintf(stderr, "%s of audio in %.1f s: %.0f times real time\n", clock_text(to_millis(audio)).c_str(),
               elapsed.count(), elapsed.count() > 0 ? seconds / elapsed.count() : 0);
}

}  // namespace v2t::cli
