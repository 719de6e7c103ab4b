// What decoding needs to know of a loaded model, and the prompt made from it.
#include "whisper/speech_model.h"

#include <algorithm>

#include "base/text.h"

namespace v2t::whisper {
namespace {

// Vocabulary size of OpenAI's English-only models: theirs have language tokens too, which mean nothing.
constexpr int kEnglishVocabulary = 51864;

std::vector<std::pair<std::string, int>> languages_of(const ModelConfig& config, const Tokenizer& tokenizer) {
  if (config.language_tokens.empty()) return tokenizer.special().languages;
  std::vector<std::pair<std::string, int>> out;
  for (const auto& language : tokenizer.special().languages)
    if (std::count(config.language_tokens.begin(), config.language_tokens.end(), language.second) > 0)
      out.push_back(language);
  return out;
}

std::string quoted(const std::string& text) { return "\"" + to_valid_utf8(text) + "\""; }

}  // namespace

SpeechModel::SpeechModel(std::string model_name, ModelConfig model_config, Tokenizer model_tokenizer)
    : name(std::move(model_name)),
      config(std::move(model_config)),
      tokenizer(std::move(model_tokenizer)),
      rules(tokenizer, config),
      is_multilingual(config.dimensions.n_vocabulary != kEnglishVocabulary) {
  if (is_multilingual) languages = languages_of(config, tokenizer);
  if (languages.empty()) is_multilingual = false;
  if (!is_multilingual) languages = {{"en", tokenizer.special().start_of_transcript}};
}

Result<Prompt> make_prompt(const SpeechModel& model, const DecodeOptions& options, Timestamps timestamps) {
  const auto& special = model.tokenizer.special();
  const auto language = std::find_if(model.languages.begin(), model.languages.end(),
                                     [&](const auto& known) { return known.first == options.language; });
  if (language == model.languages.end())
    return fail(ErrorCode::kInvalidArgument, "model " + model.name + " does not know the language " +
                                                 quoted(options.language) + "; choose another language or model");
  if (!model.is_multilingual && options.task == Task::kTranslate)
    return fail(ErrorCode::kInvalidArgument,
                "model " + model.name + " knows only English and cannot translate; choose a multilingual model");
  Prompt prompt;
  const std::string text(trim(options.initial_prompt));
  if (!text.empty()) {
    const auto limit = static_cast<size_t>(model.config.dimensions.n_text_positions / 2 - 1);
    prompt.tokens = model.tokenizer.encode_last(" " + text, limit);
    prompt.tokens.insert(prompt.tokens.begin(), special.start_of_previous);
  }
  prompt.start_of_transcript = prompt.tokens.size();
  prompt.tokens.push_back(special.start_of_transcript);
  if (model.is_multilingual) {
    prompt.tokens.push_back(language->second);
    prompt.tokens.push_back(options.task == Task::kTranslate ? special.translate : special.transcribe);
  }
  if (timestamps == Timestamps::kWithout) prompt.tokens.push_back(special.no_timestamps);
  return prompt;
}

}  // namespace v2t::whisper
