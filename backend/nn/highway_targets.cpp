// Which of Highway's targets this processor has: all that our kernels want of its library. They are defined here so
// that nothing is linked to the library, whose start measures the processor's clock: 3.4 ms of each process (1.0.3).
#include <hwy/highway.h>

namespace hwy {

ChosenTarget& GetChosenTarget() {
  static ChosenTarget chosen;
  return chosen;
}

// As in Highway's targets.cc. __builtin_cpu_supports also asks whether the system saves the wide registers.
int64_t SupportedTargets() {
  int64_t targets = HWY_ENABLED_BASELINE;
#if HWY_ARCH_X86
  if (!__builtin_cpu_supports("ssse3")) return targets;
  targets |= HWY_SSSE3;
  if (!__builtin_cpu_supports("sse4.2") || !__builtin_cpu_supports("pclmul") || !__builtin_cpu_supports("aes"))
    return targets;
  targets |= HWY_SSE4;
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma") || !__builtin_cpu_supports("f16c") ||
      !__builtin_cpu_supports("bmi") || !__builtin_cpu_supports("bmi2") || !__builtin_cpu_supports("lzcnt"))
    return targets;
  targets |= HWY_AVX2;
  if (!__builtin_cpu_supports("avx512f") || !__builtin_cpu_supports("avx512bw") ||
      !__builtin_cpu_supports("avx512vl") || !__builtin_cpu_supports("avx512dq") || !__builtin_cpu_supports("avx512cd"))
    return targets;
  targets |= HWY_AVX3;
#endif
  return targets;
}

}  // namespace hwy
