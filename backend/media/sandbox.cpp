// Limits of the decoding child.
#include "media/sandbox.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdio>

#include "base/result.h"

// The sanitizers reserve terabytes of address space, start processes, and read this process to report.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define V2T_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define V2T_SANITIZED 1
#endif
#endif

namespace v2t::media {
namespace {

[[maybe_unused]] constexpr rlim_t kMemoryBytes = rlim_t{1} << 30;  // beyond what the program and its libraries take

void limit(int resource, rlim_t value) {
  const rlimit both{value, value};
  CHECK(::setrlimit(static_cast<__rlimit_resource_t>(resource), &both) == 0);
}

[[maybe_unused]] rlim_t mapped_bytes() {
  std::FILE* file = std::fopen("/proc/self/statm", "re");
  unsigned long long pages = 0;
  CHECK(file && std::fscanf(file, "%llu", &pages) == 1);
  std::fclose(file);
  return static_cast<rlim_t>(pages) * static_cast<rlim_t>(::sysconf(_SC_PAGESIZE));
}

}  // namespace

void lock_down() {
  CHECK(::prctl(PR_SET_PDEATHSIG, SIGKILL) == 0);
  CHECK(::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
#ifndef V2T_SANITIZED
  CHECK(::prctl(PR_SET_DUMPABLE, 0) == 0);
  limit(RLIMIT_AS, mapped_bytes() + kMemoryBytes);
  limit(RLIMIT_NPROC, 0);
#endif
  limit(RLIMIT_FSIZE, 0);
  limit(RLIMIT_CORE, 0);
  limit(RLIMIT_NOFILE, 16);
}

}  // namespace v2t::media
