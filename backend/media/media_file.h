// An open media file: what it holds, and which of its audio tracks to take. Runs in the decoding child only.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>

#include "domain/audio.h"
#include "media/libav.h"

namespace v2t::media {

class MediaFile {
 public:
  // Reads `fd` from its start by pread; the descriptor stays the caller's. No other file or address is ever opened.
  // Errors: kNotMedia, kDamagedMedia; messages are predicates without the file's name.
  static Result<std::unique_ptr<MediaFile>> open(int fd);
  MediaFile(const MediaFile&) = delete;
  MediaFile& operator=(const MediaFile&) = delete;

  MediaInfo info() const;

  // The wanted track; without a wish the first default-flagged one that can be decoded, else the first that can be,
  // else the first. kNoAudioTrack, kNoSuchTrack.
  Result<AVStream*> choose_track(std::optional<int> number) const;

  // A time stamp on the media's clock, whose zero is the earliest start of any sound or picture. Absent when the
  // time stamp is, or is beyond belief.
  std::optional<Samples> on_clock(int64_t timestamp, AVRational time_base) const;

  // Absent where the container states none. An estimate from the bit rate counts for progress only.
  std::optional<Samples> duration() const;
  bool is_duration_stated() const;

  // av_read_frame, packets that were read while opening first.
  int read_packet(AVPacket& packet);

  AVFormatContext* context() const { return format_.get(); }

 private:
  explicit MediaFile(int fd) : fd_(fd) {}
  Result<void> open_container();
  std::vector<AVStream*> audio_streams() const;
  void find_clock_zero();
  static int read(void* self, uint8_t* buffer, int size);
  static int64_t seek(void* self, int64_t offset, int whence);

  int fd_;
  int64_t position_ = 0;
  IoPtr io_;
  FormatPtr format_;
  std::deque<PacketPtr> early_packets_;
  Samples clock_zero_{0};
};

}  // namespace v2t::media
