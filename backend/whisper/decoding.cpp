// One attempt to decode one encoded window.
#include "whisper/decoding.h"

#include <algorithm>

#include "base/text.h"
#include "whisper/compression.h"

namespace v2t::whisper {

Decoding::Decoding(const SpeechModel& model, const Prompt& prompt, Sequence& sequence, const Settings& settings)
    : model_(model), prompt_(prompt), sequence_(sequence), settings_(settings), random_(settings.seed) {
  const auto n_positions = static_cast<size_t>(model.config.dimensions.n_text_positions);
  CHECK(prompt.tokens.size() < n_positions);
  limit_ = std::min(n_positions / 2, n_positions - prompt.tokens.size());
  result_.temperature = settings.temperature;
}

void Decoding::add_rows(std::vector<DecoderRow>& rows) const {
  if (has_begun_) {
    rows.push_back({&sequence_, result_.tokens.back(), true});
    return;
  }
  for (size_t i = 0; i < prompt_.tokens.size(); ++i)
    rows.push_back({&sequence_, prompt_.tokens[i], i == prompt_.start_of_transcript || i + 1 == prompt_.tokens.size()});
}

size_t Decoding::take(const float* logits, size_t stride) {
  const auto n_vocabulary = static_cast<size_t>(model_.config.dimensions.n_vocabulary);
  size_t n_used = 1;
  if (!has_begun_) {
    has_begun_ = true;
    result_.no_speech_prob = DecodeRules::probability({logits, n_vocabulary}, model_.tokenizer.special().no_speech);
    if (prompt_.start_of_transcript + 1 < prompt_.tokens.size()) n_used = 2;
  }
  take_token({logits + (n_used - 1) * stride, n_vocabulary});
  return n_used;
}

void Decoding::take_token(std::span<const float> logits) {
  const auto choice = model_.rules.choose(logits, result_.tokens, settings_.timestamps, settings_.temperature, random_);
  sum_ += choice.log_probability;
  if (choice.token == model_.tokenizer.special().end_of_text) return finish();
  result_.tokens.push_back(choice.token);
  result_.log_probabilities.push_back(choice.log_probability);
  const auto loop = find_loop(result_.tokens);
  if (loop && (settings_.loops == Loops::kStopAtAny || is_certain(*loop))) {
    result_.loop = loop;
    return finish();
  }
  if (result_.tokens.size() >= limit_) finish();
}

void Decoding::finish() {
  is_done_ = true;
  result_.avg_logprob = static_cast<float>(sum_ / static_cast<double>(result_.tokens.size() + 1));
  result_.compression_ratio = compression_ratio(trim(model_.tokenizer.decode(result_.tokens)));
}

}  // namespace v2t::whisper
