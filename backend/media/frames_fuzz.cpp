// Fuzzes the parent's reading of frames: whatever a hostile child says, the answer is frames or an error.
#include <cmath>
#include <cstdint>
#include <cstring>

#include "media/frames.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace v2t;
  std::span<const uint8_t> rest(data, size);
  const media::ReadExactly read = [&](std::span<std::byte> out) -> Result<void> {
    if (out.size() > rest.size()) return fail(ErrorCode::kDecoderFailed, "end");
    if (!out.empty()) std::memcpy(out.data(), rest.data(), out.size());
    rest = rest.subspan(out.size());
    return {};
  };
  for (;;) {
    const auto frame = media::read_frame(read);
    if (!frame) return 0;
    if (const auto* sound = std::get_if<media::Sound>(&*frame))
      for (const float sample : sound->samples) CHECK(std::abs(sample) <= 1.0f);
    if (const auto* silence = std::get_if<media::Silence>(&*frame)) CHECK(silence->length <= media::kLongestAudio);
  }
}
