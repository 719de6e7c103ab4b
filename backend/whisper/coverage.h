// Whether all speech of a window became text.
#pragma once

#include <span>
#include <vector>

#include "domain/window.h"
#include "whisper/words.h"

namespace v2t::whisper {

// Speech of more than a second without a word, in window time, in order. words: in order.
std::vector<SpeechSpan> speech_without_text(std::span<const SpeechSpan> speech, std::span<const TimedWord> words);

// How much of the speech has words.
Samples speech_with_text(std::span<const SpeechSpan> speech, std::span<const TimedWord> words);

}  // namespace v2t::whisper
