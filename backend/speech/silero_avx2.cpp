// The Silero network for AVX2 with FMA.
#include "speech/silero_forward.h"

namespace v2t::speech {

void silero_forward_avx2(const SileroNetwork& network, SileroState& state, SileroScratch& scratch, const float* samples,
                         size_t chunks, float* probabilities) {
  SileroPass<8>(network, state, scratch).run(samples, chunks, probabilities);
}

}  // namespace v2t::speech
