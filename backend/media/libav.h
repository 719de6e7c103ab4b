// libav's C headers, its functions, and owners for its objects. Only files of this folder include it.
#pragma once

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/channel_layout.h>
#include <libavutil/log.h>
#include <libswresample/swresample.h>
}

#include <memory>

#include "base/late_library.h"

// All that we call. Debian's libav needs 105 other libraries, which take 28 ms to load; of all commands the decoding
// child alone needs them, and that in a hurry. So the program is not linked with libav (late_library.h): null until
// load_libav().
// clang-format off
#define V2T_LIBAV_FUNCTIONS(X) \
  X(av_channel_layout_channel_from_index) X(av_channel_layout_index_from_channel) X(av_codec_is_decoder) \
  X(av_codec_iterate) X(av_dict_free) X(av_dict_get) X(av_dict_set) X(av_frame_alloc) X(av_frame_free) \
  X(av_freep) X(av_get_packed_sample_fmt) X(av_log_set_level) X(av_malloc) X(av_packet_alloc) X(av_packet_free) \
  X(av_packet_move_ref) X(av_packet_unref) X(av_probe_input_buffer2) X(av_read_frame) X(av_rescale) \
  X(av_rescale_q) X(av_sample_fmt_is_planar) X(avcodec_alloc_context3) X(avcodec_find_decoder) \
  X(avcodec_free_context) X(avcodec_get_name) X(avcodec_open2) X(avcodec_parameters_to_context) \
  X(avcodec_receive_frame) X(avcodec_send_packet) X(avformat_alloc_context) X(avformat_close_input) \
  X(avformat_find_stream_info) X(avformat_open_input) X(avio_alloc_context) X(avio_context_free) \
  X(swr_alloc_set_opts2) X(swr_convert) X(swr_free) X(swr_get_out_samples) X(swr_init)
// clang-format on

namespace v2t::media {

V2T_LIBAV_FUNCTIONS(V2T_DECLARE_LATE)

// Once, before any of these is called. kUnavailable: libav is not installed, or another version of it than this program
// was built with.
Result<void> load_libav();

struct FreeFormat {
  void operator()(AVFormatContext* context) const { avformat_close_input(&context); }
};
struct FreeCodec {
  void operator()(AVCodecContext* context) const { avcodec_free_context(&context); }
};
struct FreeIo {
  void operator()(AVIOContext* context) const {
    av_freep(&context->buffer);
    avio_context_free(&context);
  }
};
struct FreePacket {
  void operator()(AVPacket* packet) const { av_packet_free(&packet); }
};
struct FreeFrame {
  void operator()(AVFrame* frame) const { av_frame_free(&frame); }
};
struct FreeResampler {
  void operator()(SwrContext* context) const { swr_free(&context); }
};

using FormatPtr = std::unique_ptr<AVFormatContext, FreeFormat>;
using CodecPtr = std::unique_ptr<AVCodecContext, FreeCodec>;
using IoPtr = std::unique_ptr<AVIOContext, FreeIo>;
using PacketPtr = std::unique_ptr<AVPacket, FreePacket>;
using FramePtr = std::unique_ptr<AVFrame, FreeFrame>;
using ResamplerPtr = std::unique_ptr<SwrContext, FreeResampler>;

inline constexpr AVRational kSampleTimeBase{1, 16000};

}  // namespace v2t::media
