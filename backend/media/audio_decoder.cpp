// Demultiplexes and decodes one audio track.
#include "media/audio_decoder.h"

#include <algorithm>

namespace v2t::media {
namespace {

constexpr int kMaxReadErrors = 1000;  // in a row
constexpr int kMaxSampleRateHz = 768000;

bool is_usable(const AVFrame& frame) {
  return frame.nb_samples > 0 && frame.sample_rate > 0 && frame.sample_rate <= kMaxSampleRateHz &&
         frame.ch_layout.nb_channels > 0 && frame.extended_data && frame.extended_data[0];
}

}  // namespace

AudioDecoder::AudioDecoder(MediaFile& file, AVStream& stream)
    : file_(file), stream_(stream), packet_(av_packet_alloc()) {
  CHECK(packet_);
}

Result<std::unique_ptr<AudioDecoder>> AudioDecoder::make(MediaFile& file, AVStream& stream) {
  std::unique_ptr<AudioDecoder> decoder(new AudioDecoder(file, stream));
  TRY_VOID(decoder->open_codec());
  decoder->choose_streams();
  return decoder;
}

Result<void> AudioDecoder::open_codec() {
  const AVCodec* codec = avcodec_find_decoder(stream_.codecpar->codec_id);
  const std::string name = avcodec_get_name(stream_.codecpar->codec_id);
  if (!codec)
    return fail(ErrorCode::kNotMedia, "has sound in a format that this program cannot decode (codec " + name +
                                          "); convert it, for example to .m4a or .mp3");
  codec_.reset(avcodec_alloc_context3(codec));
  CHECK(codec_);
  if (avcodec_parameters_to_context(codec_.get(), stream_.codecpar) < 0)
    return fail(ErrorCode::kDamagedMedia, "is damaged: the description of its sound makes no sense");
  codec_->pkt_timebase = stream_.time_base;
  codec_->thread_count = 1;
  if (avcodec_open2(codec_.get(), codec, nullptr) < 0)
    return fail(ErrorCode::kDamagedMedia, "is damaged or incomplete: its sound (codec " + name +
                                              ") cannot be decoded; copy or download the file again");
  return {};
}

// A track with a length of its own is read alone, so that MP4's pictures are never touched. Without one, the pictures
// tell how far the file reaches.
void AudioDecoder::choose_streams() {
  const AVFormatContext& format = *file_.context();
  const bool has_own_length = stream_.duration != AV_NOPTS_VALUE && stream_.duration > 0;
  for (AVStream* stream : std::span(format.streams, format.nb_streams)) {
    const bool is_video =
        stream->codecpar->codec_type == AVMEDIA_TYPE_VIDEO && !(stream->disposition & AV_DISPOSITION_ATTACHED_PIC);
    const bool is_wanted = stream == &stream_ || (is_video && !has_own_length);
    stream->discard = is_wanted ? AVDISCARD_DEFAULT : AVDISCARD_ALL;
  }
}

Result<FramePtr> AudioDecoder::next() {
  FramePtr frame(av_frame_alloc());
  CHECK(frame);
  for (;;) {
    TRY(const bool has_frame, receive(*frame));
    if (has_frame && is_usable(*frame)) {
      is_after_damage_ = std::exchange(has_damage_, false);
      return frame;
    }
    if (has_frame) continue;
    if (at_end_) return FramePtr();
    if (read_packet()) {
      if (!send_packet()) ++n_damaged_, has_damage_ = true;
    } else {
      at_end_ = true;
      avcodec_send_packet(codec_.get(), nullptr);
    }
  }
}

// False: wants a packet, or there is no more.
Result<bool> AudioDecoder::receive(AVFrame& frame) {
  const int got = avcodec_receive_frame(codec_.get(), &frame);
  if (got == 0) return true;
  if (got == AVERROR(EAGAIN) || got == AVERROR_EOF) return false;
  if (got == AVERROR(ENOMEM))
    return fail(ErrorCode::kDecoderFailed, "needs more memory to decode than is allowed; convert it first");
  ++n_damaged_, has_damage_ = true;
  return false;
}

bool AudioDecoder::read_packet() {
  int n_errors = 0;
  for (;;) {
    av_packet_unref(packet_.get());
    const int got = file_.read_packet(*packet_);
    if (got == AVERROR_EOF || n_errors > kMaxReadErrors) return false;
    if (got < 0) {
      ++n_errors;
      has_damage_ = true;
      continue;
    }
    note_reach();
    if (packet_->stream_index == stream_.index) return true;
    n_errors = 0;
  }
}

void AudioDecoder::note_reach() {
  const AVRational time_base = file_.context()->streams[packet_->stream_index]->time_base;
  const int64_t time = packet_->pts != AV_NOPTS_VALUE ? packet_->pts : packet_->dts;
  const auto begin = file_.on_clock(time, time_base);
  if (begin) reached_ = std::max(reached_, *begin);
}

bool AudioDecoder::send_packet() {
  ++n_packets_;
  return avcodec_send_packet(codec_.get(), packet_.get()) == 0;
}

}  // namespace v2t::media
