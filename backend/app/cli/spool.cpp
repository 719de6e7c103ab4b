// Standard input as a seekable file.
#include "app/cli/spool.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <string>

namespace v2t::cli {
namespace {

constexpr int kLookAroundMs = 100;

Result<UniqueFd> nameless_file() {
  const auto folder = std::filesystem::temp_directory_path();
  std::string name = (folder / "video2text-XXXXXX").string();
  UniqueFd file(::mkostemp(name.data(), O_CLOEXEC));
  if (!file.valid()) return tl::unexpected(errno_error("create a file in", folder));
  ::unlink(name.c_str());
  return file;
}

Result<void> wait_for_bytes(int source, const std::stop_token& stop) {
  pollfd waiting{source, POLLIN, 0};
  while (!stop.stop_requested())
    if (::poll(&waiting, 1, kLookAroundMs) != 0) return {};  // read() tells of errors
  return fail(ErrorCode::kCancelled, "stopped while reading standard input");
}

Result<void> copy(int source, int target, const std::stop_token& stop) {
  std::string chunk(size_t{256} * 1024, '\0');
  for (;;) {
    TRY_VOID(wait_for_bytes(source, stop));
    const ssize_t n = ::read(source, chunk.data(), chunk.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return tl::unexpected(errno_error("read", "standard input"));
    if (n == 0) return {};
    for (ssize_t done = 0; done < n;) {
      const ssize_t m = ::write(target, chunk.data() + done, static_cast<size_t>(n - done));
      if (m < 0 && errno == EINTR) continue;
      if (m < 0) return tl::unexpected(errno_error("copy standard input to", std::filesystem::temp_directory_path()));
      done += m;
    }
  }
}

}  // namespace

Result<UniqueFd> spool_to_file(int source, std::stop_token stop) {
  struct stat info{};
  if (::fstat(source, &info) == 0 && S_ISREG(info.st_mode) && ::lseek(source, 0, SEEK_CUR) == 0) {
    UniqueFd same(::fcntl(source, F_DUPFD_CLOEXEC, 3));
    if (same.valid()) return same;
  }
  TRY(UniqueFd file, nameless_file());
  TRY_VOID(copy(source, file.get(), stop));
  if (::lseek(file.get(), 0, SEEK_SET) != 0) return tl::unexpected(errno_error("rewind", "standard input"));
  return file;
}

}  // namespace v2t::cli
