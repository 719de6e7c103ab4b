// Values that take one column each: JSON in a text, read back exactly.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "domain/job.h"

namespace v2t::store {

std::string settings_to_json(const JobSettings& settings);
JobSettings settings_from_json(const std::string& text);
std::string warnings_to_json(const std::vector<Warning>& warnings);
std::vector<Warning> warnings_from_json(const std::string& text);
// Damaged texts of these are kInternal.
std::string tokens_to_json(const std::vector<int>& tokens);
Result<std::vector<int>> tokens_from_json(const std::string& text);
// nullopt for none: most segments have none.
std::optional<std::string> scores_to_json(const std::vector<TokenScore>& scores);
Result<std::vector<TokenScore>> scores_from_json(const std::string& text);
std::string words_to_json(const std::vector<Word>& words);
Result<std::vector<Word>> words_from_json(const std::string& text);

// Milliseconds by language, with one more segment.
std::string heard_with(const std::string& heard, const std::string& language, Millis length);
// The most spoken first.
std::vector<std::string> languages_of(const std::string& heard);

}  // namespace v2t::store
