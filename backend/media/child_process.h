// The decoding child as its parent sees it: started, read with a deadline, always reaped.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <memory>
#include <span>
#include <stop_token>

#include "base/file.h"
#include "media/fork_server.h"
#include "media/frames.h"

namespace v2t::media {

class ChildProcess {
 public:
  // With no environment and no descriptors but those of frames.h.
  static Result<std::unique_ptr<ChildProcess>> start(ForkServer& server, const UniqueFd& media, const Request& request);
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;
  ~ChildProcess();  // kills and reaps

  // Fills `out`. kCancelled when stopped; kDecoderFailed when the child is gone, or gave nothing for `stall_limit`.
  Result<void> read_exactly(std::span<std::byte> out, std::chrono::milliseconds stall_limit,
                            const std::stop_token& stop);

  // The processor time that the child may have taken, from its start on.
  void allow_cpu(std::chrono::seconds total);

 private:
  ChildProcess(pid_t pid, UniqueFd frames) : pid_(pid), frames_(std::move(frames)) {}
  Result<void> wait_for_data(std::chrono::steady_clock::time_point deadline, const std::stop_token& stop);
  tl::unexpected<Error> why_it_ended();
  int reap();

  pid_t pid_;  // 0 once reaped
  UniqueFd frames_;
  std::chrono::seconds cpu_{0};
};

}  // namespace v2t::media
