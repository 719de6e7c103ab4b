// The parent's side of the fork server.
#include "media/fork_server.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "media/descriptor_message.h"

namespace v2t::media {
namespace {

constexpr int kPatienceMs = 20'000;  // on a machine that has much else to do

// Fresh signals, a process group of its own (Ctrl-C in the terminal is its parent's to handle), no environment.
class SpawnPlan {
 public:
  SpawnPlan() {
    CHECK(::posix_spawn_file_actions_init(&actions_) == 0 && ::posix_spawnattr_init(&attributes_) == 0);
    sigset_t none;
    sigset_t all;
    ::sigemptyset(&none);
    ::sigfillset(&all);
    ::posix_spawnattr_setsigmask(&attributes_, &none);
    ::posix_spawnattr_setsigdefault(&attributes_, &all);
    ::posix_spawnattr_setpgroup(&attributes_, 0);
    ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
  }
  SpawnPlan(const SpawnPlan&) = delete;
  ~SpawnPlan() {
    ::posix_spawn_file_actions_destroy(&actions_);
    ::posix_spawnattr_destroy(&attributes_);
  }

  Result<pid_t> spawn(const std::filesystem::path& program, int socket) {
    ::posix_spawn_file_actions_adddup2(&actions_, socket, STDIN_FILENO);
    ::posix_spawn_file_actions_addopen(&actions_, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    ::posix_spawn_file_actions_adddup2(&actions_, STDOUT_FILENO, STDERR_FILENO);
    ::posix_spawn_file_actions_addclosefrom_np(&actions_, STDERR_FILENO + 1);
    std::string name = "video2text";
    std::string command = "decode-child";
    std::array<char*, 3> arguments{name.data(), command.data(), nullptr};
    std::array<char*, 1> environment{nullptr};
    pid_t pid = 0;
    const int error =
        ::posix_spawn(&pid, program.c_str(), &actions_, &attributes_, arguments.data(), environment.data());
    if (error != 0) return cannot_start(error);
    return pid;
  }

 private:
  posix_spawn_file_actions_t actions_;
  posix_spawnattr_t attributes_;
};

}  // namespace

tl::unexpected<Error> cannot_start(int number) {
  return fail(ErrorCode::kUnavailable, std::string("the decoding process cannot be started (") + std::strerror(number) +
                                           "); close other programs and try again");
}

ForkServer::ForkServer(std::filesystem::path program) : program_(std::move(program)) {
  (void)start();  // fork() tries again, and tells
}

ForkServer::~ForkServer() { end(); }

Result<void> ForkServer::start() {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0) return cannot_start(errno);
  const UniqueFd theirs(ends[1]);
  socket_ = UniqueFd(ends[0]);
  TRY(pid_, SpawnPlan().spawn(program_, theirs.get()));
  return {};
}

void ForkServer::end() {
  socket_ = UniqueFd();
  if (pid_ == 0) return;
  ::kill(pid_, SIGKILL);
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
  pid_ = 0;
}

Result<pid_t> ForkServer::fork(const Request& request, int media, int frames) {
  const std::lock_guard lock(mutex_);
  if (pid_ != 0) {
    if (auto pid = ask(request, media, frames)) return pid;
    end();
  }
  TRY_VOID(start());
  return ask(request, media, frames);
}

Result<pid_t> ForkServer::ask(const Request& request, int media, int frames) {
  if (!send_with_descriptors(socket_.get(), request, {media, frames})) return cannot_start(errno);
  pollfd waiting{.fd = socket_.get(), .events = POLLIN, .revents = 0};
  int ready = 0;
  while ((ready = ::poll(&waiting, 1, kPatienceMs)) < 0 && errno == EINTR) {
  }
  if (ready <= 0) return cannot_start(ETIMEDOUT);
  pid_t pid = 0;
  const ssize_t n = ::recv(socket_.get(), &pid, sizeof(pid), 0);
  if (n != sizeof(pid)) return cannot_start(n < 0 ? errno : ECHILD);
  if (pid < 0) return cannot_start(-pid);
  return pid;
}

}  // namespace v2t::media
