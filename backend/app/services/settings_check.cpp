// Checks the settings of a job before it is stored.
#include "app/services/settings_check.h"

#include <algorithm>

#include "base/text.h"
#include "domain/languages.h"
#include "domain/speech_engine.h"

namespace v2t {
namespace {

constexpr size_t kMaxPromptLength = 2'000;
constexpr int kMaxTrack = 1'000;
constexpr size_t kMaxHotwords = 200;
constexpr size_t kMaxHotwordLength = 100;

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

Result<void> check_languages(const JobSettings& settings) {
  if (settings.language && !is_language(*settings.language))
    return fail(ErrorCode::kInvalidArgument,
                "language: \"" + to_valid_utf8(settings.language->substr(0, 20)) +
                    "\" is no language of Whisper; give a code like en or ru, or leave it out");
  for (const auto& code : settings.languages)
    if (!is_language(code))
      return fail(ErrorCode::kInvalidArgument, "languages: \"" + to_valid_utf8(code.substr(0, 20)) +
                                                   "\" is no language of Whisper; give codes like en and ru");
  if (settings.languages.size() > kLanguageCount)
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
