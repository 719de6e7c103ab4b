// Speed of the kernels on one thread, as operations per second and as a share of the peak that the same tile kernel
// reaches when all its data lie in the first cache.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <ctime>

#include "nn/attention.h"
#include "nn/matmul.h"
#include "nn/softmax.h"
#include "nn/testing/peak.h"
#include "nn/testing/random.h"

namespace v2t::nn {
namespace {

using testing::int8_peak;
using testing::Random;

// `begin`: the processor time before the first iteration. The share is worked out here, since the library would print
// a rate as "per second".
void count(benchmark::State& state, double operations, double peak, std::clock_t begin) {
  const double total = operations * static_cast<double>(state.iterations());
  state.counters["GOP/s"] = benchmark::Counter(total * 1e-9, benchmark::Counter::kIsRate);
  const double seconds = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
  state.counters["of_peak"] = total / seconds / peak;
}

// Rows, outputs, inputs, GELU.
void BM_Int8Matmul(benchmark::State& state) {
  const auto n_rows = static_cast<size_t>(state.range(0));
  const auto n_outputs = static_cast<size_t>(state.range(1));
  const auto n_inputs = static_cast<size_t>(state.range(2));
  const TileKernels kernels = tile_kernels(best_instruction_set());
  Random random(1);
  Arena arena;
  const RowReader read = [&](size_t, std::span<float> row) {
    std::ranges::generate(row, [&] { return random.normal(); });
  };
  const Int8Weights weights = pack_int8(arena, kernels.activations, n_outputs, n_inputs, read, {});
  const Buffer<float> x = random.normals(n_inputs);
  const size_t stride = n_inputs * size_of(kernels.activations);
  Buffer<std::byte> activations(n_rows * stride);
  Buffer<float> scales(n_rows);
  for (size_t row = 0; row < n_rows; ++row)
    scales[row] = quantise_row(kernels.activations, x.data(), n_inputs, activations.data() + row * stride);
  const size_t out_stride = weights.n_panels() * kPanelColumns;
  Buffer<Bf16> out(n_rows * out_stride);
  const auto activation = state.range(3) != 0 ? Finish::Activation::kGelu : Finish::Activation::kNone;
  const double peak = int8_peak(best_instruction_set());
  const std::clock_t begin = std::clock();
  for (auto _ : state) {
    constexpr size_t kBlock = 48;  // as the encoder does
    for (size_t row = 0; row < n_rows; row += kBlock) {
      matmul(kernels, {activations.data() + row * stride, stride, scales.data() + row}, std::min(kBlock, n_rows - row),
             weights, 0, weights.n_panels(),
             {.activation = activation, .out_bf16 = out.data() + row * out_stride, .out_stride = out_stride});
    }
  }
  count(state, 2.0 * static_cast<double>(n_rows * n_outputs * n_inputs), peak, begin);
}
BENCHMARK(BM_Int8Matmul)
    ->Unit(benchmark::kMicrosecond)
    ->ArgNames({"rows", "outputs", "inputs", "gelu"})
    ->Args({1500, 512, 512, 0})
    ->Args({1500, 1536, 512, 0})
    ->Args({1500, 2048, 512, 0})
    ->Args({1500, 2048, 512, 1})
    ->Args({1500, 512, 2048, 0})
    ->Args({1500, 512, 1536, 1})  // the second convolution
    ->Args({1500, 3072, 768, 1})
    ->Args({1500, 768, 3072, 0})
    ->Args({1, 51865, 512, 0})
    ->Args({8, 51865, 512, 0})
    ->Args({8, 2048, 512, 1});

void BM_Int8Attention(benchmark::State& state) {
  const auto n_queries = static_cast<size_t>(state.range(0));
  const auto n_keys = static_cast<size_t>(state.range(1));
  const TileKernels kernels = tile_kernels(best_instruction_set());
  const size_t n_padded = padded_keys(n_keys);
  const Buffer<int8_t> keys(n_padded * 64);
  const Buffer<int8_t> values(n_padded * 64);
  const Buffer<float> scales(n_padded);
  const Buffer<float> queries(n_queries * 64);
  Buffer<float> out(n_queries * 64);
  Buffer<float> scratch(int8_attention_scratch(n_keys));
  const double peak = int8_peak(best_instruction_set());
  const std::clock_t begin = std::clock();
  for (auto _ : state) {
    attend_int8(kernels,
                {.queries = queries.data(),
                 .query_stride = 64,
                 .n_queries = n_queries,
                 .head = {n_keys, keys.data(), scales.data(), scales.data(), values.data(), scales.data()},
                 .out = out.data(),
                 .out_stride = 64},
                {scratch.data(), scratch.size()});
  }
  count(state, 4.0 * static_cast<double>(n_queries * n_keys) * 64, peak, begin);
}
BENCHMARK(BM_Int8Attention)
    ->Unit(benchmark::kMicrosecond)
    ->ArgNames({"queries", "keys"})
    ->Args({1, 1500})
    ->Args({6, 1500})
    ->Args({1500, 1500})
    ->Args({300, 300});

void BM_RowStatistics(benchmark::State& state) {
  Random random(2);
  const Buffer<float> logits = random.normals(51865);
  for (auto _ : state) benchmark::DoNotOptimize(row_statistics(logits.data(), nullptr, logits.size()));
}
BENCHMARK(BM_RowStatistics)->Unit(benchmark::kMicrosecond);

void BM_NormAndQuantise(benchmark::State& state) {
  Random random(3);
  const Buffer<float> x = random.normals(512);
  Buffer<float> normed(512);
  Buffer<uint8_t> bytes(512);
  for (auto _ : state) {
    layer_norm(x.data(), x.data(), x.data(), 512, normed.data());
    benchmark::DoNotOptimize(quantise_row(normed.data(), 512, bytes.data()));
  }
}
BENCHMARK(BM_NormAndQuantise);

}  // namespace
}  // namespace v2t::nn
