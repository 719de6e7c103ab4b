// libav's C headers and owners for its objects. Only files of this folder include it.
#pragma once

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/channel_layout.h>
#include <libavutil/log.h>
#include <libswresample/swresample.h>
}

#include <memory>

namespace v2t::media {

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
