// The recognition of one window as a sequence of steps that an engine interleaves with those of other windows: encode,
// decode, and again at full context or another temperature until the result is good; then, where the text ends before
// the speech does, go on from there. Source of the thresholds: openai/whisper, transcribe.py, decode_with_fallback.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "domain/speech_engine.h"
#include "whisper/decoding.h"
#include "whisper/segments.h"
#include "whisper/speech_model.h"

namespace v2t::whisper {

// How much of 30 s is encoded: the audio and 2.56 s of silence that weighs as much as the rest would (forward.h),
// unless a window decodes badly so; or always all of it.
enum class Context { kReduced, kFull };

struct EncodeSize {
  int n_positions = 0;        // to encode
  int n_audio_positions = 0;  // that hold audio
};
EncodeSize encode_size(size_t n_samples, const Dimensions& dimensions, Context context);

// How one session's windows are decoded. Immutable.
struct DecodePlan {
  DecodeOptions options;
  Prompt prompt;
  Prompt prompt_with_timestamps;  // for what is decoded beyond an early end
  Context context = Context::kReduced;
};

// Used by one thread. The model, and the window and sequence given to begin_decoding(), outlive it.
class WindowTask {
 public:
  WindowTask(const SpeechModel& model, std::shared_ptr<const DecodePlan> plan, Window window);

  enum class Need { kEncode, kDecode, kNothing };
  Need need() const { return need_; }

  // For kEncode: what to encode; then, against the encoded window:
  std::span<const float> samples() const { return std::span(window_.samples).subspan(offset_); }
  EncodeSize size() const { return encode_size(samples().size(), model_.config.dimensions, context_); }
  void begin_decoding(const EncodedWindow& encoded, Sequence& sequence);

  // For kDecode: see Decoding.
  void add_rows(std::vector<DecoderRow>& rows) const { decoding_->add_rows(rows); }
  size_t take(const float* logits, size_t stride);

  // For kNothing. The segments lie in media time.
  WindowResult result() const;

 private:
  struct Candidate {
    Decoded decoded;
    std::vector<TimedWord> words;  // from the beginning of the stretch
  };
  struct Stretch {                 // decoded from one encoding
    std::vector<TimedWord> words;  // in window time
    StretchStatistics statistics;
  };

  void decode_again();
  void judge();
  bool is_worth_full_context(const Decoded& decoded) const;
  bool is_silence(const Decoded& decoded) const;
  bool is_bad(const Decoded& decoded) const;
  Candidate take_candidate();
  const Candidate& best_candidate() const;
  void accept(const Candidate& candidate);
  void go_on(Samples heard);
  uint64_t seed() const;
  const Prompt& prompt() const;

  const SpeechModel& model_;
  std::shared_ptr<const DecodePlan> plan_;
  Window window_;
  Need need_ = Need::kEncode;
  size_t offset_ = 0;  // samples before the current stretch
  Context context_;
  size_t temperature_ = 0;  // index
  const EncodedWindow* encoded_ = nullptr;
  Sequence* sequence_ = nullptr;
  std::optional<Decoding> decoding_;
  std::vector<Candidate> candidates_;  // of the current stretch
  std::vector<Stretch> stretches_;
};

}  // namespace v2t::whisper
