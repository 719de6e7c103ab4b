// The Silero network for AVX-512.
#include "speech/silero_forward.h"

namespace v2t::speech {

void silero_forward_avx512(const SileroNetwork& network, SileroState& state, SileroScratch& scratch,
                           const float* samples, size_t chunks, float* probabilities) {
  SileroPass<16>(network, state, scratch).run(samples, chunks, probabilities);
}

}  // namespace v2t::speech
