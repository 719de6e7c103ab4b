// One attempt to decode one encoded window: token after token, in one or several ways at once (beams, or samples),
// until the end, a loop, or the limit. Beam search as in openai/whisper, decoding.py: BeamSearchDecoder,
// MaximumLikelihoodRanker.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "whisper/decode_rules.h"
#include "whisper/forward.h"
#include "whisper/hotwords.h"
#include "whisper/loops.h"
#include "whisper/sequence_pool.h"
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
    int n_ways = 1;  // beams at temperature 0, samples above
    float patience = 1;
    std::optional<float> length_penalty;
    const Hotwords* hotwords = nullptr;  // heed these terms, unless sampling; outlives the decoding
  };

  // `model`, `prompt` and `sequences` outlive it; the first of the sequences was started.
  Decoding(const SpeechModel& model, const Prompt& prompt, SequencePool& sequences, const Settings& settings);

  // Until is_done(), in turns: the rows of the next step, and the logits of those that want them, in order. take()
  // returns how many rows of logits it used; it may write to them.
  void add_rows(std::vector<DecoderRow>& rows) const;
  size_t take(float* logits, size_t stride);
  bool is_done() const { return is_done_; }

  const Decoded& result() const { return result_; }
  // That was fed with the prompt and the result's tokens, all but the last at least; maybe with more.
  const Sequence& sequence() const { return sequences_.at(result_sequence_); }

 private:
  struct Way {
    size_t sequence = 0;  // in the pool
    std::vector<int> tokens;
    std::vector<float> log_probabilities;
    double sum = 0;     // of log-probabilities, the end's too
    double gained = 0;  // by hotwords
    Hotwords::Places places;
    Random random{0};
    std::optional<Loop> loop;
    bool is_over = false;
  };
  struct Step {  // one way to go on
    size_t way = 0;
    Choice choice;
    double total = 0;
    double gained = 0;
  };

  void begin(float* logits);
  void sample(float* logits, size_t stride);
  void search(float* logits, size_t stride);
  std::vector<Step> steps(float* logits, size_t stride) const;
  std::vector<Choice> choices(const Way& way, std::span<float> logits, size_t n) const;
  void follow(const std::vector<Step>& chosen);
  Way extended(const Step& step) const;
  void check_loop(Way& way) const;
  void keep_finished(Way way);
  size_t free_sequence(const std::vector<Way>& others) const;
  double rank(const Way& way) const;
  bool is_better(const Way& a, const Way& b) const;
  void finish_search();
  void finish(const Way& way);

  const SpeechModel& model_;
  const Prompt& prompt_;
  SequencePool& sequences_;
  Settings settings_;
  size_t limit_;
  bool has_begun_ = false;
  bool is_done_ = false;
  std::vector<Way> ways_;
  std::optional<Way> finished_;  // the best of those that ended
  size_t n_finished_ = 0;
  Decoded result_;
  size_t result_sequence_ = 0;
};

}  // namespace v2t::whisper
