// Media for tests, made at test time: tone bursts whose place in time is known, in any container.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/temp_folder.h"
#include "media/reader.h"

namespace v2t::media {

inline const std::filesystem::path& clips_folder() {
  static const TempFolder folder;
  return folder.path();
}

// Runs ffmpeg with these arguments, OUT standing for the clip's path; once per name.
inline std::filesystem::path clip(const std::string& name, std::string arguments) {
  const std::filesystem::path path = clips_folder() / name;
  if (std::filesystem::exists(path)) return path;
  for (size_t at; (at = arguments.find("OUT")) != std::string::npos;)
    arguments.replace(at, 3, "'" + path.string() + "'");
  const std::string command = "ffmpeg -nostdin -hide_banner -loglevel error -y " + arguments;
  CHECK(std::system(command.c_str()) == 0);
  return path;
}

// Three seconds with a tone from 1 s to 2 s.
inline std::string tone(int rate_hz = 48000) {
  return "-f lavfi -i \"aevalsrc='0.5*sin(2*PI*440*t)*between(t,1,2)':d=3:s=" + std::to_string(rate_hz) + "\" ";
}
inline std::string picture() { return "-f lavfi -i color=c=black:s=64x64:r=10:d=3 "; }

// 16-bit PCM; `samples` interleaved. `stated_bytes`: what the header says of the data, if not the truth.
inline std::filesystem::path write_wav(const std::string& name, int n_channels, int rate_hz,
                                       const std::vector<int16_t>& samples, uint32_t stated_bytes = 0) {
  const std::filesystem::path path = clips_folder() / name;
  std::ofstream file(path, std::ios::binary);
  const auto number = [&](uint32_t value, int n_bytes) { file.write(reinterpret_cast<const char*>(&value), n_bytes); };
  const auto n_bytes = static_cast<uint32_t>(samples.size() * 2);
  const uint32_t stated = stated_bytes ? stated_bytes : n_bytes;
  const auto channels = static_cast<uint32_t>(n_channels);
  const auto rate = static_cast<uint32_t>(rate_hz);
  file << "RIFF", number(36 + stated, 4), file << "WAVEfmt ", number(16, 4), number(1, 2), number(channels, 2);
  number(rate, 4), number(rate * channels * 2, 4), number(channels * 2, 2), number(16, 2), file << "data";
  number(stated, 4), file.write(reinterpret_cast<const char*>(samples.data()), n_bytes);
  return path;
}

// `seconds` of a tone, interleaved; gains[c] is the amplitude of channel c.
inline std::vector<int16_t> tones(const std::vector<double>& gains, int rate_hz, double seconds) {
  std::vector<int16_t> samples;
  const auto n = static_cast<int64_t>(seconds * rate_hz);
  for (int64_t i = 0; i < n; ++i)
    for (const double gain : gains)
      samples.push_back(static_cast<int16_t>(
          std::lround(32767 * gain * std::sin(2 * M_PI * 440 * static_cast<double>(i) / rate_hz))));
  return samples;
}

struct Heard {
  std::vector<float> samples;
  std::vector<Warning> warnings;
  std::optional<Samples> duration;

  double seconds() const { return static_cast<double>(samples.size()) / kSampleRateHz; }
  // Where the sound begins and ends, in seconds.
  double begin() const { return edge(samples.begin(), samples.end()); }
  double end() const { return seconds() - edge(samples.rbegin(), samples.rend()); }
  double rms(double from_s, double to_s) const {
    double power = 0;
    const auto from = static_cast<size_t>(from_s * kSampleRateHz);
    const auto to = std::min(samples.size(), static_cast<size_t>(to_s * kSampleRateHz));
    for (size_t i = from; i < to; ++i) power += static_cast<double>(samples[i]) * samples[i];
    return std::sqrt(power / static_cast<double>(std::max<size_t>(1, to - from)));
  }

 private:
  template <class Iterator>
  static double edge(Iterator from, Iterator to) {
    const auto found = std::find_if(from, to, [](float sample) { return std::abs(sample) > 0.05f; });
    return static_cast<double>(found - from) / kSampleRateHz;
  }
};

inline AudioOptions named(const std::filesystem::path& path, std::optional<int> audio_track = std::nullopt) {
  return {.name = path.filename().string(), .audio_track = audio_track};
}

inline Result<Heard> listen(const std::filesystem::path& path, const AudioOptions& options, size_t step = 16000) {
  TRY(UniqueFd file, open_for_reading(path));
  TRY(auto source, make_media_reader()->open_audio(std::move(file), options, {}));
  Heard heard{.duration = source->duration()};
  std::vector<float> buffer(step);
  for (;;) {
    TRY(const size_t n, source->read(buffer, {}));
    if (n == 0) break;
    heard.samples.insert(heard.samples.end(), buffer.begin(), buffer.begin() + static_cast<ptrdiff_t>(n));
  }
  heard.warnings = source->warnings();
  return heard;
}

inline Result<Heard> listen(const std::filesystem::path& path) { return listen(path, named(path)); }

inline Result<MediaInfo> probe(const std::filesystem::path& path) {
  TRY(UniqueFd file, open_for_reading(path));
  return make_media_reader()->probe(std::move(file), named(path), {});
}

}  // namespace v2t::media
