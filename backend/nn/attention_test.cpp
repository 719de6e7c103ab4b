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

struct Int8Head {
  Buffer<int8_t> keys, values;
  Buffer<float> key_scales, key_offsets, value_scales;
  Int8KeysValues view;

  Int8Head(const Head& head, Activations activations)
      : keys(padded_keys(head.n_keys) * 64),
        values(padded_keys(head.n_keys) * 64),
        key_scales(padded_keys(head.n_keys)),
        key_offsets(padded_keys(head.n_keys)),
        value_scales(64),
        view{head.n_keys, keys.data(), key_scales.data(), key_offsets.data(), values.data(), value_scales.data()} {
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
  std::vector<float> bias(padded_keys(head.n_keys));
  std::transform(head.bias.data(), head.bias.data() + bias.size(), bias.begin(),
                 [&](float value) { return value * kernels.softmax.points; });
  Attended result{std::vector<float>(n * 64), std::vector<float>(kTileRows * head.n_keys)};
  Int8Attention attention{.queries = head.queries.data() + first * 64,
                          .query_stride = 64,
                          .n_queries = n,
                          .head = quantised.view,
                          .key_bias = bias.data(),
                          .out = result.out.data(),
                          .out_stride = 64};
  for (size_t q = 0; q < kTileRows; ++q) attention.weights[q] = result.weights.data() + q * head.n_keys;
  attend_int8(kernels, attention, {scratch.data(), scratch.size()});
  return result;
}

TEST_P(AttentionTest, Int8AttentionIsSoftmaxAttentionAtEveryInstructionSet) {
  const Head head(17, GetParam());
  for (const TileKernels& kernels : testing::all_kernels()) {
    const Attended attended = attend(kernels, head, 0, 17);
    EXPECT_LT(relative_error(attended.out, head.expected), kernels.activations == Activations::kBytes ? 0.1 : 0.02);
    EXPECT_NEAR(std::accumulate(attended.weights.begin(), attended.weights.end(), 0.0), 6.0, 1e-4);
  }
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
