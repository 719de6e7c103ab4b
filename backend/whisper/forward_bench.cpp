// Speed of the encoder and of decoder steps, on a model of the size of base with random weights.
#include <benchmark/benchmark.h>

#include <memory>
#include <vector>

#include "whisper/forward.h"
#include "whisper/testing/random_tensors.h"
#include "whisper/weights.h"

namespace v2t::whisper {
namespace {

std::shared_ptr<const Weights> base_weights() {
  static const std::shared_ptr<const Weights> weights = [] {
    const Dimensions dimensions;
    return Weights::load(testing::RandomTensors(dimensions), dimensions).value();
  }();
  return weights;
}

void BM_Encoder(benchmark::State& state) {
  const auto forward = make_forward(base_weights(), {}, static_cast<int>(state.range(1)));
  const int n_positions = static_cast<int>(state.range(0));
  const std::vector<float> log_mel(static_cast<size_t>(160 * n_positions), 0.5f);
  const auto window = forward->make_window();
  for (auto _ : state) forward->encode(log_mel, n_positions, n_positions - 20, *window);
}
BENCHMARK(BM_Encoder)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime()
    ->ArgNames({"positions", "threads"})
    ->ArgsProduct({{1500, 750, 300}, {1, 2}});

// One token for each of several windows, around the 40th position.
void BM_DecoderStep(benchmark::State& state) {
  const auto n_windows = static_cast<size_t>(state.range(0));
  const int n_positions = static_cast<int>(state.range(1));
  const auto forward = make_forward(base_weights(), {}, static_cast<int>(state.range(2)));
  const std::vector<float> log_mel(static_cast<size_t>(160 * n_positions), 0.5f);
  std::vector<std::unique_ptr<EncodedWindow>> windows;
  std::vector<std::unique_ptr<Sequence>> sequences;
  std::vector<DecoderRow> rows;
  for (size_t i = 0; i < n_windows; ++i) {
    windows.push_back(forward->make_window());
    forward->encode(log_mel, n_positions, n_positions - 20, *windows.back());
    sequences.push_back(forward->make_sequence());
    rows.push_back({sequences.back().get(), 1000 + static_cast<int>(i)});
  }
  std::vector<float> logits(n_windows * forward->logits_stride());
  int length = 80;
  for (auto _ : state) {
    if (length == 80) {
      for (size_t i = 0; i < n_windows; ++i) sequences[i]->start(*windows[i]);
      length = 0;
    }
    forward->decode(rows, logits);
    ++length;
  }
  const auto n_tokens = static_cast<double>(state.iterations()) * static_cast<double>(n_windows);
  state.counters["per_token"] = benchmark::Counter(n_tokens, benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}
BENCHMARK(BM_DecoderStep)
    ->Unit(benchmark::kMicrosecond)
    ->UseRealTime()
    ->ArgNames({"windows", "positions", "threads"})
    ->ArgsProduct({{1, 4, 8}, {1500, 750}, {2}});

}  // namespace
}  // namespace v2t::whisper
