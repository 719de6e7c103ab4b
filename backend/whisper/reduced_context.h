// How little of a window is encoded: its audio, and a few positions that stand for the silence after it, of which
// Whisper hears up to 30 seconds. Silence sounds the same at every position, so those few are spread over all of it,
// near each other where the audio ends and further apart towards the end, and each weighs as much as the positions it
// stands for: ln(weight) is added to the attention logits of its key. See docs/decisions/0005.
#pragma once

#include <cstddef>
#include <vector>

#include "whisper/dimensions.h"

namespace v2t::whisper {

// The audio and a little padding, unless a window decodes badly so; or always all of 30 s.
enum class Context { kReduced, kFull };

struct EncodeSize {
  int n_positions = 0;        // to encode
  int n_audio_positions = 0;  // that hold audio

  bool operator==(const EncodeSize&) const = default;
};
// n_samples: more than none, at most 30 seconds.
EncodeSize encode_size(size_t n_samples, const Dimensions& dimensions, Context context);

struct EncodedPosition {
  size_t place = 0;  // of all that the model knows: which position encoding it gets
  float weight = 1;  // positions that it stands for
};
// All of a window's, in ascending order; weights add up to n_full. n_audio <= n_positions <= n_full.
std::vector<EncodedPosition> encoded_positions(size_t n_audio, size_t n_positions, size_t n_full);

}  // namespace v2t::whisper
