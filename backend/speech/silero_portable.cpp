// The Silero network for any x86-64.
#include "speech/silero_forward.h"

namespace v2t::speech {

void silero_forward_portable(const SileroNetwork& network, SileroState& state, SileroScratch& scratch,
                             const float* samples, size_t chunks, float* probabilities) {
  SileroPass<4>(network, state, scratch).run(samples, chunks, probabilities);
}

}  // namespace v2t::speech
