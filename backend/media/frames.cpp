// The frames between the decoding child and its parent: written plainly, read with distrust.
#include "media/frames.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

#include "base/text.h"

namespace v2t::media {
namespace {

enum FrameType : uint32_t { kInfo = 0x76740001, kSound, kSilence, kEnd, kFailure };

constexpr size_t kMaxPayloadBytes = size_t{1} << 20;
constexpr size_t kMaxTextBytes = 512;
constexpr size_t kMaxTracks = 1000;
constexpr size_t kMaxWarnings = 16;
constexpr Millis kLongestStatedDuration = std::chrono::hours(24 * 365);

// What a child may fail with: everything else from it is a lie.
constexpr std::array kChildErrors{ErrorCode::kNotMedia,    ErrorCode::kDamagedMedia,  ErrorCode::kNoAudioTrack,
                                  ErrorCode::kNoSuchTrack, ErrorCode::kDecoderFailed, ErrorCode::kEmptyFile};

class Writer {
 public:
  explicit Writer(FrameType type) { number(static_cast<uint32_t>(type)), number(uint32_t{0}); }

  template <class Number>
  void number(Number value) {
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof(value));
  }
  void text(std::string_view value) {
    value = value.substr(0, kMaxTextBytes);
    number(static_cast<uint32_t>(value.size()));
    bytes_.append(value);
  }
  void raw(std::span<const float> samples) {
    bytes_.append(reinterpret_cast<const char*>(samples.data()), samples.size_bytes());
  }
  std::string finish() && {
    const auto size = static_cast<uint32_t>(bytes_.size() - 8);
    std::memcpy(bytes_.data() + 4, &size, sizeof(size));
    return std::move(bytes_);
  }

 private:
  std::string bytes_;
};

tl::unexpected<Error> nonsense(std::string_view what) {
  return fail(ErrorCode::kDecoderFailed, "the decoding process gave an answer that makes no sense (" +
                                             std::string(what) + "); convert the file to another format and try again");
}

// Titles and messages come from files of strangers and end in terminals: no control characters.
std::string clean(std::string_view text) {
  std::string cleaned = to_valid_utf8(text);
  std::ranges::replace_if(cleaned, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, ' ');
  return cleaned;
}

// Reads a payload. After the first value that is not there, all are zero or empty and ok() is false.
class Parser {
 public:
  explicit Parser(std::span<const std::byte> bytes) : rest_(bytes) {}

  template <class Number>
  Number number() {
    Number value{};
    if (const auto bytes = take(sizeof(value)); !bytes.empty()) std::memcpy(&value, bytes.data(), sizeof(value));
    return value;
  }
  std::string text() {
    const auto size = number<uint32_t>();
    if (size > kMaxTextBytes) ok_ = false;
    const auto bytes = take(ok_ ? size : 0);
    return clean({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  }
  bool ok() const { return ok_; }
  bool finished() const { return ok_ && rest_.empty(); }

 private:
  std::span<const std::byte> take(size_t size) {
    if (!ok_ || size > rest_.size()) {
      ok_ = false;
      return {};
    }
    const auto taken = rest_.first(size);
    rest_ = rest_.subspan(size);
    return taken;
  }

  std::span<const std::byte> rest_;
  bool ok_ = true;
};

Result<Frame> parse_info(Parser parser) {
  MediaInfo info;
  info.container = parser.text();
  const Millis duration{parser.number<int64_t>()};
  if (duration > Millis{0} && duration <= kLongestStatedDuration) info.duration = duration;
  info.has_video = parser.number<uint8_t>() != 0;
  const auto n_tracks = parser.number<uint32_t>();
  if (n_tracks > kMaxTracks) return nonsense("too many tracks");
  for (uint32_t i = 0; i < n_tracks && parser.ok(); ++i) {
    AudioTrack track;
    track.number = static_cast<int>(i) + 1;
    track.codec = parser.text();
    track.language = parser.text();
    track.title = parser.text();
    track.channels = parser.number<int32_t>();
    track.sample_rate_hz = parser.number<int32_t>();
    track.is_default = parser.number<uint8_t>() != 0;
    info.audio_tracks.push_back(std::move(track));
  }
  if (!parser.finished()) return nonsense("track list");
  return info;
}

Result<Frame> parse_sound(std::span<const std::byte> payload) {
  if (payload.empty() || payload.size() % sizeof(float) != 0 || payload.size() > kMaxFrameSamples * sizeof(float))
    return nonsense("size of a piece of sound");
  Sound sound;
  sound.samples.resize(payload.size() / sizeof(float));
  std::memcpy(sound.samples.data(), payload.data(), payload.size());
  // Decoders of damaged packets give infinities and values far beyond full scale.
  for (float& sample : sound.samples) sample = std::isfinite(sample) ? std::clamp(sample, -1.0f, 1.0f) : 0.0f;
  return sound;
}

Result<Frame> parse_silence(Parser parser) {
  const Samples length{parser.number<int64_t>()};
  if (!parser.finished() || length <= Samples{0} || length > kLongestAudio) return nonsense("length of a silence");
  return Silence{length};
}

Result<Frame> parse_end(Parser parser) {
  End end;
  const auto n_warnings = parser.number<uint32_t>();
  if (n_warnings > kMaxWarnings) return nonsense("too many warnings");
  for (uint32_t i = 0; i < n_warnings && parser.ok(); ++i) {
    const auto code = warning_code_from_name(parser.text());
    std::string message = parser.text();
    if (!code) return nonsense("kind of a warning");
    end.warnings.push_back({*code, std::move(message)});
  }
  if (!parser.finished()) return nonsense("warnings");
  return end;
}

Result<Frame> parse_failure(Parser parser) {
  const ErrorCode code = error_code_from_name(parser.text());
  std::string message = parser.text();
  if (!parser.finished() || std::ranges::find(kChildErrors, code) == kChildErrors.end()) return nonsense("failure");
  return Error{code, std::move(message)};
}

}  // namespace

std::string info_frame(const MediaInfo& info) {
  Writer writer(kInfo);
  writer.text(info.container);
  writer.number<int64_t>(info.duration.value_or(Millis{0}).count());
  writer.number<uint8_t>(info.has_video);
  const size_t n_tracks = std::min(info.audio_tracks.size(), kMaxTracks);
  writer.number(static_cast<uint32_t>(n_tracks));
  for (const AudioTrack& track : std::span(info.audio_tracks).first(n_tracks)) {
    writer.text(track.codec.substr(0, 64));
    writer.text(track.language.substr(0, 64));
    writer.text(track.title.substr(0, 256));
    writer.number<int32_t>(track.channels);
    writer.number<int32_t>(track.sample_rate_hz);
    writer.number<uint8_t>(track.is_default);
  }
  return std::move(writer).finish();
}

std::string sound_frame(std::span<const float> samples) {
  CHECK(!samples.empty() && samples.size() <= kMaxFrameSamples);
  Writer writer(kSound);
  writer.raw(samples);
  return std::move(writer).finish();
}

std::string silence_frame(Samples length) {
  Writer writer(kSilence);
  writer.number<int64_t>(length.count());
  return std::move(writer).finish();
}

std::string end_frame(std::span<const Warning> warnings) {
  Writer writer(kEnd);
  const size_t n_warnings = std::min(warnings.size(), kMaxWarnings);
  writer.number(static_cast<uint32_t>(n_warnings));
  for (const Warning& warning : warnings.first(n_warnings)) {
    writer.text(warning_code_name(warning.code));
    writer.text(warning.message);
  }
  return std::move(writer).finish();
}

std::string failure_frame(const Error& error) {
  Writer writer(kFailure);
  writer.text(error_code_name(error.code));
  writer.text(error.message);
  return std::move(writer).finish();
}

Result<Frame> read_frame(const ReadExactly& read_exactly) {
  std::array<uint32_t, 2> header{};
  TRY_VOID(read_exactly(std::as_writable_bytes(std::span(header))));
  const auto [type, size] = header;
  if (size > kMaxPayloadBytes) return nonsense("size of a frame");
  std::vector<std::byte> payload(size);
  TRY_VOID(read_exactly(payload));
  switch (type) {
    case kInfo:
      return parse_info(Parser(payload));
    case kSound:
      return parse_sound(payload);
    case kSilence:
      return parse_silence(Parser(payload));
    case kEnd:
      return parse_end(Parser(payload));
    case kFailure:
      return parse_failure(Parser(payload));
    default:
      return nonsense("type of a frame");
  }
}

}  // namespace v2t::media
