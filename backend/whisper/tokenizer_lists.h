// What tokenizer.json lists, read in one pass: a tree of its values would take longer to make than all that is done
// with them.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace v2t::whisper {

// Texts are views into the file's content or into `unescaped`.
struct TokenizerLists {
  struct Token {
    std::string_view name;
    int id = -1;  // -1: what stands there is no number from 0 to 2^30
  };
  bool has_model = false;
  std::optional<std::vector<Token>> vocabulary;
  std::optional<std::vector<std::pair<std::string_view, std::string_view>>> merges;
  std::optional<std::vector<Token>> added;
  std::deque<std::string> unescaped;
};

// tokenizer_json outlives what is returned; `name` stands in messages. kModelInvalid: not JSON, nested more than 16
// deep, or with a merge or an added token that is none.
Result<TokenizerLists> read_tokenizer_lists(std::string_view tokenizer_json, const std::string& name);

}  // namespace v2t::whisper
