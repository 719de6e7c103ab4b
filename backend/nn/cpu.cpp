// Processor detection.
#include "nn/cpu.h"

#include <sched.h>

#include <algorithm>
#include <cmath>

#include "base/control_groups.h"

namespace v2t::nn {

InstructionSet best_instruction_set() {
#if defined(__x86_64__)
  // __builtin_cpu_supports also asks the operating system whether it saves the wide registers.
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma") || !__builtin_cpu_supports("f16c")) {
    return InstructionSet::kPortable;
  }
  const bool has_avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                          __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq");
  return has_avx512 && __builtin_cpu_supports("avx512vnni") ? InstructionSet::kAvx512Vnni : InstructionSet::kAvx2;
#else
  return InstructionSet::kPortable;
#endif
}

std::vector<InstructionSet> available_instruction_sets() {
  std::vector<InstructionSet> sets;
  for (int set = 0; set <= static_cast<int>(best_instruction_set()); ++set) {
    sets.push_back(static_cast<InstructionSet>(set));
  }
  return sets;
}

std::string_view instruction_set_name(InstructionSet set) {
  switch (set) {
    case InstructionSet::kPortable:
      return "portable";
    case InstructionSet::kAvx2:
      return "avx2";
    case InstructionSet::kAvx512Vnni:
      return "avx512vnni";
  }
  return "unknown";
}

int usable_processors() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof(set), &set) != 0) return 1;
  const int allowed = std::max(1, CPU_COUNT(&set));
  const double quota = container_limits().processors.value_or(allowed);
  return static_cast<int>(std::clamp(std::ceil(quota), 1.0, static_cast<double>(allowed)));
}

}  // namespace v2t::nn
