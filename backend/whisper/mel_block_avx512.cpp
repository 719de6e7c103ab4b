// Mel energies of a block of frames, compiled for AVX-512.
#define V2T_MEL_LANES 16
#include "whisper/mel_block.h"

namespace v2t::whisper {

void mel_block_avx512(const MelTables& tables, const float* samples, float* out, long stride) {
  MelBlock::run_block(tables, samples, out, stride);
}

}  // namespace v2t::whisper
