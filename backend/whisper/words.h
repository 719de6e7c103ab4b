// Words with times and probabilities, from decoded tokens and their attention. Source: openai/whisper, timing.py.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "domain/audio.h"
#include "domain/window.h"
#include "whisper/align.h"
#include "whisper/decoding.h"
#include "whisper/tokenizer.h"

namespace v2t::whisper {

struct TimedWord {
  std::string text;  // valid UTF-8 with its leading space; punctuation belongs to its word
  std::vector<int> tokens;
  std::vector<float> token_log_probabilities;  // one for each token
  Samples start{};                             // from the beginning of what was encoded
  Samples end{};
  float log_probability = 0;         // mean over its tokens
  float lowest_log_probability = 0;  // of one of them, punctuation left out
};

// decoded: what the sequence was fed with after the prompt, all but the last token at least; attention: its
// alignment. Words are in order and do not overlap; each start <= end; none lasts unlikely long.
std::vector<TimedWord> time_words(const Tokenizer& tokenizer, std::string_view language, const Prompt& prompt,
                                  const Decoded& decoded, const AttentionView& attention);

// Opening punctuation goes to the word that follows, closing punctuation to the word before.
void merge_punctuation(std::vector<TimedWord>& words);

// Words beside pauses take up silence. None is left longer than twice the median duration (which counts as 0.7 s at
// most); the first of a sentence may last 0.4 s, others 1 s, whatever the median.
void shorten_long_words(std::vector<TimedWord>& words);

// Moves edges of words, in window time, to where the voice detector hears speech: a word that begins in a pause begins
// with the speech after it, one that ends in a pause ends with the speech before it, and the first word of a stretch of
// speech begins with it. None then lies more than 0.2 s outside speech. Order is kept. Without speech nothing changes.
void fit_to_speech(std::vector<TimedWord>& words, std::span<const SpeechSpan> speech);

// Takes off words what lies within others that were there before: those keep their times. Order is kept.
void fit_between(std::vector<TimedWord>& words, std::span<const TimedWord> others);

}  // namespace v2t::whisper
