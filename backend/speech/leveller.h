// Makes quiet audio louder for the voice detector, which after loud speech is deaf to speech 40 dB below it.
#pragma once

#include <span>

namespace v2t::speech {

// Follows the loudness of one stream: at once upwards, slowly downwards. Used by one thread at a time.
class Leveller {
 public:
  // Raises one chunk of 32 ms in place, by at most 40 dB; loud audio stays as it is.
  void raise(std::span<float> chunk);

 private:
  float envelope_ = 0.01F;  // root of the mean square
};

}  // namespace v2t::speech
