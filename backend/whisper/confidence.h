// How likely it is that a word is right: calibrated, so that of words with 0.8 four in five are.
#pragma once

namespace v2t::whisper {

// lowest_log_probability: of one of the word's tokens, punctuation left out; stretch_log_probability: average of all
// that was decoded with it. A logistic regression, fitted on the first half of each recording by
// tools/bench_confidence's list; docs/performance.md shows the second halves. In (0, 1); grows with both.
float chance_of_being_right(float lowest_log_probability, float stretch_log_probability);

}  // namespace v2t::whisper
