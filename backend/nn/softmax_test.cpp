// Softmax kernels on every Highway target against plain loops, all lengths around the vector sizes.
#include "nn/softmax.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "nn/testing/random.h"
#include "nn/testing/targets.h"

namespace v2t::nn {
namespace {

using testing::Random;

constexpr float kForbidden = -std::numeric_limits<float>::infinity();

class SoftmaxTest : public ::testing::TestWithParam<int64_t> {
 protected:
  testing::OnlyTarget target_{GetParam()};
  Random random_{8};
};

TEST_P(SoftmaxTest, WeightsArePowersOfTwoThatSumToOne) {
  for (const size_t size : {1, 3, 15, 16, 17, 50, 1500}) {
    const Buffer<float> scores = random_.normals(size, 5.0f);
    const Buffer<float> bias = random_.normals(size);
    std::vector<double> expected(size);
    double sum = 0;
    for (size_t i = 0; i < size; ++i) sum += expected[i] = std::exp2(static_cast<double>(scores[i]) + bias[i]);
    softmax_base2(scores.data(), bias.data(), size);
    for (size_t i = 0; i < size; ++i) ASSERT_NEAR(scores[i], expected[i] / sum, 2e-6 * expected[i] / sum + 1e-12);
  }
}

TEST_P(SoftmaxTest, DistantScoresVanishInsteadOfOverflowing) {
  std::vector<float> scores = {-1e6f, 1e6f, 0.0f};
  softmax_base2(scores.data(), nullptr, 3);
  EXPECT_NEAR(scores[0], 0.0f, 1e-30f);
  EXPECT_FLOAT_EQ(scores[1], 1.0f);
}

TEST_P(SoftmaxTest, DotRowsAndWeightedRowsAreThoseOfPlainLoops) {
  constexpr size_t kKeys = 13;
  const Buffer<float> query = random_.normals(64);
  const Buffer<float> weights = random_.normals(kKeys);
  std::vector<Bf16> rows(kKeys * 64);
  std::ranges::generate(rows, [&] { return to_bf16(random_.normal()); });
  std::vector<float> scores(kKeys);
  dot_rows(query.data(), rows.data(), kKeys, scores.data());
  std::vector<float> out(64, 1.0f);
  add_weighted_rows(weights.data(), rows.data(), kKeys, out.data());
  for (size_t key = 0; key < kKeys; ++key) {
    double sum = 0;
    for (size_t d = 0; d < 64; ++d) sum += static_cast<double>(query[d]) * to_float(rows[key * 64 + d]);
    ASSERT_NEAR(scores[key], sum, 1e-4);
  }
  for (size_t d = 0; d < 64; ++d) {
    double sum = 1;
    for (size_t key = 0; key < kKeys; ++key) sum += static_cast<double>(weights[key]) * to_float(rows[key * 64 + d]);
    ASSERT_NEAR(out[d], sum, 1e-4);
  }
}

TEST_P(SoftmaxTest, StatisticsOfARowAreMaximumPlaceAndLogSum) {
  for (const size_t size : {1, 7, 16, 31, 1000, 51865}) {
    const Buffer<float> logits = random_.normals(size, 4.0f);
    Buffer<float> bias(size);
    for (size_t i = 0; i < size; ++i) bias[i] = i % 3 == 1 ? kForbidden : 0.25f;
    double sum = 0;
    size_t best = 0;
    for (size_t i = 0; i < size; ++i) {
      sum += std::exp(static_cast<double>(logits[i]) + bias[i]);
      if (logits[i] + bias[i] > logits[best] + bias[best]) best = i;
    }
    const RowStatistics statistics = row_statistics(logits.data(), bias.data(), size);
    EXPECT_EQ(statistics.argmax, best);
    EXPECT_EQ(statistics.max, logits[best] + bias[best]);
    EXPECT_NEAR(statistics.log_sum_exp, std::log(sum), 2e-4);
  }
}

TEST_P(SoftmaxTest, TheFirstOfEqualLogitsWins) {
  std::vector<float> logits(100, 1.0f);
  logits[37] = logits[53] = logits[90] = 2.0f;
  EXPECT_EQ(row_statistics(logits.data(), nullptr, 100).argmax, 37u);
}

TEST_P(SoftmaxTest, ARowWithEverythingForbiddenHasNoMass) {
  const std::vector<float> logits(20, kForbidden);
  const RowStatistics statistics = row_statistics(logits.data(), nullptr, 20);
  EXPECT_EQ(statistics.log_sum_exp, kForbidden);
  EXPECT_EQ(statistics.argmax, 0u);
}

INSTANTIATE_TEST_SUITE_P(AllTargets, SoftmaxTest, ::testing::ValuesIn(testing::highway_targets()),
                         [](const auto& test) { return std::string(hwy::TargetName(test.param)); });

}  // namespace
}  // namespace v2t::nn
