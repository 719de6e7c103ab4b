// Time of the log-mel spectrogram of 30 s on one thread.
#include <benchmark/benchmark.h>

#include <cmath>

#include "whisper/mel.h"

namespace v2t::whisper {
namespace {

void log_mel_of_30_s(benchmark::State& state) {
  std::vector<float> samples(kMaxWindowSamples);
  for (size_t i = 0; i < samples.size(); ++i) samples[i] = std::sin(static_cast<float>(i) * 0.1F);
  MelExtractor mel(static_cast<int>(state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(mel.compute(samples, 3000));
}
BENCHMARK(log_mel_of_30_s)->Arg(80)->Arg(128)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace v2t::whisper
