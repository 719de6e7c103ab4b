// Audio on its way to the recogniser, heard for its waveform.
#pragma once

#include <functional>

#include "domain/audio.h"
#include "domain/clock.h"
#include "domain/peaks.h"

namespace v2t {

// Passes everything on as it is. `save` is called by the reading thread every few seconds, and once more, with complete
// peaks, at the end of the audio.
class PeaksSource final : public AudioSource {
 public:
  using Save = std::function<void(const Peaks&)>;
  // `audio` and `clock` outlive this.
  PeaksSource(AudioSource& audio, const Clock& clock, Save save);

  Result<size_t> read(std::span<float> out, std::stop_token stop) override;
  std::optional<Samples> duration() const override { return audio_.duration(); }
  std::vector<Warning> warnings() const override { return audio_.warnings(); }

 private:
  AudioSource& audio_;
  const Clock& clock_;
  const Save save_;
  PeakMeter meter_;
  std::chrono::milliseconds saved_at_;
  bool is_complete_ = false;
};

}  // namespace v2t
