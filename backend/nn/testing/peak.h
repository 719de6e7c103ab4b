// What one core can do at best: the rate of a tile kernel whose data lie in the first cache.
#pragma once

#include <algorithm>
#include <chrono>
#include <map>

#include "nn/buffer.h"
#include "nn/tile_kernels.h"

namespace v2t::nn::testing {

// Operations (multiplications and additions) per second of the best of many short runs.
template <class Run>
double best_rate(double operations, Run run) {
  double best = 0;
  for (int i = 0; i < 200; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    for (int k = 0; k < 20; ++k) run();
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
    best = std::max(best, 20 * operations / seconds.count());
  }
  return best;
}

inline constexpr size_t kPeakGroups = 64;  // a panel of 16 KiB

inline double int8_peak(InstructionSet set) {
  static std::map<InstructionSet, double> peaks;
  if (peaks.contains(set)) return peaks[set];
  const TileKernels kernels = tile_kernels(set);
  const size_t stride = 4 * kPeakGroups * size_of(kernels.activations);
  const Buffer<std::byte> a(kTileRows * stride);
  const Buffer<int8_t> panel(kPeakGroups * 256);
  const Buffer<int32_t> sums(kTileRows * 64);
  return peaks[set] = best_rate(2.0 * kTileRows * 64 * 4 * kPeakGroups, [&] {
           kernels.int8(kTileRows, a.data(), stride, panel.data(), kPeakGroups, sums.data(), 64);
         });
}

}  // namespace v2t::nn::testing
