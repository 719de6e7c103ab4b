// JSON of columns.
#include "store/json_columns.h"

#include <algorithm>
#include <boost/json.hpp>
#include <cmath>
#include <utility>

namespace v2t::store {
namespace {

namespace json = boost::json;

// Rows are written by this program alone; one that cannot be read back means a damaged file.
tl::unexpected<Error> damaged_row(std::string_view what) {
  return fail(ErrorCode::kInternal,
              "the job database is damaged: unreadable " + std::string(what) + "; restore a copy, or delete the job");
}

json::value parse(const std::string& text) {
  json::error_code error;
  auto value = json::parse(text, error);
  return error ? json::value() : value;
}

std::string text_of(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  const auto* text = value == nullptr ? nullptr : value->if_string();
  return text == nullptr ? std::string() : std::string(*text);
}

std::vector<std::string> strings_from(const json::value& value) {
  std::vector<std::string> strings;
  if (const auto* array = value.if_array())
    for (const auto& item : *array)
      if (const auto* string = item.if_string()) strings.emplace_back(*string);
  return strings;
}

std::vector<std::string> strings_of(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value == nullptr ? std::vector<std::string>() : strings_from(*value);
}

json::array array_of(const std::vector<std::string>& strings) { return json::array(strings.begin(), strings.end()); }

std::string to_hex(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const char c : bytes) {
    text += kDigits[static_cast<unsigned char>(c) >> 4U];
    text += kDigits[static_cast<unsigned char>(c) & 15U];
  }
  return text;
}

std::optional<std::string> from_hex(std::string_view text) {
  const auto digit = [](char c) { return c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= '0' && c <= '9' ? c - '0' : -1; };
  std::string bytes;
  for (size_t i = 0; i + 1 < text.size(); i += 2) {
    if (digit(text[i]) < 0 || digit(text[i + 1]) < 0) return std::nullopt;
    bytes += static_cast<char>(digit(text[i]) * 16 + digit(text[i + 1]));
  }
  return text.size() % 2 == 0 ? std::optional(bytes) : std::nullopt;
}

Result<Word> word_from_json(const json::value& value) {
  const auto* fields = value.if_array();
  if (fields == nullptr || fields->size() < 4 || fields->size() > 5 || !(*fields)[0].is_int64() ||
      !(*fields)[1].is_int64() || !(*fields)[2].is_string() || !(*fields)[3].is_number())
    return damaged_row("words");
  Word word;
  word.start = Millis((*fields)[0].get_int64());
  word.end = Millis((*fields)[1].get_int64());
  word.text = std::string((*fields)[2].get_string());
  word.probability = (*fields)[3].to_number<float>();
  word.checked = fields->size() == 5;
  return word;
}

}  // namespace

JobSettings settings_from_json(const std::string& text) {
  const auto value = parse(text);
  JobSettings settings;
  const auto* object = value.if_object();
  if (object == nullptr) return settings;
  settings.model = text_of(*object, "model");
  if (object->contains("language")) settings.language = text_of(*object, "language");
  settings.task = text_of(*object, "task") == "translate" ? Task::kTranslate : Task::kTranscribe;
  settings.initial_prompt = text_of(*object, "initial_prompt");
  if (const auto* track = object->if_contains("audio_track"); track != nullptr && track->is_int64())
    settings.audio_track = static_cast<int>(track->get_int64());
  if (const auto* words = object->if_contains("word_timestamps"); words != nullptr && words->is_bool())
    settings.word_timestamps = words->get_bool();
  settings.languages = strings_of(*object, "languages");
  settings.hotwords = strings_of(*object, "hotwords");
  if (const auto* beams = object->if_contains("beam_size"); beams != nullptr && beams->is_int64())
    settings.beam_size = static_cast<int>(beams->get_int64());
  if (const auto* temperature = object->if_contains("temperature"); temperature != nullptr && temperature->is_number())
    settings.temperature = temperature->to_number<float>();
  settings.token_scores = object->contains("token_scores");
  return settings;
}

std::vector<Warning> warnings_from_json(const std::string& text) {
  std::vector<Warning> warnings;
  const auto value = parse(text);
  if (const auto* array = value.if_array())
    for (const auto& item : *array)
      if (const auto* object = item.if_object())
        if (const auto code = warning_code_from_name(text_of(*object, "code")))
          warnings.push_back({*code, text_of(*object, "message")});
  return warnings;
}

Result<std::vector<int>> tokens_from_json(const std::string& text) {
  const auto value = parse(text);
  const auto* array = value.if_array();
  if (array == nullptr) return damaged_row("tokens");
  std::vector<int> tokens;
  for (const auto& item : *array) {
    if (!item.is_int64()) return damaged_row("tokens");
    tokens.push_back(static_cast<int>(item.get_int64()));
  }
  return tokens;
}

// [bytes in hexadecimal, log-probability], ...
Result<std::vector<TokenScore>> scores_from_json(const std::string& text) {
  const auto value = parse(text);
  const auto* array = value.if_array();
  if (array == nullptr) return damaged_row("token scores");
  std::vector<TokenScore> scores;
  for (const auto& item : *array) {
    const auto* pair = item.if_array();
    if (pair == nullptr || pair->size() != 2 || !(*pair)[0].is_string() || !(*pair)[1].is_number())
      return damaged_row("token scores");
    const auto bytes = from_hex((*pair)[0].get_string());
    if (!bytes) return damaged_row("token scores");
    scores.push_back({*bytes, (*pair)[1].to_number<float>()});
  }
  return scores;
}

Result<std::vector<Word>> words_from_json(const std::string& text) {
  const auto value = parse(text);
  const auto* array = value.if_array();
  if (array == nullptr) return damaged_row("words");
  std::vector<Word> words;
  for (const auto& item : *array) {
    TRY(Word word, word_from_json(item));
    words.push_back(std::move(word));
  }
  return words;
}

std::string heard_with(const std::string& heard, const std::string& language, Millis length) {
  auto value = parse(heard);
  auto& object = value.is_object() ? value.get_object() : value.emplace_object();
  auto& total = object[language];
  total = (total.is_int64() ? total.get_int64() : 0) + length.count();
  return json::serialize(object);
}

std::vector<std::string> languages_of(const std::string& heard) {
  const auto value = parse(heard);
  std::vector<std::pair<int64_t, std::string>> shares;
  if (const auto* object = value.if_object())
    for (const auto& [language, length] : *object)
      shares.emplace_back(length.is_int64() ? -length.get_int64() : 0, language);
  std::sort(shares.begin(), shares.end());
  std::vector<std::string> languages;
  for (auto& share : shares) languages.push_back(std::move(share.second));
  return languages;
}

std::string settings_to_json(const JobSettings& settings) {
  json::object object{{"model", settings.model},
                      {"task", settings.task == Task::kTranslate ? "translate" : "transcribe"},
                      {"initial_prompt", settings.initial_prompt},
                      {"word_timestamps", settings.word_timestamps}};
  if (settings.language) object["language"] = *settings.language;
  if (settings.temperature > 0) object["temperature"] = static_cast<double>(settings.temperature);
  if (settings.token_scores) object["token_scores"] = true;
  if (settings.audio_track) object["audio_track"] = *settings.audio_track;
  if (!settings.languages.empty()) object["languages"] = array_of(settings.languages);
  if (!settings.hotwords.empty()) object["hotwords"] = array_of(settings.hotwords);
  if (settings.beam_size) object["beam_size"] = *settings.beam_size;
  return json::serialize(object);
}

std::string warnings_to_json(const std::vector<Warning>& warnings) {
  json::array array;
  for (const auto& warning : warnings)
    array.push_back({{"code", warning_code_name(warning.code)}, {"message", warning.message}});
  return json::serialize(array);
}

std::string tokens_to_json(const std::vector<int>& tokens) {
  return json::serialize(json::array(tokens.begin(), tokens.end()));
}

std::optional<std::string> scores_to_json(const std::vector<TokenScore>& scores) {
  if (scores.empty()) return std::nullopt;
  json::array array;
  for (const auto& score : scores) {
    const double value = std::isfinite(score.log_probability) ? static_cast<double>(score.log_probability) : 0.0;
    array.push_back({to_hex(score.bytes), value});
  }
  return json::serialize(array);
}

std::string words_to_json(const std::vector<Word>& words) {
  json::array array;
  for (const auto& word : words) {
    // A float as a double survives the way through text exactly, within the one unit that a parser may lose.
    json::array fields{word.start.count(), word.end.count(), word.text, static_cast<double>(word.probability)};
    if (word.checked) fields.emplace_back(1);
    array.push_back(std::move(fields));
  }
  return json::serialize(array);
}

}  // namespace v2t::store
