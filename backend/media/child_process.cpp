// Starts, reads and ends the decoding child.
#include "media/child_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace v2t::media {
namespace {

constexpr int kPipeBytes = 1 << 20;  // 16 s of sound: the child works ahead while its parent computes
constexpr std::chrono::milliseconds kPollStep{50};

tl::unexpected<Error> cannot_start(int number) {
  return fail(ErrorCode::kUnavailable, std::string("the decoding process cannot be started (") + std::strerror(number) +
                                           "); close other programs and try again");
}

struct Pipe {
  UniqueFd read_end;
  UniqueFd write_end;
};

// Above all the numbers that the child uses, so that none is overwritten while they are put in place.
UniqueFd lifted(UniqueFd fd) { return UniqueFd(::fcntl(fd.get(), F_DUPFD_CLOEXEC, 16)); }

Result<Pipe> make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return cannot_start(errno);
  Pipe pipe{UniqueFd(ends[0]), UniqueFd(ends[1])};
  pipe = {lifted(std::move(pipe.read_end)), lifted(std::move(pipe.write_end))};
  if (!pipe.read_end.valid() || !pipe.write_end.valid()) return cannot_start(errno);
  return pipe;
}

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
    // A process group of its own: Ctrl-C in the terminal is its parent's to handle.
    ::posix_spawnattr_setpgroup(&attributes_, 0);
    ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
  }
  SpawnPlan(const SpawnPlan&) = delete;
  ~SpawnPlan() {
    ::posix_spawn_file_actions_destroy(&actions_);
    ::posix_spawnattr_destroy(&attributes_);
  }

  Result<pid_t> spawn(const std::filesystem::path& program, int request, int media, int frames) {
    ::posix_spawn_file_actions_adddup2(&actions_, request, kRequestFd);
    ::posix_spawn_file_actions_addopen(&actions_, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    ::posix_spawn_file_actions_adddup2(&actions_, STDOUT_FILENO, STDERR_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions_, media, kMediaFd);
    ::posix_spawn_file_actions_adddup2(&actions_, frames, kFramesFd);
    ::posix_spawn_file_actions_addclosefrom_np(&actions_, kFramesFd + 1);
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

// Whether it ends without our help, soon: a dying process closes its files a moment before it is dead.
bool ends_by_itself(pid_t pid) {
  constexpr int kTries = 100;
  for (int i = 0; i < kTries; ++i) {
    siginfo_t info{};
    if (::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOHANG | WNOWAIT) != 0) return false;
    if (info.si_pid == pid) return true;
    ::poll(nullptr, 0, 5);
  }
  return false;
}

}  // namespace

Result<std::unique_ptr<ChildProcess>> ChildProcess::start(const std::filesystem::path& program, UniqueFd media,
                                                          const Request& request) {
  TRY(Pipe request_pipe, make_pipe());
  TRY(Pipe frames_pipe, make_pipe());
  const UniqueFd lifted_media = lifted(std::move(media));
  if (!lifted_media.valid()) return cannot_start(errno);
  // A request fits into an empty pipe, so this never waits.
  if (::write(request_pipe.write_end.get(), &request, sizeof(request)) != sizeof(request)) return cannot_start(errno);
  (void)::fcntl(frames_pipe.read_end.get(), F_SETPIPE_SZ, kPipeBytes);  // a smaller pipe is slower, not wrong
  if (::fcntl(frames_pipe.read_end.get(), F_SETFL, O_NONBLOCK) != 0) return cannot_start(errno);
  TRY(const pid_t pid,
      SpawnPlan().spawn(program, request_pipe.read_end.get(), lifted_media.get(), frames_pipe.write_end.get()));
  return std::unique_ptr<ChildProcess>(new ChildProcess(pid, std::move(frames_pipe.read_end)));
}

ChildProcess::~ChildProcess() {
  if (pid_ == 0) return;
  ::kill(pid_, SIGKILL);
  reap();
}

int ChildProcess::reap() {
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = 0;
  return status;
}

Result<void> ChildProcess::read_exactly(std::span<std::byte> out, std::chrono::milliseconds stall_limit,
                                        const std::stop_token& stop) {
  auto deadline = std::chrono::steady_clock::now() + stall_limit;
  while (!out.empty()) {
    if (stop.stop_requested()) return fail(ErrorCode::kCancelled, "stopped");
    const ssize_t n = ::read(frames_.get(), out.data(), out.size());
    if (n > 0) {
      out = out.subspan(static_cast<size_t>(n));
      deadline = std::chrono::steady_clock::now() + stall_limit;
    } else if (n == 0) {
      return why_it_ended();
    } else if (errno == EAGAIN) {
      TRY_VOID(wait_for_data(deadline, stop));
    } else if (errno != EINTR) {
      return fail(ErrorCode::kDecoderFailed, std::string("reading from the decoding process: ") + std::strerror(errno));
    }
  }
  return {};
}

Result<void> ChildProcess::wait_for_data(std::chrono::steady_clock::time_point deadline, const std::stop_token& stop) {
  pollfd waiting{.fd = frames_.get(), .events = POLLIN, .revents = 0};
  while (!stop.stop_requested()) {
    if (std::chrono::steady_clock::now() >= deadline)
      return fail(ErrorCode::kDecoderFailed,
                  "the decoding process stands still; convert the file to another format and try again");
    if (::poll(&waiting, 1, static_cast<int>(kPollStep.count())) > 0) return {};
  }
  return fail(ErrorCode::kCancelled, "stopped");
}

tl::unexpected<Error> ChildProcess::why_it_ended() {
  const bool is_over = ends_by_itself(pid_);
  ::kill(pid_, SIGKILL);  // it has closed its end, so it has nothing more to say
  const int status = reap();
  const std::string remedy = "; convert the file to another format and try again";
  if (WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU)
    return fail(ErrorCode::kDecoderFailed, "decoding took far more processor time than its length allows" + remedy);
  if (is_over && WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
    return fail(ErrorCode::kUnavailable, "the decoding process was killed, perhaps for want of memory; try again");
  if (WIFSIGNALED(status))
    return fail(ErrorCode::kDecoderFailed,
                "the decoding process crashed (signal " + std::to_string(WTERMSIG(status)) + ")" + remedy);
  return fail(ErrorCode::kDecoderFailed, "the decoding process ended early" + remedy);
}

void ChildProcess::allow_cpu(std::chrono::seconds total) {
  if (pid_ == 0 || total <= cpu_) return;
  cpu_ = total;
  rlimit current{};
  if (::prlimit(pid_, RLIMIT_CPU, nullptr, &current) != 0) return;  // ended meanwhile
  current.rlim_cur = std::min<rlim_t>(current.rlim_max, static_cast<rlim_t>(total.count()));
  (void)::prlimit(pid_, RLIMIT_CPU, &current, nullptr);
}

}  // namespace v2t::media
