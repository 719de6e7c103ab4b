// One attempt to decode one encoded window: token after token, until the end, a loop, or the limit.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "whisper/decode_rules.h"
#include "whisper/forward.h"
#include "whisper/loops.h"
#include "whisper/speech_model.h"

namespace v2t::whisper {

struct Decoded {
  std::vector<int> tokens;  // text and timestamps, without the end
  std::vector<float> log_probabilities;
  float avg_logprob = 0;  // over the tokens and the end
  float no_speech_prob = 0;
  float compression_ratio = 0;
  float temperature = 0;
  std::optional<Loop> loop;  // why it was broken off
};

// Used by one thread.
class Decoding {
 public:
  enum class Loops {
    kStopAtAny,      // worth another look at full context
    kStopAtCertain,  // nothing but a loop
  };
  struct Settings {
    Timestamps timestamps = Timestamps::kWithout;
    float temperature = 0;
    uint64_t seed = 0;
    Loops loops = Loops::kStopAtAny;
  };

  // `model`, `prompt` and `sequence` outlive it; the sequence was started.
  Decoding(const SpeechModel& model, const Prompt& prompt, Sequence& sequence, const Settings& settings);

  // Until is_done(), in turns: the rows of the next step, and the logits of those that want them, in order. take()
  // returns how many rows of logits it used.
  void add_rows(std::vector<DecoderRow>& rows) const;
  size_t take(const float* logits, size_t stride);
  bool is_done() const { return is_done_; }

  const Decoded& result() const { return result_; }

 private:
  void take_token(std::span<const float> logits);
  void finish();

  const SpeechModel& model_;
  const Prompt& prompt_;
  Sequence& sequence_;
  Settings settings_;
  Random random_;
  size_t limit_;
  bool has_begun_ = false;
  bool is_done_ = false;
  double sum_ = 0;  // of log-probabilities, the end's too
  Decoded result_;
};

}  // namespace v2t::whisper
