// What the decoding child and its parent say to each other: one request, then frames over a pipe.
//
// A frame is a header (type, payload size: two 32-bit words of this machine's byte order) and its payload.
// The child answers with one info frame, then sound and silence in order, then an end frame; or, at any point,
// with a failure as its last word. A probe is answered with the info frame alone.
// The child handles hostile files, so what it says is hostile input too: sizes, counts, codes and texts are checked.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "domain/audio.h"

namespace v2t::media {

// Descriptors of the child.
inline constexpr int kMediaFd = 3;
inline constexpr int kFramesFd = 4;

// No media is decoded beyond this; the longest recording that anybody has sent us is shorter by far.
inline constexpr Samples kLongestAudio = std::chrono::hours(48);

inline constexpr size_t kMaxFrameSamples = 16384;

enum class Task : int32_t { kProbe = 1, kDecode = 2 };

// Sent whole, as it lies in memory.
struct Request {
  Task task = Task::kProbe;
  int32_t audio_track = 0;  // AudioTrack::number; 0: choose
};

struct Sound {
  std::vector<float> samples;  // finite, in [-1, 1]
};
struct Silence {
  Samples length{0};
};
struct End {
  std::vector<Warning> warnings;
};
using Frame = std::variant<MediaInfo, Sound, Silence, End, Error>;

// Whole frames, ready to be written.
std::string info_frame(const MediaInfo& info);
std::string sound_frame(std::span<const float> samples);  // at most kMaxFrameSamples
std::string silence_frame(Samples length);
std::string end_frame(std::span<const Warning> warnings);
std::string failure_frame(const Error& error);

// Fills the whole span or fails.
using ReadExactly = std::function<Result<void>(std::span<std::byte>)>;

// The next frame; kDecoderFailed when it makes no sense. Allocates no more than 1 MiB whatever the child says.
Result<Frame> read_frame(const ReadExactly& read_exactly);

}  // namespace v2t::media
