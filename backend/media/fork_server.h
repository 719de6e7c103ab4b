// Where decoding children come from: a process that has loaded the decoders once and forks itself for each file, which
// takes a millisecond; executing and linking this program anew takes forty.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <functional>
#include <mutex>

#include "base/file.h"
#include "media/frames.h"

namespace v2t::media {

// The fork server is single-threaded, touches no media and has no environment and no descriptors but a socket to its
// parent. Its forks become children of this process (CLONE_PARENT), to be waited for and killed like any other.
// Thread-safe.
class ForkServer {
 public:
  // Executes `PROGRAM decode-child`, which must call serve_forks() with descriptor 0. What keeps it from starting is
  // told by fork(). Children die with the thread that constructs this.
  explicit ForkServer(std::filesystem::path program);
  ForkServer(const ForkServer&) = delete;
  ForkServer& operator=(const ForkServer&) = delete;
  ~ForkServer();  // ends the server, not its forks

  // A child with these two descriptors as its kMediaFd and kFramesFd. A server that is gone is started again, once.
  // kUnavailable.
  Result<pid_t> fork(const Request& request, int media, int frames);

 private:
  Result<void> start();
  Result<pid_t> ask(const Request& request, int media, int frames);
  void end();

  const std::filesystem::path program_;
  std::mutex mutex_;  // guards what follows
  UniqueFd socket_;
  pid_t pid_ = 0;  // 0: not running
};

// kUnavailable: what failed, as errno says it.
tl::unexpected<Error> cannot_start(int number);

// The server's side: until the parent closes the socket. In each fork `answer` runs and gives its exit status.
void serve_forks(int socket, const std::function<int(const Request&)>& answer);

}  // namespace v2t::media
