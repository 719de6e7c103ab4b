// Ctrl-C and SIGTERM as a stop token.
#pragma once

#include <stop_token>
#include <thread>

namespace v2t::cli {

// Make it first in main, before any other thread starts: it blocks SIGINT and SIGTERM in this thread and all that it
// will start, and takes them in a thread of its own. The first signal requests the stop; the second ends the process at
// once.
class Interrupt {
 public:
  Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;
  ~Interrupt();

  std::stop_token token() const { return stop_.get_token(); }

 private:
  void watch(std::stop_token own_stop);

  std::stop_source stop_;
  std::jthread watcher_;
};

}  // namespace v2t::cli
