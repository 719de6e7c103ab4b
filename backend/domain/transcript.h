// The product's result: segments of text with times, words with times and probabilities.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/audio.h"

namespace v2t {

enum class Task { kTranscribe, kTranslate };  // translate: any language to English

struct Word {
  Millis start{};         // media time
  Millis end{};           // >= start; words of a segment are in order and do not overlap
  std::string text;       // UTF-8 with its leading space where the language writes one
  float probability = 0;  // that it is right, calibrated, [0, 1]

  friend bool operator==(const Word&, const Word&) = default;
};

enum class SegmentKind {
  kSpeech,
  kUnintelligible,  // speech was heard here, but no text was found in two ways: the text is empty
};
std::string_view segment_kind_name(SegmentKind kind);  // "speech", "unintelligible": stored and sent
std::optional<SegmentKind> segment_kind_from_name(std::string_view name);

struct Segment {
  uint64_t window = 0;  // number of the window that it came from
  Millis start{};       // media time
  Millis end{};
  std::string text;  // UTF-8, trimmed
  float avg_logprob = 0;
  float no_speech_prob = 0;
  float compression_ratio = 0;
  float temperature = 0;
  std::vector<int> tokens;  // text tokens
  std::vector<Word> words;  // empty only where word times were not asked for
  std::string language;     // that is spoken here: ISO 639-1 code; empty in transcripts of older versions
  SegmentKind kind = SegmentKind::kSpeech;

  friend bool operator==(const Segment&, const Segment&) = default;
};

// How much of the speech that the voice detector heard became text.
struct Coverage {
  Samples speech{};
  Samples covered{};         // by words
  Samples unintelligible{};  // by segments of that kind; what is left was taken for noise, or is shorter than a word

  Coverage& operator+=(const Coverage& other) {
    speech += other.speech;
    covered += other.covered;
    unintelligible += other.unintelligible;
    return *this;
  }
};

struct Transcript {
  std::string name;      // of the media, as the user knows it
  std::string model;     // "base"
  std::string language;  // ISO 639-1 code, "en"
  Task task = Task::kTranscribe;
  Millis duration{};              // of the audio that was read
  std::vector<Segment> segments;  // in order of time
  std::vector<std::string> warnings;
  std::optional<Coverage> coverage;  // where it was measured
};

}  // namespace v2t
