// Which formats and decoders of libav may be used on files of strangers.
#pragma once

#include <string>

namespace v2t::media {

// Containers of audio and video, by libav's short names. Left out: playlists and everything else that opens further
// files or addresses (hls, dash, concat, sdp, image2, vobsub), devices, still images, subtitles, text art,
// module music, and the formats of single computer games.
const char* allowed_formats();

// All audio decoders. Video decoders never run: we need no picture, and they are the larger half of libav's bugs.
const std::string& allowed_decoders();

}  // namespace v2t::media
