// Mel energies of a block of frames, compiled for any processor.
#define V2T_MEL_LANES 4
#include "whisper/mel_block.h"

namespace v2t::whisper {

void mel_block_portable(const MelTables& tables, const float* samples, float* out, long stride) {
  MelBlock::run_block(tables, samples, out, stride);
}

}  // namespace v2t::whisper
