// Softmax of integer attention, each kernel against double precision, all lengths around the vector sizes.
#include "nn/int8_softmax.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>
#include <vector>

#include "nn/buffer.h"
#include "nn/testing/kernels.h"
#include "nn/testing/random.h"
#include "nn/testing/targets.h"

namespace v2t::nn {
namespace {

using testing::Random;

constexpr size_t kQueries = 5;
constexpr double kPoint = 1.0 / kScorePoints;

// Queries of bytes for the one kind of kernels, of words for the other: the same numbers, but for the offset.
class Int8SoftmaxTest : public ::testing::TestWithParam<size_t> {  // keys
 protected:
  Int8SoftmaxTest() {
    for (int32_t& value : queries_) value = random_.integer(-127, 127);
    for (int8_t& value : keys_) value = static_cast<int8_t>(random_.integer(-127, 127));
    for (size_t i = 0; i < n_padded_; ++i) {
      // Beyond the keys lies what would win.
      scales_[i] = 0.01f + 0.001f * static_cast<float>(random_.integer(0, 9));
      bias_[i] = i < n_keys_ ? random_.normal() : 100;
    }
    scales_[n_keys_ / 2] = 0;
    query_scales_[1] = 0;
  }
  int32_t product(size_t query, size_t key) const {
    int32_t sum = 0;
    for (size_t k = 0; k < 64; ++k) sum += queries_[query * 64 + k] * keys_[key * 64 + k];
    return sum;
  }
  std::vector<double> expected_scores(size_t query) const {
    std::vector<double> scores(n_keys_);
    for (size_t i = 0; i < n_keys_; ++i) {
      scores[i] = static_cast<double>(query_scales_[query]) * product(query, i) * scales_[i] + bias_[i];
    }
    return scores;
  }
  std::vector<std::byte> activations(Activations kind) const {
    std::vector<std::byte> bytes(kQueries * 64 * size_of(kind));
    for (size_t i = 0; i < kQueries * 64; ++i) {
      const auto value = static_cast<int16_t>(queries_[i] + zero_of(kind));
      std::memcpy(bytes.data() + i * size_of(kind), &value, size_of(kind));  // little endian
    }
    return bytes;
  }
  Buffer<int8_t> panels(Activations kind) const {
    Buffer<int8_t> packed(n_padded_ * 64);
    for (size_t i = 0; i < n_padded_ * 64; ++i) {
      const size_t key = i / 64;
      const size_t k = i % 64;
      packed[key / 64 * 4096 + column_offset(kind, 16, key % 64) + k / 4 * 4 * block_columns(kind) + k % 4] = keys_[i];
    }
    return packed;
  }
  Buffer<float> offsets(Activations kind) const {
    Buffer<float> found(n_padded_);
    for (size_t key = 0; key < n_padded_; ++key) {
      const int32_t sum = std::accumulate(keys_.begin() + key * 64, keys_.begin() + (key + 1) * 64, 0);
      found[key] = -scales_[key] * static_cast<float>(zero_of(kind) * sum);
    }
    return found;
  }
  // [query][padded keys] of the kernels' kind.
  Buffer<std::byte> scores(const TileKernels& kernels) const {
    const std::vector<std::byte> queries = activations(kernels.activations);
    const Buffer<int8_t> panels_of = panels(kernels.activations);
    const Buffer<float> offsets_of = offsets(kernels.activations);
    const size_t size = kernels.softmax.score_bytes;
    Buffer<float> scaled_bias(n_padded_);
    float scaled_scales[kQueries];
    const auto in_points = [&](float value) { return value * kernels.softmax.points; };
    std::transform(bias_.data(), bias_.data() + n_padded_, scaled_bias.data(), in_points);
    std::transform(query_scales_, query_scales_ + kQueries, scaled_scales, in_points);
    Buffer<std::byte> made(kQueries * n_padded_ * size);
    for (size_t key = 0; key < n_padded_; key += 64) {
      kernels.softmax.make_scores({queries.data(), kQueries, scaled_scales, panels_of.data() + key * 64,
                                   scales_.data() + key, offsets_of.data() + key, scaled_bias.data() + key},
                                  made.data() + key * size, n_padded_ * size);
    }
    return made;
  }
  void check_weights(const TileKernels& kernels) const {
    const bool is_bytes = kernels.activations == Activations::kBytes;
    const double most = is_bytes ? 255 : 4095;
    const double relative = kernels.softmax.score_bytes == sizeof(int16_t) ? kPoint * 0.7 : 2e-4;
    const Buffer<std::byte> made = scores(kernels);
    const size_t n_weights = (n_keys_ + 15) / 16 * 16;
    for (size_t query = 0; query < kQueries; ++query) {
      std::vector<int16_t> weights(n_weights + 1, 77);
      const int32_t total = kernels.softmax.weigh(made.data() + query * n_padded_ * kernels.softmax.score_bytes,
                                                  n_keys_, n_weights, weights.data());
      const std::vector<double> expected = expected_scores(query);
      const double max = *std::max_element(expected.begin(), expected.end());
      int32_t expected_total = 0;
      for (size_t i = 0; i < n_weights; ++i) {
        const int32_t actual = is_bytes ? reinterpret_cast<const uint8_t*>(weights.data())[i] : weights[i];
        const double weight = i < n_keys_ ? most * std::exp2(expected[i] - max) : 0;
        ASSERT_NEAR(actual, weight, 0.52 + relative * weight) << i;
        expected_total += actual;
      }
      EXPECT_EQ(total, expected_total);
      EXPECT_EQ(is_bytes ? reinterpret_cast<const uint8_t*>(weights.data())[n_weights] : weights[n_weights], 77);
    }
  }

  const size_t n_keys_ = GetParam();
  const size_t n_padded_ = (n_keys_ + 63) / 64 * 64;
  Random random_{8};
  std::vector<int32_t> queries_ = std::vector<int32_t>(kQueries * 64);
  std::vector<int8_t> keys_ = std::vector<int8_t>(n_padded_ * 64);
  Buffer<float> scales_{n_padded_}, bias_{n_padded_};
  float query_scales_[kQueries] = {0.02f, 0.01f, 0.003f, 0.001f, 0.03f};
};

TEST_P(Int8SoftmaxTest, ScoresAreRescaledProductsWithBias) {
  for (const TileKernels& kernels : testing::all_kernels()) {
    const size_t size = kernels.softmax.score_bytes;
    const Buffer<std::byte> made = scores(kernels);
    for (size_t query = 0; query < kQueries; ++query) {
      std::vector<float> read(n_keys_);
      kernels.softmax.read_scores(made.data() + query * n_padded_ * size, n_keys_, read.data());
      const std::vector<double> expected = expected_scores(query);
      for (size_t i = 0; i < n_keys_; ++i) {
        const double least_exact = size == sizeof(int16_t) ? 0.51 * kPoint : 1e-4;
        ASSERT_NEAR(read[i], std::clamp(expected[i], -512.0, 512.0), least_exact + 1e-6 * std::abs(expected[i]));
      }
    }
  }
}

TEST_P(Int8SoftmaxTest, WeightsAreRoundedPowers) {
  for (const TileKernels& kernels : testing::all_kernels()) check_weights(kernels);
}

TEST_P(Int8SoftmaxTest, WordsAreRoundedPowersAtEveryTarget) {
  for (const int64_t target : testing::highway_targets()) {
    const testing::OnlyTarget only(target);
    check_weights(tile_kernels(InstructionSet::kPortable));
  }
}

TEST_P(Int8SoftmaxTest, ScoresFarApartGiveTheOneAllWeight) {
  for (const TileKernels& kernels : testing::all_kernels()) {
    bias_[0] = -1e6;
    bias_[n_keys_ - 1] = 1e6;
    const Buffer<std::byte> made = scores(kernels);
    const size_t n_weights = (n_keys_ + 15) / 16 * 16;
    std::vector<int16_t> weights(n_weights);
    const int32_t total = kernels.softmax.weigh(made.data(), n_keys_, n_weights, weights.data());
    EXPECT_EQ(total, kernels.activations == Activations::kBytes ? 255 : 4095);
  }
}

INSTANTIATE_TEST_SUITE_P(Keys, Int8SoftmaxTest, ::testing::Values(1, 2, 15, 16, 17, 63, 64, 65, 100, 170, 1500));

}  // namespace
}  // namespace v2t::nn
