// Checks the settings of a job before it is stored.
#include "app/services/settings_check.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "domain/speech_engine.h"

namespace v2t {
namespace {

constexpr size_t kMaxPromptLength = 2'000;
constexpr int kMaxTrack = 1'000;
constexpr size_t kMaxHotwords = 200;
constexpr size_t kMaxHotwordLength = 100;

// The languages of openai/whisper's tokenizer; "yue" came with large-v3.
constexpr std::array<std::string_view, 100> kLanguages{
    "af", "am", "ar", "as", "az", "ba", "be", "bg", "bn", "bo", "br", "bs", "ca",  "cs",  "cy", "da", "de",
    "el", "en", "es", "et", "eu", "fa", "fi", "fo", "fr", "gl", "gu", "ha", "haw", "he",  "hi", "hr", "ht",
    "hu", "hy", "id", "is", "it", "ja", "jw", "ka", "kk", "km", "kn", "ko", "la",  "lb",  "ln", "lo", "lt",
    "lv", "mg", "mi", "mk", "ml", "mn", "mr", "ms", "mt", "my", "ne", "nl", "nn",  "no",  "oc", "pa", "pl",
    "ps", "pt", "ro", "ru", "sa", "sd", "si", "sk", "sl", "sn", "so", "sq", "sr",  "su",  "sv", "sw", "ta",
    "te", "tg", "th", "tk", "tl", "tr", "tt", "uk", "ur", "uz", "vi", "yi", "yo",  "yue", "zh"};
static_assert(std::ranges::is_sorted(kLanguages));

// One part of a name on the Hugging Face Hub.
bool is_name_part(std::string_view part) {
  const auto is_allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
           c == '.';
  };
  return !part.empty() && part.size() <= 96 && part.front() != '.' && part.front() != '-' && part.back() != '.' &&
         part.find("..") == std::string_view::npos && std::ranges::all_of(part, is_allowed);
}

bool is_model_name(const std::string& name) {
  const auto parts = split(name, '/');
  return parts.size() <= 2 && std::ranges::all_of(parts, is_name_part);
}

bool is_language(std::string_view code) { return std::ranges::binary_search(kLanguages, code); }

Result<void> check_languages(const JobSettings& settings) {
  if (settings.language && !is_language(*settings.language))
    return fail(ErrorCode::kInvalidArgument,
                "language: \"" + to_valid_utf8(settings.language->substr(0, 20)) +
                    "\" is no language of Whisper; give a code like en or ru, or leave it out");
  for (const auto& code : settings.languages)
    if (!is_language(code))
      return fail(ErrorCode::kInvalidArgument, "languages: \"" + to_valid_utf8(code.substr(0, 20)) +
                                                   "\" is no language of Whisper; give codes like en and ru");
  if (settings.languages.size() > kLanguages.size())
    return fail(ErrorCode::kInvalidArgument, "languages: name each one once");
  if (settings.language && !settings.languages.empty() &&
      std::ranges::find(settings.languages, *settings.language) == settings.languages.end())
    return fail(ErrorCode::kInvalidArgument, "languages: " + *settings.language +
                                                 " is the language and must be one of these; give one or the other");
  return {};
}

Result<void> check_hotwords(const std::vector<std::string>& hotwords) {
  if (hotwords.size() > kMaxHotwords)
    return fail(ErrorCode::kInvalidArgument, "hotwords: at most " + std::to_string(kMaxHotwords) + " terms");
  for (const auto& term : hotwords)
    if (!is_valid_utf8(term) || trim(term).empty() || utf8_length(term) > kMaxHotwordLength)
      return fail(ErrorCode::kInvalidArgument, "hotwords: a term is 1 to " + std::to_string(kMaxHotwordLength) +
                                                   " characters of UTF-8; change \"" +
                                                   to_valid_utf8(term.substr(0, 100)) + "\"");
  return {};
}

}  // namespace

Result<void> check_settings(const JobSettings& settings) {
  if (!is_model_name(settings.model))
    return fail(ErrorCode::kInvalidArgument, "model: \"" + to_valid_utf8(settings.model.substr(0, 200)) +
                                                 "\" is no model name; give one like base or owner/name");
  TRY_VOID(check_languages(settings));
  TRY_VOID(check_hotwords(settings.hotwords));
  if (settings.beam_size && (*settings.beam_size < 1 || *settings.beam_size > kMaxBeams))
    return fail(ErrorCode::kInvalidArgument, "beam_size: from 1 to " + std::to_string(kMaxBeams));
  if (!is_valid_utf8(settings.initial_prompt))
    return fail(ErrorCode::kInvalidArgument, "initial_prompt: the text is not UTF-8");
  if (utf8_length(settings.initial_prompt) > kMaxPromptLength)
    return fail(ErrorCode::kInvalidArgument,
                "initial_prompt: at most " + std::to_string(kMaxPromptLength) + " characters; shorten it");
  if (settings.audio_track && (*settings.audio_track < 1 || *settings.audio_track > kMaxTrack))
    return fail(ErrorCode::kInvalidArgument, "audio_track: tracks are numbered from 1");
  return {};
}

}  // namespace v2t
