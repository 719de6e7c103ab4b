// How much it hurts to part two neighbouring words, by the end of a line or of a cue.
#pragma once

#include <string_view>

namespace v2t {

// Costs between which a layout chooses; smaller is better.
inline constexpr int kBreakAfterSentence = 0;
inline constexpr int kBreakAfterClause = 2;
inline constexpr int kBreakBeforeConjunction = 5;
inline constexpr int kBreakBeforePreposition = 6;
inline constexpr int kBreakBetweenWords = 8;
inline constexpr int kBreakAfterLittleWord = 16;  // "the |", "of |", "my |": they lean on what follows
inline constexpr int kBreakInsideName = 24;       // "New | York"
inline constexpr int kBreakInsideNumber = 24;     // "1 | 000", "25 | May"

// Of a break between the trimmed, non-empty, valid UTF-8 words `before` and `after`. The rules are those that
// broadcasters agree on (Netflix Timed Text Style Guide, General Requirements, "line treatment": after punctuation,
// before conjunctions and prepositions; not between article and noun, first and last name, subject pronoun and verb).
// Little words of English, German, French, Spanish, Italian, Portuguese, Dutch, Russian, Ukrainian and Polish are
// known; other languages go by punctuation, capitals and digits.
int break_cost(std::string_view before, std::string_view after);

}  // namespace v2t
