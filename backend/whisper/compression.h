// How well a text compresses: repetition does. Source: openai/whisper, utils.py, compression_ratio.
#pragma once

#include <string_view>

namespace v2t::whisper {

// Bytes of the text by bytes of its zlib stream (RFC 1950, default level); 0 for no text.
float compression_ratio(std::string_view text);

}  // namespace v2t::whisper
