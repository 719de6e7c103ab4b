// Opens a media file through libavformat on one descriptor.
#include "media/media_file.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <set>

#include "media/formats.h"

namespace v2t::media {
namespace {

constexpr int kIoBufferBytes = 64 * 1024;
// Samples in WAV may be frames of DTS, which eight packets of 4 KB show. Looking for them in all packets that libav
// reads at first takes longer than to decode a short clip.
constexpr const char* kWavProbePackets = "8";

int refuse_to_open(AVFormatContext*, AVIOContext**, const char*, int, AVDictionary**) { return AVERROR(EPERM); }

bool is_picture(const AVStream& stream) {
  return stream.codecpar->codec_type == AVMEDIA_TYPE_VIDEO && !(stream.disposition & AV_DISPOSITION_ATTACHED_PIC);
}

bool is_sound(const AVStream& stream) { return stream.codecpar->codec_type == AVMEDIA_TYPE_AUDIO; }

std::string tag(const AVStream& stream, const char* key) {
  const AVDictionaryEntry* entry = av_dict_get(stream.metadata, key, nullptr, 0);
  return entry ? entry->value : "";
}

std::span<AVStream* const> all_streams(const AVFormatContext& format) { return {format.streams, format.nb_streams}; }

std::optional<Samples> to_samples(int64_t timestamp, AVRational time_base) {
  constexpr int64_t kBeyondBelief = int64_t{kSampleRateHz} * 3600 * 24 * 36500;  // a hundred years
  if (timestamp == AV_NOPTS_VALUE || time_base.num <= 0 || time_base.den <= 0) return std::nullopt;
  const int64_t samples = av_rescale_q(timestamp, time_base, kSampleTimeBase);
  if (samples > kBeyondBelief || samples < -kBeyondBelief) return std::nullopt;
  return Samples(samples);
}

// ISO/IEC 14496-12 section 4.2: walks the boxes of the top level in search of `moov`.
bool has_mp4_index(int fd) {
  struct stat file{};
  if (::fstat(fd, &file) != 0) return false;
  int64_t offset = 0;
  for (int n_boxes = 0; n_boxes < 10000 && offset <= file.st_size - 8; ++n_boxes) {
    std::array<uint8_t, 16> header{};
    if (::pread(fd, header.data(), header.size(), offset) < 8) return false;
    if (std::memcmp(header.data() + 4, "moov", 4) == 0) return true;
    const auto big_endian = [&](size_t first, size_t last) {
      uint64_t value = 0;
      for (size_t i = first; i < last; ++i) value = value << 8 | header[i];
      return value;
    };
    uint64_t size = big_endian(0, 4);
    if (size == 1) size = big_endian(8, 16);
    if (size < 8 || size > static_cast<uint64_t>(file.st_size - offset)) return false;
    offset += static_cast<int64_t>(size);
  }
  return false;
}

tl::unexpected<Error> not_media() {
  return fail(ErrorCode::kNotMedia, "is not an audio or video file that this program knows; choose another file");
}

tl::unexpected<Error> cannot_open(const AVInputFormat& format, int fd) {
  const std::string name = format.name;
  if (name.starts_with("mov") && !has_mp4_index(fd))
    return fail(ErrorCode::kDamagedMedia,
                "is damaged or incomplete: the index at the end is missing; copy or download the file again");
  return fail(ErrorCode::kDamagedMedia, "is damaged or incomplete: it begins like " + name +
                                            " but cannot be read; copy or download the file again");
}

}  // namespace

int MediaFile::read(void* self, uint8_t* buffer, int size) {
  auto& file = *static_cast<MediaFile*>(self);
  ssize_t n = 0;
  do n = ::pread(file.fd_, buffer, static_cast<size_t>(size), file.position_);
  while (n < 0 && errno == EINTR);
  if (n < 0) return AVERROR(errno);
  file.position_ += n;
  return n == 0 ? AVERROR_EOF : static_cast<int>(n);
}

int64_t MediaFile::seek(void* self, int64_t offset, int whence) {
  auto& file = *static_cast<MediaFile*>(self);
  struct stat info{};
  if (::fstat(file.fd_, &info) != 0) return AVERROR(errno);
  if (whence == AVSEEK_SIZE) return info.st_size;
  int64_t base = 0;
  if ((whence & ~AVSEEK_FORCE) == SEEK_CUR) base = file.position_;
  if ((whence & ~AVSEEK_FORCE) == SEEK_END) base = info.st_size;
  int64_t target = 0;
  if (__builtin_add_overflow(base, offset, &target) || target < 0) return AVERROR(EINVAL);
  return file.position_ = target;
}

Result<std::unique_ptr<MediaFile>> MediaFile::open(int fd) {
  std::unique_ptr<MediaFile> file(new MediaFile(fd));
  TRY_VOID(file->open_container());
  return file;
}

Result<void> MediaFile::open_container() {
  auto* buffer = static_cast<uint8_t*>(av_malloc(kIoBufferBytes));
  CHECK(buffer);
  io_.reset(avio_alloc_context(buffer, kIoBufferBytes, /*write_flag=*/0, this, &read, nullptr, &seek));
  CHECK(io_);
  const AVInputFormat* input = nullptr;
  const int score = av_probe_input_buffer2(io_.get(), &input, "", nullptr, 0, 0);
  if (score < 0 || !input) return not_media();

  AVFormatContext* context = avformat_alloc_context();
  CHECK(context);
  context->pb = io_.get();
  context->io_open = &refuse_to_open;
  AVDictionary* options = nullptr;
  av_dict_set(&options, "format_whitelist", allowed_formats(), 0);
  av_dict_set(&options, "protocol_whitelist", "none", 0);
  av_dict_set(&options, "codec_whitelist", allowed_decoders().c_str(), 0);
  if (std::string_view(input->name) == "wav") av_dict_set(&options, "max_probe_packets", kWavProbePackets, 0);
  const int opened = avformat_open_input(&context, nullptr, input, &options);
  av_dict_free(&options);
  const bool is_guess = score <= AVPROBE_SCORE_RETRY;
  if (opened == AVERROR(EINVAL) || (opened < 0 && is_guess)) return not_media();
  if (opened < 0) return cannot_open(*input, fd_);
  format_.reset(context);
  if (avformat_find_stream_info(context, nullptr) < 0 || context->nb_streams == 0)
    return is_guess ? Result<void>(not_media()) : Result<void>(cannot_open(*input, fd_));
  find_clock_zero();
  return {};
}

std::vector<AVStream*> MediaFile::audio_streams() const {
  std::vector<AVStream*> streams;
  for (AVStream* stream : all_streams(*format_))
    if (is_sound(*stream)) streams.push_back(stream);
  return streams;
}

MediaInfo MediaFile::info() const {
  MediaInfo info;
  info.container = format_->iformat->name;
  if (const auto length = duration()) info.duration = to_millis(*length);
  info.has_video = std::ranges::any_of(all_streams(*format_), [](AVStream* stream) { return is_picture(*stream); });
  for (const AVStream* stream : audio_streams()) {
    AudioTrack track;
    track.number = static_cast<int>(info.audio_tracks.size()) + 1;
    track.codec = avcodec_get_name(stream->codecpar->codec_id);
    track.language = tag(*stream, "language");
    track.title = tag(*stream, "title");
    track.channels = stream->codecpar->ch_layout.nb_channels;
    track.sample_rate_hz = stream->codecpar->sample_rate;
    track.is_default = (stream->disposition & AV_DISPOSITION_DEFAULT) != 0;
    info.audio_tracks.push_back(std::move(track));
  }
  return info;
}

Result<AVStream*> MediaFile::choose_track(std::optional<int> number) const {
  const auto streams = audio_streams();
  if (streams.empty())
    return fail(ErrorCode::kNoAudioTrack,
                "has no audio track, so there is nothing to convert; choose a file with sound");
  if (number) {
    if (*number >= 1 && static_cast<size_t>(*number) <= streams.size())
      return streams[static_cast<size_t>(*number) - 1];
    return fail(ErrorCode::kNoSuchTrack, "has no audio track " + std::to_string(*number) + "; choose one from 1 to " +
                                             std::to_string(streams.size()));
  }
  const auto can_decode = [](const AVStream* s) { return avcodec_find_decoder(s->codecpar->codec_id) != nullptr; };
  const auto is_default = [&](const AVStream* s) { return (s->disposition & AV_DISPOSITION_DEFAULT) && can_decode(s); };
  if (const auto found = std::ranges::find_if(streams, is_default); found != streams.end()) return *found;
  if (const auto found = std::ranges::find_if(streams, can_decode); found != streams.end()) return *found;
  return streams.front();
}

// libav learns the start of some pictures (H.264 in Matroska) by decoding them, which we do not; it then gives the
// start of the sound. So the first packet of a picture counts too. The number of packets that are kept meanwhile is
// limited: a stream that comes later starts later.
void MediaFile::find_clock_zero() {
  constexpr size_t kMaxPackets = 500;
  constexpr size_t kMaxBytes = 16 << 20;
  std::optional<Samples> zero;
  std::set<int> unknown;
  const auto consider = [&](std::optional<Samples> start) {
    if (start && (!zero || *start < *zero)) zero = start;
    return start.has_value();
  };
  for (const AVStream* stream : all_streams(*format_))
    if (is_picture(*stream) || (is_sound(*stream) && !consider(to_samples(stream->start_time, stream->time_base))))
      unknown.insert(stream->index);
  for (size_t n_bytes = 0; !unknown.empty() && early_packets_.size() < kMaxPackets && n_bytes < kMaxBytes;) {
    PacketPtr packet(av_packet_alloc());
    CHECK(packet);
    if (av_read_frame(format_.get(), packet.get()) < 0) break;
    n_bytes += static_cast<size_t>(packet->size);
    const int index = packet->stream_index;
    const bool is_shown = !(packet->flags & AV_PKT_FLAG_DISCARD);
    const int64_t time = packet->pts != AV_NOPTS_VALUE ? packet->pts : packet->dts;
    if (is_shown && unknown.contains(index) && consider(to_samples(time, format_->streams[index]->time_base)))
      unknown.erase(index);
    early_packets_.push_back(std::move(packet));
  }
  clock_zero_ = zero.value_or(Samples{0});
}

int MediaFile::read_packet(AVPacket& packet) {
  if (early_packets_.empty()) return av_read_frame(format_.get(), &packet);
  av_packet_move_ref(&packet, early_packets_.front().get());
  early_packets_.pop_front();
  return 0;
}

std::optional<Samples> MediaFile::on_clock(int64_t timestamp, AVRational time_base) const {
  const auto time = to_samples(timestamp, time_base);
  if (!time) return std::nullopt;
  return *time - clock_zero_;
}

std::optional<Samples> MediaFile::duration() const {
  if (format_->duration == AV_NOPTS_VALUE || format_->duration <= 0) return std::nullopt;
  // Raw AAC has neither a stated length nor a constant rate: libav's estimate is off by a third and more.
  if (!is_duration_stated() && std::string_view(format_->iformat->name) == "aac") return std::nullopt;
  return Samples(av_rescale_q(format_->duration, AV_TIME_BASE_Q, kSampleTimeBase));
}

bool MediaFile::is_duration_stated() const {
  return format_->duration_estimation_method != AVFMT_DURATION_FROM_BITRATE;
}

}  // namespace v2t::media
