// The parent's side: asks the decoding child, checks its answers, hands out samples.
#include "media/reader.h"

#include <sys/stat.h>

#include <algorithm>

#include "media/child_process.h"
#include "media/frames.h"

namespace v2t {
namespace {

using media::ChildProcess;
using media::Frame;

// Decoding runs hundreds of times faster than the sound; a file that needs more than this is a trap.
std::chrono::seconds allowed_cpu(int64_t file_bytes, Samples received) {
  const std::chrono::seconds opening(60 + file_bytes / (int64_t{20} << 20));
  return opening + std::chrono::ceil<std::chrono::seconds>(received / 4);
}

struct Child {
  std::unique_ptr<ChildProcess> process;
  std::string name;
  std::chrono::milliseconds stall_limit;
  int64_t file_bytes = 0;

  Result<Frame> next_frame(const std::stop_token& stop) {
    const auto read = [&](std::span<std::byte> out) { return process->read_exactly(out, stall_limit, stop); };
    auto frame = media::read_frame(read);
    if (!frame) return wrap(frame.error(), name);
    if (auto* error = std::get_if<Error>(&*frame)) return fail(error->code, name + " " + error->message);
    return frame;
  }
  tl::unexpected<Error> lied() const {
    return fail(ErrorCode::kDecoderFailed,
                name + ": the decoding process gave its answers in an order that makes no sense; convert the file");
  }
};

class ChildAudio : public AudioSource {
 public:
  ChildAudio(Child child, std::optional<Millis> duration) : child_(std::move(child)), duration_(duration) {}

  Result<size_t> read(std::span<float> out, std::stop_token stop) override {
    size_t n_filled = 0;
    while (n_filled < out.size() && !at_end_) {
      if (error_) return tl::unexpected(*error_);
      n_filled += copy_pending(out.subspan(n_filled));
      if (n_filled == out.size()) break;
      if (auto taken = take_frame(stop); !taken) error_ = std::move(taken).error();
    }
    return n_filled;
  }

  std::optional<Samples> duration() const override { return duration_; }
  std::vector<Warning> warnings() const override { return warnings_; }

 private:
  size_t copy_pending(std::span<float> out) {
    const size_t n_sound = std::min(out.size(), sound_.size() - n_sound_given_);
    std::copy_n(sound_.begin() + static_cast<ptrdiff_t>(n_sound_given_), n_sound, out.begin());
    n_sound_given_ += n_sound;
    const size_t n_silence = std::min<size_t>(out.size() - n_sound, static_cast<size_t>(silence_.count()));
    std::fill_n(out.begin() + static_cast<ptrdiff_t>(n_sound), n_silence, 0.0f);
    silence_ -= Samples(static_cast<int64_t>(n_silence));
    return n_sound + n_silence;
  }

  // Called when all that was taken is given.
  Result<void> take_frame(const std::stop_token& stop) {
    TRY(Frame frame, child_.next_frame(stop));
    if (auto* sound = std::get_if<media::Sound>(&frame)) {
      sound_ = std::move(sound->samples);
      n_sound_given_ = 0;
      received_ += Samples(static_cast<int64_t>(sound_.size()));
    } else if (auto* silence = std::get_if<media::Silence>(&frame)) {
      silence_ = silence->length;
      received_ += silence_;
    } else if (auto* end = std::get_if<media::End>(&frame)) {
      warnings_ = std::move(end->warnings);
      at_end_ = true;
      child_.process.reset();
      return {};
    } else {
      return child_.lied();
    }
    if (received_ > media::kLongestAudio) return child_.lied();
    child_.process->allow_cpu(allowed_cpu(child_.file_bytes, received_));
    return {};
  }

  Child child_;
  std::optional<Millis> duration_;
  std::vector<Warning> warnings_;
  std::vector<float> sound_;
  size_t n_sound_given_ = 0;
  Samples silence_{0};
  Samples received_{0};
  bool at_end_ = false;
  std::optional<Error> error_;
};

class ChildReader : public MediaReader {
 public:
  ChildReader(std::filesystem::path program, std::chrono::milliseconds stall_limit)
      : server_(std::move(program)), stall_limit_(stall_limit) {}

  Result<MediaInfo> probe(UniqueFd file, const AudioOptions& options, std::stop_token stop) override {
    TRY(Child child, start(std::move(file), options, {.task = media::Task::kProbe}));
    TRY(Frame frame, child.next_frame(stop));
    if (auto* info = std::get_if<MediaInfo>(&frame)) return std::move(*info);
    return child.lied();
  }

  Result<std::unique_ptr<AudioSource>> open_audio(UniqueFd file, const AudioOptions& options,
                                                  std::stop_token stop) override {
    if (options.audio_track && *options.audio_track < 1)
      return fail(ErrorCode::kInvalidArgument, "audio tracks are counted from 1; choose 1 or more");
    const media::Request request{.task = media::Task::kDecode, .audio_track = options.audio_track.value_or(0)};
    TRY(Child child, start(std::move(file), options, request));
    TRY(Frame frame, child.next_frame(stop));
    auto* info = std::get_if<MediaInfo>(&frame);
    if (!info) return child.lied();
    return std::make_unique<ChildAudio>(std::move(child), info->duration);
  }

 private:
  Result<Child> start(UniqueFd file, const AudioOptions& options, const media::Request& request) {
    const std::string name = options.name.empty() ? "the file" : options.name;
    struct stat info{};
    if (::fstat(file.get(), &info) != 0 || !S_ISREG(info.st_mode))
      return fail(ErrorCode::kInvalidArgument, name + " is not a regular file; save it to the disk first");
    if (info.st_size == 0)
      return fail(ErrorCode::kEmptyFile, name + " is empty (0 bytes); copy or download the file again");
    auto process = ChildProcess::start(server_, file, request);
    if (!process) return wrap(process.error(), name);
    (*process)->allow_cpu(allowed_cpu(info.st_size, Samples{0}));
    return Child{std::move(*process), name, stall_limit_, info.st_size};
  }

  media::ForkServer server_;
  std::chrono::milliseconds stall_limit_;
};

}  // namespace

std::unique_ptr<MediaReader> make_media_reader(std::filesystem::path program, std::chrono::milliseconds stall_limit) {
  return std::make_unique<ChildReader>(std::move(program), stall_limit);
}

}  // namespace v2t
