// How long the voice activity network takes per 512 ms of audio (16 chunks), on made-up weights.
#include <benchmark/benchmark.h>

#include "speech/testing/silero_weights.h"
#include "speech/voice_activity.h"

namespace v2t::speech {
namespace {

void detect(benchmark::State& state, const SileroKernel& kernel) {
  const std::string file = silero_weights_file();
  const auto model = VoiceActivityModel::build(std::as_bytes(std::span(file)));
  const auto detector = VoiceActivityModel::listen(*model, kernel);
  const std::vector<float> samples(kSileroBatch * kSileroChunk, 0.1F);
  std::vector<float> probabilities(kSileroBatch);
  for (auto _ : state) detector->detect(samples, probabilities);
  state.counters["seconds_of_audio"] =
      benchmark::Counter(0.032 * kSileroBatch, benchmark::Counter::kIsIterationInvariantRate);
}

const bool kRegistered = [] {
  for (const auto& kernel : VoiceActivityModel::kernels())
    benchmark::RegisterBenchmark(kernel.name, [kernel](benchmark::State& state) { detect(state, kernel); });
  return true;
}();

}  // namespace
}  // namespace v2t::speech
