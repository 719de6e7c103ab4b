// The decoding child: one request, one open media file in; frames out. A fork of the fork server.
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <new>

#include "media/fork_server.h"
#include "media/frames.h"
#include "media/reader.h"
#include "media/sandbox.h"
#include "media/track_decoder.h"

namespace v2t {
namespace media {
namespace {

// Ends the process when the parent is gone: there is nobody left to tell.
void write_frame(std::string_view frame) {
  while (!frame.empty()) {
    const ssize_t n = ::write(kFramesFd, frame.data(), frame.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) ::_exit(1);
    frame.remove_prefix(static_cast<size_t>(n));
  }
}

// Gathers samples into frames of some size, since decoders give them in small pieces.
class FrameSink : public SampleSink {
 public:
  void sound(std::span<const float> samples) override {
    while (!samples.empty()) {
      const size_t n = std::min(samples.size(), kMaxFrameSamples - pending_.size());
      pending_.insert(pending_.end(), samples.begin(), samples.begin() + static_cast<ptrdiff_t>(n));
      samples = samples.subspan(n);
      if (pending_.size() == kMaxFrameSamples) flush();
    }
  }
  void silence(Samples length) override {
    flush();
    write_frame(silence_frame(length));
  }
  void flush() {
    if (!pending_.empty()) write_frame(sound_frame(pending_));
    pending_.clear();
  }

 private:
  std::vector<float> pending_;
};

Result<void> answer(const Request& request) {
  av_log_set_level(AV_LOG_QUIET);
  TRY(auto file, MediaFile::open(kMediaFd));
  if (request.task == Task::kProbe) {
    write_frame(info_frame(file->info()));
    return {};
  }
  const auto wanted = request.audio_track == 0 ? std::nullopt : std::optional<int>(request.audio_track);
  TRY(AVStream * stream, file->choose_track(wanted));
  TRY(auto decoder, AudioDecoder::make(*file, *stream));
  write_frame(info_frame(file->info()));
  FrameSink sink;
  TRY(const auto warnings, TrackDecoder(*file, *stream, std::move(decoder), sink).run());
  sink.flush();
  write_frame(end_frame(warnings));
  return {};
}

Result<void> answer_within_memory(const Request& request) {
  try {
    return answer(request);
  } catch (const std::bad_alloc&) {
    return fail(ErrorCode::kDecoderFailed, "needs more memory to decode than is allowed; convert it to another format");
  }
}

}  // namespace
}  // namespace media

int run_decode_child() {
  const auto loaded = media::load_libav();
  media::serve_forks(STDIN_FILENO, [&](const media::Request& request) {
    media::lock_down();
    const auto answered = loaded ? media::answer_within_memory(request) : loaded;
    if (!answered) media::write_frame(media::failure_frame(answered.error()));
    return 0;
  });
  return 0;
}

}  // namespace v2t
