// Mel energies of a block of frames, compiled for AVX2 and FMA.
#define V2T_MEL_LANES 8
#include "whisper/mel_block.h"

namespace v2t::whisper {

void mel_block_avx2(const MelTables& tables, const float* samples, float* out, long stride) {
  MelBlock::run_block(tables, samples, out, stride);
}

}  // namespace v2t::whisper
