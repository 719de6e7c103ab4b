// One audio track as 16 kHz mono on the media's clock. Runs in the decoding child only.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "media/audio_decoder.h"
#include "media/downmix.h"
#include "media/planes.h"
#include "media/resampler.h"
#include "media/timeline.h"

namespace v2t::media {

// Where the samples go, in order.
class SampleSink {
 public:
  virtual ~SampleSink() = default;
  virtual void sound(std::span<const float> samples) = 0;
  virtual void silence(Samples length) = 0;
};

class TrackDecoder {
 public:
  TrackDecoder(MediaFile& file, AVStream& stream, std::unique_ptr<AudioDecoder> decoder, SampleSink& sink);

  // Decodes all of it; gives the warnings. kDamagedMedia when there is no sound to be had at all.
  Result<std::vector<Warning>> run();

 private:
  Result<void> take(const AVFrame& frame, std::optional<Samples> next_time, bool is_after_damage);
  Result<void> begin_run(const AVFrame& frame);
  Result<void> fit_to(const AVFrame& frame);
  void end_run();
  void emit_silence(Samples length);
  void emit(std::vector<float>& samples);
  Samples position() const;
  bool is_full() const { return emitted_ >= kLongestAudio; }
  std::vector<Warning> warnings() const;
  std::optional<Warning> truncation_warning() const;

  MediaFile& file_;
  AVStream& stream_;
  std::unique_ptr<AudioDecoder> decoder_;
  SampleSink& sink_;
  Timeline timeline_;

  // A run is audio at one sample rate without a gap.
  std::optional<Resampler> resampler_;
  std::optional<Downmix> downmix_;
  std::vector<float> weights_;  // of the channels
  int rate_hz_ = 0;
  int64_t run_samples_ = 0;  // at rate_hz_
  Samples run_begin_{0};

  Samples emitted_{0};
  Planes planes_;
  std::vector<float> mono_;
  std::vector<float> resampled_;
};

}  // namespace v2t::media
