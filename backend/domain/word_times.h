// Words of an edited text get their times from the words that were there before.
#pragma once

#include <string_view>
#include <vector>

#include "domain/transcript.h"

namespace v2t {

struct TimeSpan {
  Millis start{};
  Millis end{};
};

// The words of `text`, which replaces that of `before` within `span`. Words that are there still keep their times,
// probabilities and marks. As many new words as old ones stand between two of them: each takes the place of one. Else
// the new words share by their length the time of the words that they replace, or, where they replace none, the time
// between their neighbours, which may be none. New words are checked, with probability 1. A writing without spaces is
// compared character by character.
std::vector<Word> retimed_words(const std::vector<Word>& before, std::string_view text, TimeSpan span);

}  // namespace v2t
