// Decoded frames to 16 kHz mono: placed in time, mixed down, resampled.
#include "media/track_decoder.h"

#include <algorithm>
#include <cstdio>

namespace v2t::media {
namespace {

// libav marks the formats whose clock may be reset in the middle, as broadcast recorders do.
Samples longest_hole(const MediaFile& file) {
  if (file.context()->iformat->flags & AVFMT_TS_DISCONT) return std::chrono::seconds(10);
  return kLongestAudio;
}

// "27 s", "12 min 5 s", "3 h 0 min"
std::string in_words(Samples time) {
  const int64_t s = std::chrono::round<std::chrono::seconds>(time).count();
  if (s < 120) return std::to_string(s) + " s";
  if (s < 3600) return std::to_string(s / 60) + " min " + std::to_string(s % 60) + " s";
  return std::to_string(s / 3600) + " h " + std::to_string(s / 60 % 60) + " min";
}

}  // namespace

TrackDecoder::TrackDecoder(MediaFile& file, AVStream& stream, std::unique_ptr<AudioDecoder> decoder, SampleSink& sink)
    : file_(file), stream_(stream), decoder_(std::move(decoder)), sink_(sink), timeline_(longest_hole(file)) {}

Result<std::vector<Warning>> TrackDecoder::run() {
  TRY(FramePtr frame, decoder_->next());
  bool is_after_damage = decoder_->is_after_damage();
  if (!frame)
    return fail(ErrorCode::kDamagedMedia,
                "is damaged or incomplete: no sound could be decoded; copy or download the file again");
  while (frame && !is_full()) {
    TRY(FramePtr next, decoder_->next());  // one ahead, since time stamps are judged by the one after
    const bool is_next_after_damage = decoder_->is_after_damage();
    TRY_VOID(take(*frame, next ? decoder_->time_of(*next) : std::nullopt, is_after_damage));
    frame = std::move(next);
    is_after_damage = is_next_after_damage;
  }
  end_run();
  return warnings();
}

Result<void> TrackDecoder::take(const AVFrame& frame, std::optional<Samples> next_time, bool is_after_damage) {
  const Samples length(av_rescale(frame.nb_samples, kSampleRateHz, frame.sample_rate));
  const Piece piece{.time = decoder_->time_of(frame), .length = length, .is_after_damage = is_after_damage};
  const Placement placement = timeline_.place(position(), piece, next_time);
  if (placement.is_dropped) return {};
  if (placement.silence_before > Samples{0}) {
    const Samples target = position() + placement.silence_before;
    end_run();
    emit_silence(std::max(Samples{0}, target - emitted_));
  }
  TRY_VOID(fit_to(frame));
  if (!to_planes(frame, planes_))
    return fail(ErrorCode::kDecoderFailed, "has sound in an unknown sample format; convert it first");
  std::vector<std::span<const float>> channels(planes_.begin(), planes_.end());
  downmix_->push(channels, mono_);
  run_samples_ += frame.nb_samples;
  resampler_->push(mono_, resampled_);
  mono_.clear();
  emit(resampled_);
  return {};
}

// The sample rate and the channels may change in the middle of a track.
Result<void> TrackDecoder::fit_to(const AVFrame& frame) {
  if (resampler_ && frame.sample_rate != rate_hz_) end_run();
  if (!resampler_) return begin_run(frame);
  auto weights = speech_weights(frame.ch_layout);
  if (weights == weights_) return {};
  downmix_->flush(mono_);
  weights_ = std::move(weights);
  downmix_.emplace(weights_, rate_hz_);
  return {};
}

Result<void> TrackDecoder::begin_run(const AVFrame& frame) {
  TRY(Resampler resampler, Resampler::make(frame.sample_rate));
  resampler_.emplace(std::move(resampler));
  weights_ = speech_weights(frame.ch_layout);
  downmix_.emplace(weights_, frame.sample_rate);
  rate_hz_ = frame.sample_rate;
  run_samples_ = 0;
  run_begin_ = emitted_;
  return {};
}

void TrackDecoder::end_run() {
  if (!resampler_) return;
  downmix_->flush(mono_);
  resampler_->push(mono_, resampled_);
  mono_.clear();
  resampler_->flush(resampled_);
  // The filter's tail may be a sample longer or shorter than the time it stands for.
  resampled_.resize(static_cast<size_t>(std::max<int64_t>(0, (position() - emitted_).count())));
  emit(resampled_);
  resampler_.reset();
  downmix_.reset();
}

void TrackDecoder::emit_silence(Samples length) {
  length = std::min(length, kLongestAudio - emitted_);
  if (length <= Samples{0}) return;
  sink_.silence(length);
  emitted_ += length;
}

void TrackDecoder::emit(std::vector<float>& samples) {
  const auto room = static_cast<size_t>((kLongestAudio - emitted_).count());
  const auto sound = std::span<const float>(samples).first(std::min(room, samples.size()));
  if (!sound.empty()) sink_.sound(sound);
  emitted_ += Samples(static_cast<int64_t>(sound.size()));
  samples.clear();
}

Samples TrackDecoder::position() const {
  if (!resampler_) return emitted_;
  return run_begin_ + Samples(av_rescale(run_samples_, kSampleRateHz, rate_hz_));
}

std::vector<Warning> TrackDecoder::warnings() const {
  std::vector<Warning> all;
  if (is_full())
    all.push_back({WarningCode::kTooLong, "only the first 48 hours were converted; cut the file into shorter parts"});
  const auto truncation = is_full() ? std::nullopt : truncation_warning();
  if (truncation) all.push_back(*truncation);
  // The last packet of a file that was cut is cut as well.
  if (const int64_t n = decoder_->n_damaged(); n > (truncation ? 1 : 0))
    all.push_back({WarningCode::kDamagedSound,
                   std::to_string(n) + " of " + std::to_string(decoder_->n_packets()) +
                       " packets of sound are damaged and were left out: words may be missing there"});
  return all;
}

std::optional<Warning> TrackDecoder::truncation_warning() const {
  if (!file_.is_duration_stated()) return std::nullopt;
  std::optional<Samples> stated = file_.duration();
  if (stream_.duration != AV_NOPTS_VALUE && stream_.duration > 0) {
    const int64_t start = stream_.start_time == AV_NOPTS_VALUE ? 0 : stream_.start_time;
    int64_t end = 0;
    if (__builtin_add_overflow(start, stream_.duration, &end)) return std::nullopt;
    stated = file_.on_clock(end, stream_.time_base);
  }
  const Samples reached = std::max(emitted_, decoder_->reached());
  // Stated lengths are rounded, and count subtitles that stay on for a while.
  if (!stated || *stated - reached <= std::max<Samples>(std::chrono::seconds(2), *stated / 50)) return std::nullopt;
  return Warning{WarningCode::kEndsEarly, "the file ends after " + in_words(reached) + " of the " + in_words(*stated) +
                                              " that it states: it is damaged or incomplete"};
}

}  // namespace v2t::media
