// How well a text compresses.
#include "whisper/compression.h"

#include <zlib.h>

#include <vector>

#include "base/result.h"

namespace v2t::whisper {

float compression_ratio(std::string_view text) {
  if (text.empty()) return 0;
  uLongf size = compressBound(text.size());
  std::vector<Bytef> out(size);
  const int status = compress(out.data(), &size, reinterpret_cast<const Bytef*>(text.data()), text.size());
  CHECK(status == Z_OK);
  return static_cast<float>(text.size()) / static_cast<float>(size);
}

}  // namespace v2t::whisper
