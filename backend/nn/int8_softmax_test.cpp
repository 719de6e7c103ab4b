// Softmax of integer attention, each kernel against double precision, all lengths around the vector sizes.
#include "nn/int8_softmax.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "nn/buffer.h"
#include "nn/testing/kernels.h"
#include "nn/testing/random.h"
#include "nn/testing/targets.h"

namespace v2t::nn {
namespace {

using testing::Random;

class Int8SoftmaxTest : public ::testing::TestWithParam<size_t> {  // keys
 protected:
  Int8SoftmaxTest() {
    for (size_t i = 0; i < n_padded_; ++i) {
      // Beyond the keys lies what would win.
      products_[i] = i < n_keys_ ? random_.integer(-20000, 20000) : 1 << 30;
      scales_[i] = 0.01f + 0.001f * static_cast<float>(random_.integer(0, 9));
      offsets_[i] = random_.normal();
      bias_[i] = random_.normal();
    }
  }
  Int8ScoreRow row(const float* bias) const {
    return {products_.data(), scales_.data(), offsets_.data(), bias, n_keys_, kQueryScale};
  }
  std::vector<double> expected_scores(const float* bias) const {
    std::vector<double> scores(n_keys_);
    for (size_t i = 0; i < n_keys_; ++i) {
      const double product = static_cast<double>(products_[i]) * scales_[i] + offsets_[i];
      scores[i] = kQueryScale * product + (bias == nullptr ? 0 : bias[i]);
    }
    return scores;
  }
  template <class Weight>
  void check(Int8Softmax softmax, const float* bias, double most) const {
    const size_t n_weights = (n_keys_ + 15) / 16 * 16;
    std::vector<Weight> weights(n_weights, Weight{77});
    Buffer<float> scores(n_padded_);
    const int32_t total = softmax(row(bias), scores.data(), n_weights, weights.data());
    const std::vector<double> expected = expected_scores(bias);
    const double max = *std::max_element(expected.begin(), expected.end());
    int32_t expected_total = 0;
    for (size_t i = 0; i < n_weights; ++i) {
      const double weight = i < n_keys_ ? most * std::exp2(expected[i] - max) : 0;
      ASSERT_NEAR(weights[i], weight, 0.52 + 2e-4 * weight) << i;
      expected_total += weights[i];
    }
    EXPECT_EQ(total, expected_total);
    for (size_t i = 0; i < n_keys_; ++i) ASSERT_NEAR(scores[i] * score_unit(kQueryScale), expected[i], 1e-4) << i;
  }

  static constexpr float kQueryScale = 0.02f;
  const size_t n_keys_ = GetParam();
  const size_t n_padded_ = (n_keys_ + 63) / 64 * 64;
  Random random_{8};
  Buffer<int32_t> products_{n_padded_};
  Buffer<float> scales_{n_padded_}, offsets_{n_padded_}, bias_{n_padded_};
};

TEST_P(Int8SoftmaxTest, WordsAreRoundedPowersAtEveryTarget) {
  for (const int64_t target : testing::highway_targets()) {
    const testing::OnlyTarget only(target);
    check<int16_t>(int8_softmax_words, bias_.data(), 4095);
    check<int16_t>(int8_softmax_words, nullptr, 4095);
  }
}

TEST_P(Int8SoftmaxTest, BytesAreRoundedPowers) {
  for (const TileKernels& kernels : testing::all_kernels()) {
    if (kernels.activations != Activations::kBytes) continue;
    check<uint8_t>(kernels.softmax, bias_.data(), 255);
    check<uint8_t>(kernels.softmax, nullptr, 255);
  }
}

TEST_P(Int8SoftmaxTest, AQueryOfZerosFollowsTheBias) {
  for (const TileKernels& kernels : testing::all_kernels()) {
    std::vector<std::byte> weights(2 * n_padded_);
    Buffer<float> scores(n_padded_);
    Int8ScoreRow zeros = row(bias_.data());
    zeros.query_scale = 0;
    const size_t n_weights = (n_keys_ + 15) / 16 * 16;
    EXPECT_GT(kernels.softmax(zeros, scores.data(), n_weights, weights.data()), 0);
    const size_t best = static_cast<size_t>(std::max_element(bias_.data(), bias_.data() + n_keys_) - bias_.data());
    if (kernels.activations == Activations::kBytes) {
      EXPECT_EQ(weights[best], std::byte{255});
    } else {
      EXPECT_EQ(reinterpret_cast<const int16_t*>(weights.data())[best], 4095);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Keys, Int8SoftmaxTest, ::testing::Values(1, 2, 15, 16, 17, 63, 64, 65, 100, 170, 1500));

}  // namespace
}  // namespace v2t::nn
