// A tokenizer small enough to read, for tests: the 256 bytes, a few merges, all special tokens.
#pragma once

#include <string>
#include <vector>

#include "whisper/tokenizer.h"

namespace v2t::whisper::testing {

enum class MergeForm { kText, kPair };

// Tokens: 0-255 the bytes in the order of their characters, then the given merges ("Ġ t" makes "Ġt"), then
// <|endoftext|>, <|startoftranscript|>, <|en|>, <|ru|>, <|ja|>, <|translate|> ... <|notimestamps|>, <|0.00|>;
// the other timestamps have numbers alone.
std::string small_tokenizer_json(const std::vector<std::string>& merges = {}, MergeForm form = MergeForm::kText);

// Those of the bytes, as members of a JSON object without its braces: "!":0,"\"":1 and so on.
std::string byte_entries();

inline constexpr int kSmallVocabulary = 2048;

Tokenizer small_tokenizer(const std::vector<std::string>& merges = {});

}  // namespace v2t::whisper::testing
