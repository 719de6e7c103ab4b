// One audio track of an open media file as decoded frames, past damaged packets. Runs in the decoding child only.
#pragma once

#include <cstdint>

#include "media/media_file.h"

namespace v2t::media {

class AudioDecoder {
 public:
  // kNotMedia for a codec that libav does not know, kDamagedMedia for parameters that make no sense.
  static Result<std::unique_ptr<AudioDecoder>> make(MediaFile& file, AVStream& stream);

  // The next frame with sound in it, or null at the end.
  Result<FramePtr> next();
  // Whether packets were lost between the last two frames that next() gave.
  bool is_after_damage() const { return is_after_damage_; }

  // On the media's clock.
  std::optional<Samples> time_of(const AVFrame& frame) const {
    return file_.on_clock(frame.best_effort_timestamp, stream_.time_base);
  }
  int64_t n_packets() const { return n_packets_; }
  int64_t n_damaged() const { return n_damaged_; }
  // The latest time stamp of any packet read, of sound or picture.
  Samples reached() const { return reached_; }

 private:
  AudioDecoder(MediaFile& file, AVStream& stream);
  Result<void> open_codec();
  void choose_streams();
  bool read_packet();  // false at the end of the file
  void note_reach();
  bool send_packet();  // false when it is damaged
  Result<bool> receive(AVFrame& frame);

  MediaFile& file_;
  AVStream& stream_;
  CodecPtr codec_;
  PacketPtr packet_;
  bool at_end_ = false;
  bool has_damage_ = false;
  bool is_after_damage_ = false;
  int64_t n_packets_ = 0;
  int64_t n_damaged_ = 0;
  Samples reached_{0};
};

}  // namespace v2t::media
