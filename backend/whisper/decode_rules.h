// Which token may follow, and which is taken: suppressed tokens, no blank at the beginning, timestamps rules, greedy
// choice or sampling. Source: openai/whisper, decoding.py: SuppressTokens, SuppressBlank, ApplyTimestampRules.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "nn/softmax.h"
#include "whisper/model_config.h"
#include "whisper/tokenizer.h"

namespace v2t::whisper {

enum class Timestamps { kWithout, kWith };

// Uniform numbers that are the same on every machine (splitmix64, Steele et al. 2014).
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}
  uint64_t next();
  double uniform() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }  // [0, 1)

 private:
  uint64_t state_;
};

struct Choice {
  int token = 0;
  float log_probability = 0;  // among the tokens that were allowed, at temperature 1
};

// Immutable; thread-safe.
class DecodeRules {
 public:
  DecodeRules(const Tokenizer& tokenizer, const ModelConfig& config);

  // The next token after `sampled` (tokens since the prompt). logits: [n_vocabulary]. At temperature 0 the most
  // probable token, without use of `random`.
  Choice choose(std::span<const float> logits, std::span<const int> sampled, Timestamps timestamps, float temperature,
                Random& random) const;

  // The n most probable next tokens that are allowed, the best first; fewer where fewer are allowed.
  std::vector<Choice> choose_best(std::span<const float> logits, std::span<const int> sampled, Timestamps timestamps,
                                  size_t n) const;

  // Probability of one token among all: for <|nospeech|> at the start of the transcript.
  static float probability(std::span<const float> logits, int token);

 private:
  struct Allowed {
    const float* text_bias = nullptr;  // [end_of_text + 1]: 0, or -inf for what is forbidden; null: no text at all
    int first_timestamp = 0;           // tokens; none when first > last
    int last_timestamp = -1;
  };
  Allowed allowed(std::span<const int> sampled, Timestamps timestamps) const;
  // Of the text and of the timestamps that may follow; nothing of the text where only a timestamp may.
  struct Standing {
    nn::RowStatistics text, stamps;
  };
  Standing standing(std::span<const float> logits, const Allowed& allowed) const;
  Choice greedy(std::span<const float> logits, const Allowed& allowed) const;
  Choice sample(std::span<const float> logits, const Allowed& allowed, float temperature, Random& random) const;

  int end_of_text_;
  int timestamp_begin_;
  int last_timestamp_;
  std::vector<float> bias_;        // [end_of_text + 1]
  std::vector<float> begin_bias_;  // the same for the first token
  std::vector<float> end_bias_;    // the same, only the end allowed
};

}  // namespace v2t::whisper
