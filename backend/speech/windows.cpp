// Cuts an audio stream into windows of speech.
#include "speech/windows.h"

#include <array>
#include <deque>

#include "speech/leveller.h"

namespace v2t::speech {
namespace {

constexpr size_t kBatch = 16;  // chunks that are read and heard at once: half a second

// A cut costs context, which counts little among many windows.
constexpr Samples kLongRecording{kSampleRateHz * 120};
constexpr Samples kFirstFrom{kSampleRateHz * 6};
constexpr Samples kFirstUntil{kSampleRateHz * 12};

PackerOptions options_for(const AudioSource& audio, PackerOptions options) {
  if (audio.duration().value_or(Samples(0)) < kLongRecording) return options;
  options.first_from = kFirstFrom;
  options.first_until = kFirstUntil;
  return options;
}

class VoiceWindows : public WindowSource {
 public:
  VoiceWindows(AudioSource& audio, std::unique_ptr<VoiceDetector> detector, const WindowsBegin& begin,
               const WindowOptions& options)
      : audio_(audio),
        detector_(std::move(detector)),
        gate_(options.gate),
        packer_(options_for(audio, options.packer), begin.number),
        begin_(begin.media) {}

  Result<std::optional<Window>> next(std::stop_token stop) override {
    for (;;) {
      if (auto window = packer_.next()) return window;
      if (failure_) return tl::unexpected(*failure_);
      if (is_at_end_) return std::nullopt;
      if (stop.stop_requested()) return fail(ErrorCode::kCancelled, "stopped while looking for speech");
      hear_more(stop);
    }
  }

  Samples position() const override { return position_; }

 private:
  void hear_more(std::stop_token stop) {
    std::vector<float> samples(kBatch * VoiceDetector::kChunkSamples);
    const auto n_read = audio_.read(samples, stop);
    if (!n_read) {
      failure_ = n_read.error();
      return;
    }
    const size_t chunks = (*n_read + VoiceDetector::kChunkSamples - 1) / VoiceDetector::kChunkSamples;
    std::array<float, kBatch> probabilities{};
    samples.resize(chunks * VoiceDetector::kChunkSamples);  // zeros after the end
    auto levelled = samples;
    for (size_t i = 0; i < chunks; ++i)
      leveller_.raise(std::span(levelled).subspan(i * VoiceDetector::kChunkSamples, VoiceDetector::kChunkSamples));
    detector_->detect(levelled, std::span(probabilities).first(chunks));
    for (size_t i = 0; i < chunks; ++i) {
      const size_t begin = i * VoiceDetector::kChunkSamples;
      const size_t end = std::min(begin + VoiceDetector::kChunkSamples, *n_read);
      take({position_, probabilities[i], {samples.data() + begin, samples.data() + end}});
    }
    if (*n_read == kBatch * VoiceDetector::kChunkSamples) return;
    is_at_end_ = true;
    gate_.finish();
    pack();
    packer_.finish(position_);
  }

  void take(Chunk chunk) {
    position_ += Samples(static_cast<int64_t>(chunk.samples.size()));
    gate_.push(chunk.probability);
    undecided_.push_back(std::move(chunk));
    pack();
  }

  void pack() {
    while (const auto is_kept = gate_.next()) {
      const Chunk& chunk = undecided_.front();
      if (*is_kept && chunk.media_start >= begin_)
        packer_.add(chunk);
      else
        packer_.heard_until(chunk.media_start);
      undecided_.pop_front();
    }
  }

  AudioSource& audio_;
  std::unique_ptr<VoiceDetector> detector_;
  Leveller leveller_;
  SpeechGate gate_;
  WindowPacker packer_;
  const Samples begin_;
  std::deque<Chunk> undecided_;
  Samples position_{};
  bool is_at_end_ = false;
  std::optional<Error> failure_;
};

}  // namespace

std::unique_ptr<WindowSource> make_window_source(AudioSource& audio, std::unique_ptr<VoiceDetector> detector,
                                                 const WindowsBegin& begin, const WindowOptions& options) {
  return std::make_unique<VoiceWindows>(audio, std::move(detector), begin, options);
}

}  // namespace v2t::speech
