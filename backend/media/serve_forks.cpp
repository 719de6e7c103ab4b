// The fork server's side: one fork for each request.
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

#include "media/descriptor_message.h"
#include "media/fork_server.h"

namespace v2t::media {
namespace {

// A fork whose parent is ours. There is one thread, so the library's own bookkeeping of fork() is not missed.
pid_t fork_for_parent() {
  const long pid = ::syscall(SYS_clone, CLONE_PARENT | SIGCHLD, nullptr, nullptr, nullptr, nullptr);
  return pid < 0 ? -errno : static_cast<pid_t>(pid);
}

[[noreturn]] void become_child(const DescriptorMessage& message, int socket,
                               const std::function<int(const Request&)>& answer) {
  ::close(socket);
  // Received above all numbers in use, so that putting one in place does not overwrite the other.
  const UniqueFd media(::fcntl(message.descriptors[0].get(), F_DUPFD_CLOEXEC, 16));
  const UniqueFd frames(::fcntl(message.descriptors[1].get(), F_DUPFD_CLOEXEC, 16));
  if (::dup2(media.get(), kMediaFd) < 0 || ::dup2(frames.get(), kFramesFd) < 0) ::_exit(1);
  ::close_range(kFramesFd + 1, ~0U, 0);
  ::_exit(answer(message.request));
}

}  // namespace

void serve_forks(int socket, const std::function<int(const Request&)>& answer) {
  while (const auto message = receive_with_descriptors(socket)) {
    const pid_t pid = fork_for_parent();
    if (pid == 0) become_child(*message, socket, answer);
    if (::send(socket, &pid, sizeof(pid), MSG_NOSIGNAL) != sizeof(pid)) return;
  }
}

}  // namespace v2t::media
