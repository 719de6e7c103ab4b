// Random numbers for tests and benchmarks: the same on every run.
#pragma once

#include <cmath>
#include <cstdint>
#include <random>
#include <span>
#include <vector>

#include "nn/buffer.h"

namespace v2t::nn::testing {

class Random {
 public:
  explicit Random(uint32_t seed) : engine_(seed) {}
  float normal() { return normal_(engine_); }
  int integer(int least, int most) { return std::uniform_int_distribution<int>(least, most)(engine_); }
  // Aligned to a cache line.
  Buffer<float> normals(size_t size, float scale = 1.0f) {
    Buffer<float> values(size);
    for (size_t i = 0; i < size; ++i) values[i] = scale * normal();
    return values;
  }

 private:
  std::mt19937 engine_;
  std::normal_distribution<float> normal_;
};

// ||actual - expected|| / ||expected|| over whole outputs.
inline double relative_error(std::span<const float> actual, std::span<const float> expected) {
  double error = 0;
  double norm = 0;
  for (size_t i = 0; i < expected.size(); ++i) {
    error += std::pow(static_cast<double>(actual[i]) - expected[i], 2);
    norm += std::pow(static_cast<double>(expected[i]), 2);
  }
  return std::sqrt(error / (norm > 0 ? norm : 1));
}

}  // namespace v2t::nn::testing
