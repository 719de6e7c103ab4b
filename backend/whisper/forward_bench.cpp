// Speed of the encoder and of decoder steps, with random weights; of the size of base where not said otherwise.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <vector>

#include "nn/attention.h"
#include "nn/cpu.h"
#include "nn/testing/peak.h"
#include "nn/testing/random.h"
#include "whisper/forward.h"
#include "whisper/testing/random_tensors.h"
#include "whisper/weights.h"

namespace v2t::whisper {
namespace {

// Attention of random weights looks everywhere. Sharpened so, as many groups of values weigh nothing as in real speech,
// and are passed over: a half in the encoder, two thirds for a token.
std::shared_ptr<const Weights> make_weights(const Dimensions& dimensions) {
  testing::RandomTensors tensors(dimensions);
  tensors.sharpen_encoder(5.4f);
  tensors.sharpen_cross(4.0f);
  return Weights::load(tensors, dimensions).value();
}

std::shared_ptr<const Weights> base_weights() {
  static const std::shared_ptr<const Weights> weights = make_weights({});
  return weights;
}

std::vector<float> make_log_mel(int n_mels, int n_positions) {
  nn::testing::Random random(1);
  std::vector<float> log_mel(static_cast<size_t>(2 * n_positions * n_mels));
  std::ranges::generate(log_mel, [&] { return 0.5f * random.normal(); });
  return log_mel;
}

void BM_Encoder(benchmark::State& state) {
  const auto forward = make_forward(base_weights(), {}, static_cast<int>(state.range(1)));
  const int n_positions = static_cast<int>(state.range(0));
  const std::vector<float> log_mel = make_log_mel(80, n_positions);
  const auto window = forward->make_window();
  for (auto _ : state) forward->encode(log_mel, n_positions, n_positions - 20, *window);
}
BENCHMARK(BM_Encoder)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime()
    ->ArgNames({"positions", "threads"})
    ->ArgsProduct({{1500, 750, 300}, {1, 2}});

// The sizes of Whisper, as OpenAI published them.
struct Size {
  const char* name;
  int n_mels, n_state, n_encoder_layers, n_decoder_layers;

  Dimensions dimensions() const {
    Dimensions d;
    d.n_mels = n_mels;
    d.n_state = n_state;
    d.n_heads = n_state / static_cast<int>(nn::kHeadSize);
    d.n_encoder_layers = n_encoder_layers;
    d.n_decoder_layers = n_decoder_layers;
    return d;
  }
  // Multiplications and additions of a whole window: convolutions, layers, attention, the decoder's keys and values.
  double operations() const {
    const double n = 1500;
    const double d = n_state;
    const double products = n_encoder_layers * (12 * d * d + 2 * n * d) + 2 * n_decoder_layers * d * d;
    return 2 * n * (products + 3 * d * d + 6.0 * n_mels * d);
  }
};
constexpr Size kSizes[] = {{"tiny", 80, 384, 4, 4},      {"base", 80, 512, 6, 6},     {"small", 80, 768, 12, 12},
                           {"medium", 80, 1024, 24, 24}, {"turbo", 128, 1280, 32, 4}, {"large-v3", 128, 1280, 32, 32}};

// A whole window by two threads. Share of what the tile kernel reaches with all its data in the first cache.
void BM_EncoderOfModel(benchmark::State& state) {
  const Size& size = kSizes[state.range(0)];
  const Dimensions dimensions = size.dimensions();
  const auto forward = make_forward(make_weights(dimensions), {}, 2);
  const std::vector<float> log_mel = make_log_mel(size.n_mels, 1500);
  const auto window = forward->make_window();
  forward->encode(log_mel, 1500, 1480, *window);
  const double peak = 2 * nn::testing::int8_peak(nn::best_instruction_set());
  const auto begin = std::chrono::steady_clock::now();
  for (auto _ : state) forward->encode(log_mel, 1500, 1480, *window);
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
  state.SetLabel(size.name);
  state.counters["of_peak"] = size.operations() * static_cast<double>(state.iterations()) / seconds.count() / peak;
}
BENCHMARK(BM_EncoderOfModel)->Unit(benchmark::kMillisecond)->UseRealTime()->DenseRange(0, std::size(kSizes) - 1);

// One token for each of several windows, around the 40th position.
void BM_DecoderStep(benchmark::State& state) {
  const auto n_windows = static_cast<size_t>(state.range(0));
  const int n_positions = static_cast<int>(state.range(1));
  const auto forward = make_forward(base_weights(), {}, static_cast<int>(state.range(2)));
  const std::vector<float> log_mel = make_log_mel(80, n_positions);
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
    ->ArgsProduct({{1, 4, 8}, {1500, 750}, {1, 2}});

}  // namespace
}  // namespace v2t::whisper
