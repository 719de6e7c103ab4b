// Which token may follow, and which is taken.
#include "whisper/decode_rules.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace v2t::whisper {
namespace {

constexpr float kForbidden = -std::numeric_limits<float>::infinity();
constexpr int kMaxInitialTimestamp = 50;  // 1.0 s
constexpr int kTimestamps = 1500;         // after <|0.00|>: up to 30 s

// ln(e^a + e^b).
float log_add(float a, float b) {
  const float high = std::max(a, b);
  if (high == kForbidden) return kForbidden;
  return high + std::log(std::exp(a - high) + std::exp(b - high));
}

void forbid(std::vector<float>& bias, std::span<const int> tokens) {
  for (const int token : tokens)
    if (token >= 0 && static_cast<size_t>(token) < bias.size()) bias[static_cast<size_t>(token)] = kForbidden;
}

}  // namespace

uint64_t Random::next() {
  state_ += 0x9E3779B97F4A7C15ULL;
  uint64_t z = state_;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
  return z ^ (z >> 31);
}

DecodeRules::DecodeRules(const Tokenizer& tokenizer, const ModelConfig& config)
    : end_of_text_(tokenizer.special().end_of_text),
      timestamp_begin_(tokenizer.special().timestamp_begin),
      last_timestamp_(timestamp_begin_ + kTimestamps),
      bias_(static_cast<size_t>(end_of_text_) + 1) {
  forbid(bias_, config.suppressed_tokens);
  bias_.back() = 0;
  begin_bias_ = bias_;
  forbid(begin_bias_, config.suppressed_at_begin);
  if (config.suppressed_at_begin.empty()) forbid(begin_bias_, tokenizer.encode(" "));
  begin_bias_.back() = kForbidden;
  end_bias_.assign(bias_.size(), kForbidden);
  end_bias_.back() = 0;
}

DecodeRules::Allowed DecodeRules::allowed(std::span<const int> sampled, Timestamps timestamps) const {
  if (timestamps == Timestamps::kWithout) return {sampled.empty() ? begin_bias_.data() : bias_.data(), 0, -1};
  if (sampled.empty()) return {nullptr, timestamp_begin_, timestamp_begin_ + kMaxInitialTimestamp};
  const auto is_timestamp = [&](int token) { return token >= timestamp_begin_; };
  const bool last_was = is_timestamp(sampled.back());
  const bool one_before_was = sampled.size() < 2 || is_timestamp(sampled[sampled.size() - 2]);
  Allowed out{bias_.data(), timestamp_begin_, last_timestamp_};
  if (last_was && one_before_was) out.last_timestamp = -1;            // a segment began: text must follow
  if (last_was && !one_before_was) out.text_bias = end_bias_.data();  // a segment ended: another, or the end
  const auto latest = std::find_if(sampled.rbegin(), sampled.rend(), is_timestamp);
  // Times never decrease, and a segment is not empty.
  if (latest != sampled.rend()) out.first_timestamp = last_was && !one_before_was ? *latest : *latest + 1;
  return out;
}

DecodeRules::Standing DecodeRules::standing(std::span<const float> logits, const Allowed& allowed) const {
  Standing out{{kForbidden, 0, kForbidden}, {kForbidden, 0, kForbidden}};
  if (allowed.text_bias != nullptr) out.text = nn::row_statistics(logits.data(), allowed.text_bias, bias_.size());
  if (allowed.first_timestamp <= allowed.last_timestamp) {
    out.stamps = nn::row_statistics(logits.data() + allowed.first_timestamp, nullptr,
                                    static_cast<size_t>(allowed.last_timestamp - allowed.first_timestamp + 1));
    out.stamps.argmax += static_cast<size_t>(allowed.first_timestamp);
  }
  // When all timestamps together are more probable than any text token, one of them it is.
  if (out.stamps.log_sum_exp > out.text.max) out.text = {kForbidden, 0, kForbidden};
  return out;
}

Choice DecodeRules::greedy(std::span<const float> logits, const Allowed& allowed) const {
  const auto [text, stamps] = standing(logits, allowed);
  const auto& best = stamps.max > text.max ? stamps : text;
  if (best.max == kForbidden) return {end_of_text_, 0};
  return {static_cast<int>(best.argmax), best.max - log_add(text.log_sum_exp, stamps.log_sum_exp)};
}

Choice DecodeRules::sample(std::span<const float> logits, const Allowed& allowed, float temperature,
                           Random& random) const {
  const auto [text, stamps] = standing(logits, allowed);
  const float highest = std::max(text.max, stamps.max);
  if (highest == kForbidden) return {end_of_text_, 0};
  // What is e^25 times less probable than the best, all of it together, changes no sum that is told.
  const float least = highest - 25;
  std::vector<std::pair<int, float>> candidates;  // token, logit
  for (int token = 0; text.max != kForbidden && token <= end_of_text_; ++token) {
    const float logit = logits[static_cast<size_t>(token)];
    if (logit >= least && allowed.text_bias[token] != kForbidden) candidates.emplace_back(token, logit);
  }
  for (int token = allowed.first_timestamp; token <= allowed.last_timestamp; ++token) {
    const float logit = logits[static_cast<size_t>(token)];
    if (logit >= least) candidates.emplace_back(token, logit);
  }
  double total = 0;    // at this temperature
  double total_1 = 0;  // at temperature 1
  for (const auto& [token, logit] : candidates) {
    total += std::exp(static_cast<double>(logit - highest) / temperature);
    total_1 += std::exp(static_cast<double>(logit - highest));
  }
  double left = random.uniform() * total;
  auto chosen = candidates.back();
  for (const auto& candidate : candidates) {
    left -= std::exp(static_cast<double>(candidate.second - highest) / temperature);
    if (left >= 0) continue;
    chosen = candidate;
    break;
  }
  return {chosen.first, chosen.second - highest - static_cast<float>(std::log(total_1))};
}

Choice DecodeRules::choose(std::span<const float> logits, std::span<const int> sampled, Timestamps timestamps,
                           float temperature, Random& random) const {
  const Allowed what = allowed(sampled, timestamps);
  return temperature > 0 ? sample(logits, what, temperature, random) : greedy(logits, what);
}

std::vector<Choice> DecodeRules::choose_best(std::span<const float> logits, std::span<const int> sampled,
                                             Timestamps timestamps, size_t n) const {
  const Allowed what = allowed(sampled, timestamps);
  const Choice first = greedy(logits, what);
  const bool is_stamp = first.token >= timestamp_begin_;
  const float base = logits[static_cast<size_t>(first.token)] - first.log_probability;  // log of the sum
  std::vector<Choice> best;                                                             // ascending
  const auto offer = [&](int token) {
    const float log_probability = logits[static_cast<size_t>(token)] - base;
    if (best.size() == n && log_probability <= best.front().log_probability) return;
    const auto place = std::lower_bound(best.begin(), best.end(), log_probability,
                                        [](const Choice& c, float value) { return c.log_probability < value; });
    best.insert(place, {token, log_probability});
    if (best.size() > n) best.erase(best.begin());
  };
  // Where timestamps together are more probable than any text, only they stand to choice: see greedy().
  for (int token = 0; what.text_bias != nullptr && !is_stamp && token <= end_of_text_; ++token)
    if (what.text_bias[token] != kForbidden) offer(token);
  for (int token = what.first_timestamp; token <= what.last_timestamp; ++token) offer(token);
  if (best.empty()) best.push_back(first);
  std::reverse(best.begin(), best.end());
  return best;
}

float DecodeRules::probability(std::span<const float> logits, int token) {
  const auto row = nn::row_statistics(logits.data(), nullptr, logits.size());
  return std::exp(logits[static_cast<size_t>(token)] - row.log_sum_exp);
}

}  // namespace v2t::whisper
