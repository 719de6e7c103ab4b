// Takes SIGINT and SIGTERM in a thread of its own.
#include "app/cli/interrupt.h"

#include <signal.h>
#include <unistd.h>

#include "app/cli/arguments.h"

namespace v2t::cli {
namespace {

sigset_t stop_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  return signals;
}

}  // namespace

Interrupt::Interrupt() {
  const sigset_t signals = stop_signals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  watcher_ = std::jthread([this](std::stop_token own_stop) { watch(own_stop); });
}

Interrupt::~Interrupt() {
  watcher_.request_stop();
  pthread_kill(watcher_.native_handle(), SIGTERM);  // to that thread alone, which waits for it
}

void Interrupt::watch(std::stop_token own_stop) {
  const sigset_t signals = stop_signals();
  for (;;) {
    int signal = 0;
    sigwait(&signals, &signal);
    if (own_stop.stop_requested()) return;
    if (stop_.stop_requested()) _exit(kExitInterrupted);
    stop_.request_stop();
  }
}

}  // namespace v2t::cli
