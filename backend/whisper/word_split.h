// Tokens grouped to words: at spaces, or at every character in languages that write none. Source: openai/whisper,
// tokenizer.py, split_to_word_tokens.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "whisper/tokenizer.h"

namespace v2t::whisper {

struct WordTokens {
  std::string text;  // valid UTF-8, with its leading space
  size_t n_tokens = 0;
};

// `tokens`: text tokens. The words' n_tokens sum to tokens.size(). A character that spans tokens stays whole; bytes
// that never make one become U+FFFD.
std::vector<WordTokens> split_words(const Tokenizer& tokenizer, std::span<const int> tokens, std::string_view language);

}  // namespace v2t::whisper
