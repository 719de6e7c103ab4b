// Any number of channels to one, for speech.
//
// A plain average loses speech that is on one channel of many, and cancels a channel against its inverted copy (a
// common wiring fault). So channels that are silent beside the others are left out, and when the mix has far less
// power than unrelated channels would give, the loudest channel is taken alone. Both are judged on running powers.
// Works in blocks of 20 ms of its own, so the result does not depend on how the input is cut into pieces.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace v2t::media {

class Downmix {
 public:
  // `weights`: one per channel, how much a channel is trusted to hold speech.
  Downmix(std::vector<float> weights, int sample_rate_hz);

  // Takes one span per channel, all of the same length; appends mono samples to `mono`.
  void push(std::span<const std::span<const float>> channels, std::vector<float>& mono);
  // The rest, at the end of the audio.
  void flush(std::vector<float>& mono);

 private:
  void finish_block(std::vector<float>& mono);
  void measure();
  std::vector<float> choose_gains() const;

  std::vector<float> weights_;
  size_t block_samples_;
  std::vector<std::vector<float>> block_;  // [channel][up to block_samples_]
  std::vector<double> powers_;             // running power of each channel
  double mix_power_ = 0;                   // running power of the mix that the weights give
  std::vector<float> gains_;               // of the block before; empty at the start
  size_t loudest_ = 0;
};

}  // namespace v2t::media
