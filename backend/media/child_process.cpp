// Starts, reads and ends the decoding child.
#include "media/child_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
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

struct Pipe {
  UniqueFd read_end;
  UniqueFd write_end;
};

Result<Pipe> make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return cannot_start(errno);
  return Pipe{UniqueFd(ends[0]), UniqueFd(ends[1])};
}

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

Result<std::unique_ptr<ChildProcess>> ChildProcess::start(ForkServer& server, const UniqueFd& media,
                                                          const Request& request) {
  TRY(Pipe frames, make_pipe());
  (void)::fcntl(frames.read_end.get(), F_SETPIPE_SZ, kPipeBytes);  // a smaller pipe is slower, not wrong
  if (::fcntl(frames.read_end.get(), F_SETFL, O_NONBLOCK) != 0) return cannot_start(errno);
  TRY(const pid_t pid, server.fork(request, media.get(), frames.write_end.get()));
  return std::unique_ptr<ChildProcess>(new ChildProcess(pid, std::move(frames.read_end)));
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
