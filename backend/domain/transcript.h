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
  bool checked = false;   // a person accepted or wrote it

  friend bool operator==(const Word&, const Word&) = default;
};

enum class SegmentKind {
  kSpeech,
  kUnintelligible,  // speech was heard here, but no text was found in two ways: the text is empty
};
std::string_view segment_kind_name(SegmentKind kind);  // "speech", "unintelligible": stored and sent
std::optional<SegmentKind> segment_kind_from_name(std::string_view name);

struct TokenScore {
  std::string bytes;  // of the text; characters may be cut between two tokens
  float log_probability = 0;

  friend bool operator==(const TokenScore&, const TokenScore&) = default;
};

struct Segment {
  uint64_t window = 0;  // number of the window that it came from
  Millis start{};       // media time
  Millis end{};
  std::string text;  // UTF-8, trimmed
  float avg_logprob = 0;
  float no_speech_prob = 0;
  float compression_ratio = 0;
  float temperature = 0;
  std::vector<int> tokens;               // text tokens
  std::vector<TokenScore> token_scores;  // one for each token, only where they were asked for
  std::vector<Word> words;               // empty only where word times were not asked for
  std::string language;                  // that is spoken here: ISO 639-1 code; empty in transcripts of older versions
  SegmentKind kind = SegmentKind::kSpeech;
  uint64_t id = 0;      // names it within its job, for ever: recognised_id() or kFirstInsertedId and more
  bool edited = false;  // a person changed it

  friend bool operator==(const Segment&, const Segment&) = default;
};

// How much of the speech that the voice detector heard became text.
struct Coverage {
  Samples speech{};
  Samples covered{};         // by words
  Samples unintelligible{};  // by segments of that kind; what is left was taken for noise, or is shorter than a word

  friend bool operator==(const Coverage&, const Coverage&) = default;
  Coverage& operator+=(const Coverage& other) {
    speech += other.speech;
    covered += other.covered;
    unintelligible += other.unintelligible;
    return *this;
  }
};

// Of the segment at `position` in its window, as it was recognised; a window of 30 s has some hundred at most.
inline constexpr uint64_t kMostSegmentsOfWindow = 1000;
constexpr uint64_t recognised_id(uint64_t window, size_t position) { return window * kMostSegmentsOfWindow + position; }
// Segments that people insert have ids from here on.
inline constexpr uint64_t kFirstInsertedId = 1'000'000'000'000;

struct Transcript {
  std::string name;      // of the media, as the user knows it
  std::string model;     // "base"
  std::string language;  // ISO 639-1 code, "en"
  Task task = Task::kTranscribe;
  Millis duration{};              // of the audio that was read
  std::vector<Segment> segments;  // in order of time
  std::vector<Warning> warnings;
  std::optional<Coverage> coverage;  // where it was measured
  uint64_t version = 0;              // of the text: see domain/editing.h
};

}  // namespace v2t
