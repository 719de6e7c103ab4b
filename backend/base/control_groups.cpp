// Control groups: where they lie, and how their limits are written.
#include "base/control_groups.h"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <string>
#include <vector>

#include "base/text.h"

namespace v2t {
namespace {

namespace fs = std::filesystem;

constexpr uint64_t kUnlimitedBytes = uint64_t{1} << 60;  // version 1 writes a huge number

std::vector<std::string> words_of(const fs::path& path) {
  std::ifstream file(path);
  std::vector<std::string> words;
  for (std::string word; words.size() < 4 && file >> word;) words.push_back(word);
  return words;
}

// Nothing for "max", "-1" and what is no number.
std::optional<uint64_t> number(const std::vector<std::string>& words, size_t index) {
  if (index >= words.size()) return std::nullopt;
  const std::string& word = words[index];
  uint64_t value = 0;
  const auto [end, problem] = std::from_chars(word.data(), word.data() + word.size(), value);
  if (problem != std::errc() || end != word.data() + word.size() || value == 0) return std::nullopt;
  return value;
}

template <class T>
void tighten(std::optional<T>& limit, std::optional<T> other) {
  if (other && (!limit || *other < *limit)) limit = other;
}

std::optional<double> quota(std::optional<uint64_t> time, std::optional<uint64_t> period) {
  if (!time || !period) return std::nullopt;
  return static_cast<double>(*time) / static_cast<double>(*period);
}

void read_group(const fs::path& group, ContainerLimits& limits) {
  const auto maximum = words_of(group / "cpu.max");
  tighten(limits.processors, quota(number(maximum, 0), number(maximum, 1)));
  tighten(limits.processors,
          quota(number(words_of(group / "cpu.cfs_quota_us"), 0), number(words_of(group / "cpu.cfs_period_us"), 0)));
  for (const char* name : {"memory.max", "memory.limit_in_bytes"})
    if (const auto bytes = number(words_of(group / name), 0); bytes && *bytes < kUnlimitedBytes)
      tighten(limits.memory_bytes, bytes);
}

// From the group up to the mount point. In a container without a cgroup namespace the path is one of the host and is
// not there: then the mount point alone counts.
void read_line(const fs::path& hierarchy, const std::string& path, ContainerLimits& limits) {
  fs::path relative = fs::path(path).relative_path().lexically_normal();
  while (!relative.empty() && relative != "." && *relative.begin() != "..") {
    read_group(hierarchy / relative, limits);
    relative = relative.parent_path();
  }
  read_group(hierarchy, limits);
}

}  // namespace

ContainerLimits container_limits(const fs::path& membership, const fs::path& groups) {
  ContainerLimits limits;
  std::ifstream file(membership);
  for (std::string line; std::getline(file, line);) {  // "4:cpu,cpuacct:/some/group"; version 2: "0::/some/group"
    const size_t first = line.find(':');
    const size_t second = line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    const auto names = split(controllers, ',');
    const bool matters = controllers.empty() || std::ranges::find(names, "cpu") != names.end() ||
                         std::ranges::find(names, "memory") != names.end();
    if (matters) read_line(groups / controllers, line.substr(second + 1), limits);
  }
  return limits;
}

uint64_t usable_memory_bytes() {
  const auto machine =
      static_cast<uint64_t>(::sysconf(_SC_PHYS_PAGES)) * static_cast<uint64_t>(::sysconf(_SC_PAGESIZE));
  return std::min(machine, container_limits().memory_bytes.value_or(machine));
}

}  // namespace v2t
