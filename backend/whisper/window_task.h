// The recognition of one window as a sequence of steps that an engine interleaves with those of other windows: encode;
// hear which language is spoken where; decode, and again with beams, at full context or another temperature until the
// result is good; where the text ends before the speech does, go on from there; and where speech is left without text,
// try once more. Source of the thresholds: openai/whisper, transcribe.py, decode_with_fallback.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "domain/speech_engine.h"
#include "whisper/decode_plan.h"
#include "whisper/decoding.h"
#include "whisper/language_runs.h"
#include "whisper/reduced_context.h"
#include "whisper/segments.h"
#include "whisper/sequence_pool.h"
#include "whisper/speech_model.h"

namespace v2t::whisper {

// Used by one thread. The model, and the window and sequences given to begin_decoding(), outlive it.
class WindowTask {
 public:
  WindowTask(const SpeechModel& model, std::shared_ptr<const DecodePlan> plan, Window window);

  enum class Need { kEncode, kDecode, kNothing };
  Need need() const { return need_; }

  // For kEncode: what to encode; then, against the encoded window:
  std::span<const float> samples() const;
  EncodeSize size() const { return encode_size(samples().size(), model_.config.dimensions, context_); }
  void begin_decoding(const EncodedWindow& encoded, SequencePool& sequences);

  // For kDecode: see Decoding.
  void add_rows(std::vector<DecoderRow>& rows) const;
  size_t take(float* logits, size_t stride);

  // For kNothing. The segments lie in media time.
  WindowResult result() const;

 private:
  // Of the window, decoded for itself.
  struct Part {
    SampleRange range;
    size_t language = 0;           // index in languages_
    bool is_second_try = false;    // of speech that was left without text
    float speech_probability = 0;  // of that speech
    float no_speech_prob = 1;      // the least that was seen
    bool has_text = false;
  };
  struct Candidate {
    Decoded decoded;
    std::vector<TimedWord> words;  // from the beginning of the stretch
  };
  struct Stretch {                 // decoded from one encoding
    std::vector<TimedWord> words;  // in window time
    StretchStatistics statistics;
  };

  const Part& part() const { return parts_.front(); }
  size_t begin() const { return part().range.begin + offset_; }
  void ask_languages();
  void hear_languages(const float* logits, size_t stride);
  void decode_again();
  Prompt make_prompt_now() const;
  bool has_timestamps() const { return offset_ > 0 || part().is_second_try; }
  void judge();
  bool is_worth_full_context(const Decoded& decoded) const;
  bool is_silence(const Decoded& decoded) const;
  bool is_bad(const Decoded& decoded) const;
  bool is_worth_beams(const Decoded& decoded) const;
  bool is_believable(const Candidate& candidate) const;
  bool is_said_beside(const std::vector<TimedWord>& words) const;
  Candidate take_candidate();
  const Candidate& best_candidate() const;
  void accept(const Candidate& candidate);
  void begin_stretch(size_t offset);
  void go_on(Samples heard);
  void next_part();
  void look_for_holes();
  std::vector<TimedWord> all_words() const;
  bool is_unintelligible(const SpeechSpan& hole) const;
  Segment marker(const SpeechSpan& hole) const;
  void fill_scores(Segment& segment) const;
  uint64_t seed() const;

  const SpeechModel& model_;
  std::shared_ptr<const DecodePlan> plan_;
  Window window_;
  std::vector<std::pair<std::string, int>> languages_;  // of the plan; where it has none, the given one
  Need need_ = Need::kEncode;
  std::vector<SampleRange> listening_;  // stretches whose language is being asked for
  bool is_language_known_ = false;
  std::deque<Part> parts_;  // the first is being decoded
  std::vector<Part> decoded_parts_;
  bool has_looked_for_holes_ = false;
  size_t offset_ = 0;  // samples of the part before the current stretch
  Context context_;
  int n_beams_ = 1;
  size_t temperature_ = 0;  // index
  const EncodedWindow* encoded_ = nullptr;
  SequencePool* sequences_ = nullptr;
  Prompt prompt_;
  std::optional<Decoding> decoding_;
  std::vector<Candidate> candidates_;  // of the current stretch
  std::vector<Stretch> stretches_;
  size_t n_stretches_ = 0;  // of the current part
};

}  // namespace v2t::whisper
