// Where in a window which language is spoken: cut at pauses, where it changes.
#pragma once

#include <span>
#include <vector>

#include "domain/window.h"

namespace v2t::whisper {

struct SampleRange {
  size_t begin = 0;
  size_t end = 0;
  size_t size() const { return end - begin; }
};

// The stretches of a window that are asked for their language: speech of at least 2 s each, up to a pause, if there is
// that much; they cover the window, and meet in the middle of pauses. Never empty for a window that is not.
std::vector<SampleRange> listening_stretches(const Window& window);

// A run of stretches [first, end) in one language.
struct LanguageRun {
  size_t first = 0;
  size_t end = 0;
  size_t language = 0;  // index of a column
};

// The most probable course of languages (Viterbi 1967). probabilities: [stretch][n_languages]; `expected`: the one that
// the file is mostly in. Short stretches count for less, and every change has its price: another language is taken
// where it is clear.
std::vector<LanguageRun> language_runs(std::span<const SampleRange> stretches, std::span<const float> probabilities,
                                       size_t n_languages, size_t expected);

}  // namespace v2t::whisper
