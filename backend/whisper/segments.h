// Words to segments: what a reader sees at once, in media time.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "domain/transcript.h"
#include "domain/window.h"
#include "whisper/words.h"

namespace v2t::whisper {

// What all words of one decoded stretch have in common.
struct StretchStatistics {
  float avg_logprob = 0;
  float no_speech_prob = 0;
  float compression_ratio = 0;
  float temperature = 0;
  std::string language;
};

// words: in window time, in order. Segments end at the end of a sentence, at pauses of more than 1 s, and, where they
// would last longer than about 10 s, at the best place in between. Their text is trimmed; none is empty.
// The bytes of the token scores are left to the caller.
std::vector<Segment> make_segments(std::span<const TimedWord> words, const StretchStatistics& statistics,
                                   const TimeMap& time_map, uint64_t window_number);

}  // namespace v2t::whisper
