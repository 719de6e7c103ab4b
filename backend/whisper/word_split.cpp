// Tokens grouped to words.
#include "whisper/word_split.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "whisper/utf8.h"

namespace v2t::whisper {
namespace {

bool writes_no_spaces(std::string_view language) {
  constexpr std::array<std::string_view, 6> kLanguages{"zh", "ja", "th", "lo", "my", "yue"};
  return std::find(kLanguages.begin(), kLanguages.end(), language) != kLanguages.end();
}

// Groups of tokens that end where a character ends.
std::vector<WordTokens> split_characters(const Tokenizer& tokenizer, std::span<const int> tokens) {
  std::vector<WordTokens> out;
  WordTokens current;
  for (const int token : tokens) {
    current.text += tokenizer.bytes(token);
    ++current.n_tokens;
    if (incomplete_tail(current.text) > 0) continue;
    current.text = to_valid_utf8(current.text);
    out.push_back(std::exchange(current, {}));
  }
  if (current.n_tokens > 0) {
    current.text = to_valid_utf8(current.text);
    out.push_back(std::move(current));
  }
  return out;
}

bool is_punctuation(std::string_view text) {
  constexpr std::string_view kPunctuation = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";
  return kPunctuation.find(trim(text)) != std::string_view::npos;
}

}  // namespace

std::vector<WordTokens> split_words(const Tokenizer& tokenizer, std::span<const int> tokens,
                                    std::string_view language) {
  auto parts = split_characters(tokenizer, tokens);
  if (writes_no_spaces(language)) return parts;
  std::vector<WordTokens> words;
  for (auto& part : parts) {
    if (words.empty() || part.text.starts_with(' ') || is_punctuation(part.text)) {
      words.push_back(std::move(part));
    } else {
      words.back().text += part.text;
      words.back().n_tokens += part.n_tokens;
    }
  }
  return words;
}

}  // namespace v2t::whisper
