// Cues from files of subtitles, of strangers.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "domain/subtitles.h"

namespace v2t {

// No file of text reaches further: 10 000 hours.
inline constexpr int64_t kMostMillis = 36'000'000'000;

// Lines without their ends, which may be "\n", "\r\n" or "\r".
std::vector<std::string_view> text_lines(std::string_view text);

// `text`: valid UTF-8. Cues with text, in the order of the file. As import_text() says.
Result<std::vector<SubtitleCue>> read_srt(std::string_view text);
Result<std::vector<SubtitleCue>> read_vtt(std::string_view text);

}  // namespace v2t
