// The machine's clocks.
#include "domain/clock.h"

#include <ctime>

#include "base/file.h"
#include "base/text.h"

namespace v2t {

WallTime SystemClock::now() const {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

std::chrono::milliseconds SystemClock::steady() const {
  // CLOCK_MONOTONIC by name: it is shared by all processes since the boot, which std::chrono does not promise.
  timespec time{};
  CHECK(::clock_gettime(CLOCK_MONOTONIC, &time) == 0);
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::seconds(time.tv_sec) +
                                                               std::chrono::nanoseconds(time.tv_nsec));
}

std::string SystemClock::boot() const {
  const auto id = read_file("/proc/sys/kernel/random/boot_id", 1000);
  return id ? std::string(trim(*id)) : std::string();
}

}  // namespace v2t
