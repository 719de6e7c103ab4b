// The allow-lists of formats and decoders.
#include "media/formats.h"

#include "media/libav.h"

namespace v2t::media {
namespace {

std::string list_audio_decoders() {
  std::string names;
  void* position = nullptr;
  while (const AVCodec* codec = av_codec_iterate(&position)) {
    if (!av_codec_is_decoder(codec) || codec->type != AVMEDIA_TYPE_AUDIO) continue;
    if (!names.empty()) names += ',';
    names += codec->name;
  }
  return names;
}

}  // namespace

const char* allowed_formats() {
  return "aa,aac,aax,ac3,aea,aiff,amr,amrnb,amrwb,ape,asf,asf_o,au,avi,avr,caf,codec2,daud,dhav,dsf,dss,dts,dtshd,dv,"
         "eac3,flac,flv,g723_1,g729,gsm,gxf,h261,h263,h264,hcom,hevc,iff,ifv,ilbc,ircam,iv8,ivf,kux,live_flv,lmlm4,"
         "loas,lvf,lxf,m4v,matroska,webm,mgsts,mjpeg_2000,mlp,mmf,mov,mp4,m4a,3gp,3g2,mj2,mp3,mpc,mpc8,mpeg,mpegts,"
         "mpegvideo,mtv,mxf,nistsphere,nsv,nut,nuv,obu,ogg,oma,pmp,pva,pvf,qcp,rm,rso,sbc,shn,smjpeg,sox,spdif,swf,"
         "tak,truehd,tta,ty,vc1,vivo,voc,w64,wav,wsd,wtv,wv,xwma,yuv4mpegpipe";
}

const std::string& allowed_decoders() {
  static const std::string names = list_audio_decoders();
  return names;
}

}  // namespace v2t::media
