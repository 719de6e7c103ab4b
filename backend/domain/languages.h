// The languages of openai/whisper: codes, as settings and transcripts hold them, and English names.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace v2t {

inline constexpr size_t kLanguageCount = 100;

// "en", "ru", "yue" ...
bool is_language(std::string_view code);
// "english"; empty for an unknown code.
std::string_view language_name(std::string_view code);
// The code of a code or a name in any case: "EN", "English" -> "en".
std::optional<std::string> language_from(std::string_view text);

}  // namespace v2t
