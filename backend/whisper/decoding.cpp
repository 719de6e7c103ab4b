// One attempt to decode one encoded window.
#include "whisper/decoding.h"

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "whisper/compression.h"

namespace v2t::whisper {

Decoding::Decoding(const SpeechModel& model, const Prompt& prompt, SequencePool& sequences, const Settings& settings)
    : model_(model), prompt_(prompt), sequences_(sequences), settings_(settings) {
  const auto n_positions = static_cast<size_t>(model.config.dimensions.n_text_positions);
  CHECK(prompt.tokens.size() < n_positions && settings.n_ways >= 1);
  limit_ = std::min(n_positions / 2, n_positions - prompt.tokens.size());
  result_.temperature = settings.temperature;
  ways_.resize(1);
}

void Decoding::add_rows(std::vector<DecoderRow>& rows) const {
  if (has_begun_) {
    for (const Way& way : ways_)
      if (!way.is_over) rows.push_back({&sequences_.at(way.sequence), way.tokens.back(), true});
    return;
  }
  for (size_t i = 0; i < prompt_.tokens.size(); ++i)
    rows.push_back(
        {&sequences_.at(0), prompt_.tokens[i], i == prompt_.start_of_transcript || i + 1 == prompt_.tokens.size()});
}

size_t Decoding::take(float* logits, size_t stride) {
  size_t n_used = 0;
  if (!has_begun_) {
    begin(logits);
    if (prompt_.start_of_transcript + 1 < prompt_.tokens.size()) n_used = 1;
  }
  const auto n_rows =
      static_cast<size_t>(std::count_if(ways_.begin(), ways_.end(), [](auto& w) { return !w.is_over; }));
  if (settings_.temperature > 0)
    sample(logits + n_used * stride, stride);
  else
    search(logits + n_used * stride, stride);
  if (has_begun_) return n_rows;
  has_begun_ = true;
  return n_used + 1;  // after the prompt all ways stand at one row
}

// logits: of the start of the transcript.
void Decoding::begin(float* logits) {
  const auto n_vocabulary = static_cast<size_t>(model_.config.dimensions.n_vocabulary);
  result_.no_speech_prob = DecodeRules::probability({logits, n_vocabulary}, model_.tokenizer.special().no_speech);
  ways_.front().random = Random(settings_.seed);
  if (settings_.temperature <= 0) return;
  for (int i = 1; i < settings_.n_ways; ++i) {
    Way& way = ways_.emplace_back();
    way.sequence = static_cast<size_t>(i);
    way.random = Random(Random(settings_.seed + static_cast<uint64_t>(i)).next());
    sequences_.at(way.sequence).copy_from(sequences_.at(0));
  }
}

void Decoding::sample(float* logits, size_t stride) {
  const auto n_vocabulary = static_cast<size_t>(model_.config.dimensions.n_vocabulary);
  for (Way& way : ways_) {
    if (way.is_over) continue;
    const auto choice = model_.rules.choose({logits, n_vocabulary}, way.tokens, settings_.timestamps,
                                            settings_.temperature, way.random);
    if (has_begun_) logits += stride;
    way.sum += choice.log_probability;
    if (choice.token == model_.tokenizer.special().end_of_text) {
      way.is_over = true;
      continue;
    }
    way.tokens.push_back(choice.token);
    way.log_probabilities.push_back(choice.log_probability);
    check_loop(way);
    way.is_over = way.loop.has_value() || way.tokens.size() >= limit_;
  }
  if (!std::all_of(ways_.begin(), ways_.end(), [](const Way& way) { return way.is_over; })) return;
  finish(*std::max_element(ways_.begin(), ways_.end(), [this](const Way& a, const Way& b) { return is_better(b, a); }));
}

void Decoding::check_loop(Way& way) const {
  const auto loop = find_loop(way.tokens);
  if (loop && (settings_.loops == Loops::kStopAtAny || is_certain(*loop))) way.loop = loop;
}

std::vector<Choice> Decoding::choices(const Way& way, std::span<float> logits, size_t n) const {
  const auto& rules = model_.rules;
  const Hotwords* hotwords = settings_.hotwords;
  const auto gains = hotwords == nullptr ? std::vector<Hotwords::Gain>() : hotwords->gains(way.places);
  if (gains.empty() && n == 1) {
    Random unused(0);
    return {rules.choose(logits, way.tokens, settings_.timestamps, 0, unused)};
  }
  if (gains.empty()) return rules.choose_best(logits, way.tokens, settings_.timestamps, n);
  const auto plain = rules.choose_best(logits, way.tokens, settings_.timestamps, 1).front();
  const float sum = logits[static_cast<size_t>(plain.token)] - plain.log_probability;
  for (const auto& gain : gains) logits[static_cast<size_t>(gain.token)] += gain.amount;
  auto best = rules.choose_best(logits, way.tokens, settings_.timestamps, n);
  for (const auto& gain : gains) logits[static_cast<size_t>(gain.token)] -= gain.amount;
  for (auto& choice : best) choice.log_probability = logits[static_cast<size_t>(choice.token)] - sum;
  return best;
}

// The best ways to go on from all ways there are, the best first.
std::vector<Decoding::Step> Decoding::steps(float* logits, size_t stride) const {
  const auto n_vocabulary = static_cast<size_t>(model_.config.dimensions.n_vocabulary);
  const auto n_ways = static_cast<size_t>(settings_.n_ways);
  std::vector<Step> out;
  for (size_t i = 0; i < ways_.size(); ++i) {
    const Way& way = ways_[i];
    for (const auto& choice : choices(way, {logits + i * stride, n_vocabulary}, n_ways == 1 ? 1 : n_ways + 1)) {
      Step step{i, choice, 0, way.gained};
      if (settings_.hotwords != nullptr) {
        auto places = way.places;
        step.gained += static_cast<double>(settings_.hotwords->take(choice.token, places));
      }
      step.total = way.sum + static_cast<double>(choice.log_probability) + step.gained;
      out.push_back(step);
    }
  }
  std::stable_sort(out.begin(), out.end(), [](const Step& a, const Step& b) { return a.total > b.total; });
  return out;
}

void Decoding::search(float* logits, size_t stride) {
  const auto n_ways = static_cast<size_t>(settings_.n_ways);
  const auto n_enough =
      static_cast<size_t>(std::max(1.0F, std::round(static_cast<float>(n_ways) * settings_.patience)));
  std::vector<Step> chosen;
  for (const Step& step : steps(logits, stride)) {
    if (chosen.size() == n_ways) break;
    if (step.choice.token != model_.tokenizer.special().end_of_text) {
      chosen.push_back(step);
    } else if (n_finished_ < n_enough) {
      ++n_finished_;
      Way way = ways_[step.way];
      way.sum += static_cast<double>(step.choice.log_probability);
      way.gained = step.gained;
      keep_finished(std::move(way));
    }
  }
  if (n_finished_ >= n_enough || chosen.empty()) return finish_search();
  follow(chosen);
  // A loop is more probable with every turn: it would win over all that is not one.
  if (ways_.front().loop) return finish(finished_ ? *finished_ : ways_.front());
  std::erase_if(ways_, [](const Way& way) { return way.loop.has_value(); });
  if (ways_.front().tokens.size() >= limit_) finish_search();
}

Decoding::Way Decoding::extended(const Step& step) const {
  Way way = ways_[step.way];
  way.tokens.push_back(step.choice.token);
  way.log_probabilities.push_back(step.choice.log_probability);
  way.sum += static_cast<double>(step.choice.log_probability);
  way.gained = step.gained;
  if (settings_.hotwords != nullptr) settings_.hotwords->take(step.choice.token, way.places);
  check_loop(way);
  return way;
}

// The first to go on from a way takes its sequence, others get a copy.
void Decoding::follow(const std::vector<Step>& chosen) {
  std::vector<Way> next;
  std::vector<bool> is_taken(ways_.size());
  for (const Step& step : chosen) next.push_back(extended(step));
  std::vector<size_t> copies;
  for (size_t i = 0; i < chosen.size(); ++i) {
    if (is_taken[chosen[i].way]) copies.push_back(i);
    is_taken[chosen[i].way] = true;
  }
  for (const size_t i : copies) {
    const size_t source = next[i].sequence;
    next[i].sequence = free_sequence(next);
    sequences_.at(next[i].sequence).copy_from(sequences_.at(source));
  }
  ways_ = std::move(next);
}

// One that none of the others and no finished way holds.
size_t Decoding::free_sequence(const std::vector<Way>& others) const {
  for (size_t index = 0;; ++index) {
    const bool is_held =
        std::any_of(others.begin(), others.end(), [&](const Way& way) { return way.sequence == index; });
    if (!is_held && !(finished_ && finished_->sequence == index)) return index;
  }
}

// A way that ended keeps the attention of its words: others go on with copies.
void Decoding::keep_finished(Way way) {
  if (finished_ && !is_better(way, *finished_)) return;
  if (settings_.n_ways > 1) {
    const size_t source = way.sequence;
    finished_.reset();
    way.sequence = free_sequence(ways_);
    sequences_.at(way.sequence).copy_from(sequences_.at(source));
  }
  finished_ = std::move(way);
}

double Decoding::rank(const Way& way) const {
  const double total = way.sum + way.gained;
  const auto n = static_cast<double>(way.tokens.size() + 1);
  if (!settings_.length_penalty) return total / n;
  return total / std::pow((5 + n) / 6, static_cast<double>(*settings_.length_penalty));
}

bool Decoding::is_better(const Way& a, const Way& b) const {
  if (a.loop.has_value() != b.loop.has_value()) return b.loop.has_value();
  return rank(a) > rank(b);
}

void Decoding::finish_search() {
  if (finished_) return finish(*finished_);
  finish(*std::max_element(ways_.begin(), ways_.end(), [this](const Way& a, const Way& b) { return is_better(b, a); }));
}

void Decoding::finish(const Way& way) {
  is_done_ = true;
  result_sequence_ = way.sequence;
  result_.tokens = way.tokens;
  result_.log_probabilities = way.log_probabilities;
  result_.loop = way.loop;
  result_.avg_logprob = static_cast<float>(way.sum / static_cast<double>(way.tokens.size() + 1));
  result_.compression_ratio = compression_ratio(trim(model_.tokenizer.decode(result_.tokens)));
}

}  // namespace v2t::whisper
