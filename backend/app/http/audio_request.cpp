// Checks of form fields.
#include "app/http/audio_request.h"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <charconv>
#include <map>
#include <optional>

#include "app/services/settings_check.h"
#include "base/text.h"
#include "domain/languages.h"

namespace v2t::http {
namespace {

namespace json = boost::json;

constexpr std::array<std::string_view, 6> kAliases{
    "whisper-1",
    "gpt-transcribe",
    "gpt-4o-transcribe",
    "gpt-4o-mini-transcribe",
    "gpt-4o-mini-transcribe-2025-12-15",
    "gpt-4o-transcribe-diarize",
};

// As OpenAI does, of a longer prompt the end counts: the decoder has room for no more.
constexpr size_t kPromptLength = 2'000;

Problem wrong(const std::string& field, const std::string& message) {
  return {ErrorCode::kInvalidArgument, message, field};
}

class Fields {
 public:
  explicit Fields(const FormFields& fields) {
    for (const auto& [name, value] : fields) values_[name].push_back(value);
  }

  // The last value; nothing for an absent or empty field.
  std::optional<std::string> one(const std::string& name) const {
    const auto found = values_.find(name);
    if (found == values_.end() || found->second.back().empty()) return std::nullopt;
    return found->second.back();
  }

  // Of "name[]" and "name", repeated or as a JSON array.
  std::vector<std::string> list(const std::string& name) const {
    std::vector<std::string> all;
    for (const std::string& key : {name + "[]", name}) {
      const auto found = values_.find(key);
      if (found == values_.end()) continue;
      for (const auto& value : found->second) append(value, all);
    }
    return all;
  }

  bool has_any(std::initializer_list<std::string_view> names) const {
    return std::ranges::any_of(names, [&](std::string_view name) { return !list(std::string(name)).empty(); });
  }

 private:
  static void append(const std::string& value, std::vector<std::string>& all) {
    if (value.empty()) return;
    json::error_code error;
    const auto parsed = value.front() == '[' ? json::parse(value, error) : json::value();
    const auto* array = error ? nullptr : parsed.if_array();
    if (array == nullptr) {
      all.push_back(value);
      return;
    }
    for (const auto& item : *array)
      if (const auto* text = item.if_string()) all.emplace_back(*text);
  }

  std::map<std::string, std::vector<std::string>> values_;
};

Outcome<bool> read_switch(const Fields& fields, const std::string& name) {
  const std::string value = to_lower_ascii(fields.one(name).value_or("false"));
  if (value == "true" || value == "1") return true;
  if (value == "false" || value == "0" || value == "null" || value == "none") return false;
  return refuse(wrong(name, name + " must be true or false"));
}

Outcome<AudioFormat> read_format(const Fields& fields) {
  const std::string name = fields.one("response_format").value_or("json");
  if (name == "json") return AudioFormat::kJson;
  if (name == "text") return AudioFormat::kText;
  if (name == "srt") return AudioFormat::kSrt;
  if (name == "verbose_json") return AudioFormat::kVerboseJson;
  if (name == "vtt") return AudioFormat::kVtt;
  if (name == "diarized_json")
    return refuse(
        wrong("response_format",
              "this server does not tell speakers apart, so there is no diarized_json; ask for verbose_json"));
  return refuse(wrong("response_format", "response_format must be json, text, srt, verbose_json or vtt"));
}

Outcome<void> read_granularities(const Fields& fields, AudioRequest& request) {
  const auto wanted = fields.list("timestamp_granularities");
  if (wanted.empty()) return {};
  if (request.format != AudioFormat::kVerboseJson)
    return refuse(wrong("timestamp_granularities[]",
                        "`response_format` must be `verbose_json` if `timestamp_granularities[]` is provided"));
  request.wants_segments = false;
  for (const auto& name : wanted) {
    if (name != "word" && name != "segment")
      return refuse(wrong("timestamp_granularities[]", "timestamp_granularities[] takes word and segment"));
    (name == "word" ? request.wants_words : request.wants_segments) = true;
  }
  return {};
}

Outcome<void> read_include(const Fields& fields, AudioRequest& request) {
  for (const auto& name : fields.list("include")) {
    if (name != "logprobs") return refuse(wrong("include[]", "include[] takes logprobs"));
    if (request.format != AudioFormat::kJson)
      return refuse(wrong("include[]", "logprobs are given with response_format json alone"));
    request.wants_logprobs = true;
  }
  request.settings.token_scores = request.wants_logprobs;
  return {};
}

Outcome<void> read_temperature(const Fields& fields, JobSettings& settings) {
  const auto text = fields.one("temperature");
  if (!text) return {};
  float value = -1;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (error != std::errc() || end != text->data() + text->size() || !(value >= 0 && value <= 1))
    return refuse(wrong("temperature", "temperature must be a number from 0 to 1"));
  settings.temperature = value;
  return {};
}

Outcome<std::string> read_language(const std::string& text, const std::string& field) {
  auto code = language_from(text);
  if (!code)
    return refuse(wrong(field, "\"" + to_valid_utf8(text.substr(0, 40)) +
                                   "\" is no language of Whisper; give an ISO 639-1 code like en or ru"));
  return *std::move(code);
}

Outcome<void> read_languages(const Fields& fields, JobSettings& settings) {
  if (const auto language = fields.one("language")) {
    ATTEMPT(settings.language, read_language(*language, "language"));
  }
  for (const auto& language : fields.list("languages")) {
    ATTEMPT(auto code, read_language(language, "languages[]"));
    settings.languages.push_back(std::move(code));
  }
  // One possible language is no question.
  if (!settings.language && settings.languages.size() == 1) settings.language = settings.languages.front();
  return {};
}

std::string end_of(const std::string& text) {
  size_t begin = 0;
  for (size_t length = utf8_length(text); length > kPromptLength; --length) do
      ++begin;
    while (begin < text.size() && (static_cast<unsigned char>(text[begin]) & 0xC0U) == 0x80U);
  return text.substr(begin);
}

Outcome<void> refuse_speakers(const Fields& fields) {
  if (fields.has_any({"known_speaker_names", "known_speaker_references"}))
    return refuse(wrong("known_speaker_names[]", "this server does not tell speakers apart"));
  return {};
}

// The message begins with the setting's name, which is the field's name but for one.
Problem settings_problem(const Error& error) {
  const std::string setting = error.message.substr(0, error.message.find(':'));
  if (setting == "initial_prompt") return {error.code, error.message, "prompt"};
  if (setting == "hotwords") return {error.code, error.message, "keywords[]"};
  return {error.code, error.message, setting == "languages" ? "languages[]" : setting};
}

}  // namespace

std::span<const std::string_view> model_aliases() { return kAliases; }

std::string local_model(const std::string& name, const std::string& default_model) {
  const bool is_alias = std::ranges::find(kAliases, std::string_view(name)) != kAliases.end();
  return is_alias ? default_model : name;
}

Outcome<AudioRequest> parse_audio_request(const FormFields& all, Task task, const JobSettings& defaults) {
  for (const auto& [name, value] : all)
    if (!is_valid_utf8(value)) return refuse(wrong(to_valid_utf8(name), "the field's text is not UTF-8"));
  const Fields fields(all);
  AudioRequest request;
  request.settings = defaults;
  request.settings.task = task;
  const auto model = fields.one("model");
  if (!model) return refuse(wrong("model", "you must provide a model parameter, such as whisper-1"));
  request.settings.model = local_model(*model, defaults.model);
  ATTEMPT(request.format, read_format(fields));
  ATTEMPT_VOID(read_granularities(fields, request));
  ATTEMPT_VOID(read_include(fields, request));
  ATTEMPT_VOID(read_temperature(fields, request.settings));
  ATTEMPT_VOID(read_languages(fields, request.settings));
  ATTEMPT_VOID(refuse_speakers(fields));
  ATTEMPT(request.is_stream, read_switch(fields, "stream"));
  ATTEMPT(request.keeps_job, read_switch(fields, "keep"));
  request.settings.initial_prompt = end_of(fields.one("prompt").value_or(""));
  request.settings.hotwords = fields.list("keywords");
  if (const auto checked = check_settings(request.settings); !checked) return refuse(settings_problem(checked.error()));
  return request;
}

}  // namespace v2t::http
