// Runs element-wise kernels on every target that this machine and build have.
#pragma once

#include <hwy/highway.h>

#include <cstdint>
#include <vector>

namespace v2t::nn::testing {

inline std::vector<int64_t> highway_targets() {
  std::vector<int64_t> targets;
  for (int64_t rest = hwy::SupportedTargets() & HWY_TARGETS; rest != 0; rest &= rest - 1) {
    targets.push_back(rest & -rest);
  }
  return targets;
}

// Makes one target the only one while it lives. Not for several threads.
class OnlyTarget {
 public:
  explicit OnlyTarget(int64_t target) { hwy::GetChosenTarget().Update(target); }
  OnlyTarget(const OnlyTarget&) = delete;
  OnlyTarget& operator=(const OnlyTarget&) = delete;
  ~OnlyTarget() { hwy::GetChosenTarget().Update(hwy::SupportedTargets()); }
};

}  // namespace v2t::nn::testing
