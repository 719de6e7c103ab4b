// Attention kernels against softmax in double precision.
#include "nn/attention.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "nn/testing/kernels.h"
#include "nn/testing/random.h"

namespace v2t::nn {
namespace {

using testing::Random;
using testing::relative_error;

// One head: queries, keys and values as rows of 64, and the exact result.
struct Head {
  size_t n_queries, n_keys;
  Buffer<float> queries, keys, values, bias;
  std::vector<float> expected;

  Head(size_t queries_count, size_t keys_count)
      : n_queries(queries_count), n_keys(keys_count), bias(padded_keys(keys_count)), expected(queries_count * 64) {
    Random random(9);
    queries = random.normals(n_queries * 64, 0.3f);
    keys = random.normals(n_keys * 64);
    values = random.normals(n_keys * 64);
    for (size_t key = n_keys / 2; key < n_keys; ++key) bias[key] = 1.5f;
    for (size_t query = 0; query < n_queries; ++query) attend_exactly(query);
  }
  void attend_exactly(size_t query) {
    std::vector<double> weights(n_keys);
    double total = 0;
    for (size_t key = 0; key < n_keys; ++key) {
      double score = bias[key];
      for (size_t d = 0; d < 64; ++d) score += static_cast<double>(queries[query * 64 + d]) * keys[key * 64 + d];
      total += weights[key] = std::exp2(score);
    }
    for (size_t d = 0; d < 64; ++d) {
      double sum = 0;
      for (size_t key = 0; key < n_keys; ++key) sum += weights[key] / total * values[key * 64 + d];
      expected[query * 64 + d] = static_cast<float>(sum);
    }
  }
};

std::vector<Bf16> narrow(const Buffer<float>& values) {
  std::vector<Bf16> result(values.size());
  std::ranges::transform(std::span(values.data(), values.size()), result.begin(), to_bf16);
  return result;
}

class AttentionTest : public ::testing::TestWithParam<size_t> {};  // keys

TEST_P(AttentionTest, Bf16AttentionIsSoftmaxAttentionAndRowsStandAlone) {
  if (best_instruction_set() != InstructionSet::kAvx512Bf16) GTEST_SKIP() << "no bfloat16 on this processor";
  const Head head(17, GetParam());
  const std::vector<Bf16> queries = narrow(head.queries);
  Buffer<Bf16> keys(padded_keys(head.n_keys) * 64);
  Buffer<Bf16> values(padded_keys(head.n_keys) * 64);
  // Stale keys of an earlier use must not count.
  std::fill_n(keys.data(), keys.size(), to_bf16(1e6f));
  std::fill_n(values.data(), values.size(), to_bf16(1e6f));
  place_bf16_keys(narrow(head.keys).data(), 64, 0, head.n_keys, keys.data());
  place_bf16_values(narrow(head.values).data(), 64, 0, head.n_keys, values.data());
  std::vector<float> out(17 * 64);
  Buffer<float> scratch(bf16_attention_scratch(head.n_keys));
  Bf16Attention attention{.queries = queries.data(),
                          .query_stride = 64,
                          .n_queries = 17,
                          .keys = keys.data(),
                          .values = values.data(),
                          .n_keys = head.n_keys,
                          .key_bias = head.bias.data(),
                          .out = out.data(),
                          .out_stride = 64};
  attend_avx512bf16(attention, {scratch.data(), scratch.size()});
  EXPECT_LT(relative_error(out, head.expected), 0.02);

  std::vector<float> alone(64);
  attention.queries += 16 * 64;
  attention.n_queries = 1;
  attention.out = alone.data();
  attend_avx512bf16(attention, {scratch.data(), scratch.size()});
  EXPECT_TRUE(std::equal(alone.begin(), alone.end(), out.begin() + 16 * 64));
}

struct Int8Head {
  Buffer<int8_t> keys, values;
  Buffer<float> key_scales, value_scales;
  Buffer<int32_t> compensation;
  Int8KeysValues view;

  Int8Head(const Head& head, Activations activations)
      : keys(padded_keys(head.n_keys) * 64),
        values(padded_keys(head.n_keys) * 64),
        key_scales(padded_keys(head.n_keys)),
        value_scales(64),
        compensation(padded_keys(head.n_keys)),
        view{head.n_keys, keys.data(), key_scales.data(), compensation.data(), values.data(), value_scales.data()} {
    std::fill_n(keys.data(), keys.size(), int8_t{99});
    std::fill_n(values.data(), values.size(), int8_t{99});
    quantise_keys_values(activations, narrow(head.keys).data(), narrow(head.values).data(), 64, view);
  }
};

struct Attended {
  std::vector<float> out, weights;
};

Attended attend(const TileKernels& kernels, const Head& head, size_t first, size_t n) {
  const Int8Head quantised(head, kernels.activations);
  Buffer<float> scratch(int8_attention_scratch(head.n_keys));
  Attended result{std::vector<float>(n * 64), std::vector<float>(kTileRows * head.n_keys)};
  Int8Attention attention{.queries = head.queries.data() + first * 64,
                          .query_stride = 64,
                          .n_queries = n,
                          .head = quantised.view,
                          .key_bias = head.bias.data(),
                          .out = result.out.data(),
                          .out_stride = 64};
  for (size_t q = 0; q < kTileRows; ++q) attention.weights[q] = result.weights.data() + q * head.n_keys;
  attend_int8(kernels, attention, {scratch.data(), scratch.size()});
  return result;
}

TEST_P(AttentionTest, Int8AttentionIsSoftmaxAttentionAtEveryInstructionSet) {
  const Head head(17, GetParam());
  std::vector<std::vector<float>> outs[2];  // by kind of activations
  for (const TileKernels& kernels : testing::all_kernels()) {
    const Attended attended = attend(kernels, head, 0, 17);
    EXPECT_LT(relative_error(attended.out, head.expected), kernels.activations == Activations::kBytes ? 0.1 : 0.02);
    EXPECT_NEAR(std::accumulate(attended.weights.begin(), attended.weights.end(), 0.0), 6.0, 1e-4);
    outs[static_cast<size_t>(kernels.activations)].push_back(attended.out);
  }
  for (const auto& same : outs) EXPECT_EQ(std::ranges::adjacent_find(same, std::not_equal_to()), same.end());
}

TEST_P(AttentionTest, AQueryOfInt8AttentionDoesNotDependOnTheOthers) {
  const Head head(17, GetParam());
  for (const TileKernels& kernels : testing::all_kernels()) {
    const Attended together = attend(kernels, head, 0, 17);
    const Attended alone = attend(kernels, head, 16, 1);
    EXPECT_TRUE(std::equal(alone.out.begin(), alone.out.end(), together.out.begin() + 16 * 64));
  }
}

INSTANTIATE_TEST_SUITE_P(Keys, AttentionTest, ::testing::Values(1, 2, 63, 64, 65, 170, 1500));

}  // namespace
}  // namespace v2t::nn
