// What the container allows this process: processor time and memory, from the control groups of Linux (versions 1 and
// 2).
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

namespace v2t {

// Absent: unlimited, or not known.
struct ContainerLimits {
  std::optional<double> processors;  // a quota of 1.5: one and a half processors' time
  std::optional<uint64_t> memory_bytes;
};

// The tightest limit of the process's group and all groups above it that can be seen. Never fails: what cannot be read
// limits nothing.
ContainerLimits container_limits(const std::filesystem::path& membership = "/proc/self/cgroup",
                                 const std::filesystem::path& groups = "/sys/fs/cgroup");

// The smaller of the container's limit and the machine's memory.
uint64_t usable_memory_bytes();

}  // namespace v2t
