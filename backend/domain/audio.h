// Audio as the product knows it: mono float samples at 16 kHz on the media's own clock.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/result.h"
#include "domain/warning.h"

namespace v2t {

inline constexpr int kSampleRateHz = 16000;

// Sample-exact time: one tick is one sample.
using Samples = std::chrono::duration<int64_t, std::ratio<1, kSampleRateHz>>;
// Time in transcripts and in the API.
using Millis = std::chrono::duration<int64_t, std::milli>;

// Rounds to the nearest millisecond.
inline Millis to_millis(Samples time) { return std::chrono::round<Millis>(time); }

// A stream of mono samples in [-1, 1] at 16 kHz. Sample n sounds at n/16000 s of the media's clock: audio that
// starts late is preceded by zeros, holes are filled with zeros. Used by one thread at a time.
class AudioSource {
 public:
  virtual ~AudioSource() = default;

  // Fills the front of `out`, waiting for data as long as needed; fewer than asked only before the end; 0 at the end.
  // After an error or the end, every further call gives the same. kCancelled when stopped.
  virtual Result<size_t> read(std::span<float> out, std::stop_token stop) = 0;

  // The duration that the container states; absent where it states none (browser recordings, pipes).
  virtual std::optional<Samples> duration() const = 0;

  // Complete once read() gave 0.
  virtual std::vector<Warning> warnings() const = 0;
};

struct AudioTrack {
  int number = 0;        // 1 for the first audio track: what --audio-track takes
  std::string codec;     // "aac"
  std::string language;  // as tagged ("eng", "de"), empty if not
  std::string title;     // as tagged, empty if not
  int channels = 0;
  int sample_rate_hz = 0;
  bool is_default = false;  // the container's default flag
};

struct MediaInfo {
  std::string container;           // "mov,mp4,m4a,3gp,3g2,mj2"
  std::optional<Millis> duration;  // as stated
  bool has_video = false;
  std::vector<AudioTrack> audio_tracks;
};

struct AudioOptions {
  std::string name;                // the user's file name, for messages
  std::optional<int> audio_track;  // AudioTrack::number; absent: the default-flagged, else the first
};

// Opens media files. Implementations decode in a child process: a crash of the decoder is an error of one call.
class MediaReader {
 public:
  virtual ~MediaReader() = default;

  // `file` must be seekable from its start (a regular file). The descriptor is taken over.
  // Errors: kEmptyFile, kNotMedia, kDamagedMedia, kNoAudioTrack, kNoSuchTrack, kDecoderFailed.
  virtual Result<MediaInfo> probe(UniqueFd file, const AudioOptions& options, std::stop_token stop) = 0;
  virtual Result<std::unique_ptr<AudioSource>> open_audio(UniqueFd file, const AudioOptions& options,
                                                          std::stop_token stop) = 0;
};

}  // namespace v2t
