// Decides which audio is kept.
#include "speech/speech_gate.h"

#include <algorithm>

namespace v2t::speech {

void SpeechGate::push(float probability) {
  hear(probability);
  decide_what_is_certain();
}

void SpeechGate::hear(float probability) {
  const int64_t chunk = heard_++;
  if (!in_run_) {
    if (probability < options_.onset) return;
    in_run_ = true;
    is_confirmed_ = false;
    run_start_ = chunk;
    quiet_ = 0;
  }
  quiet_ = probability < options_.offset ? quiet_ + 1 : 0;
  const int64_t run_end = heard_ - quiet_;
  if (run_end - run_start_ >= options_.shortest_speech) is_confirmed_ = true;
  if (quiet_ < options_.shortest_pause) return;
  in_run_ = false;
  if (is_confirmed_) last_end_ = run_end;
}

void SpeechGate::decide(int64_t until, bool is_kept) {
  for (until = std::min(until, heard_); decided_ < until; ++decided_) labels_.push_back(is_kept);
}

void SpeechGate::decide_what_is_certain() {
  if (last_end_) decide(*last_end_ + options_.margin, true);
  // The earliest chunk at which speech can still turn out to begin.
  const int64_t next_start = in_run_ ? run_start_ : heard_;
  const bool is_short_pause = last_end_ && next_start - *last_end_ <= options_.kept_pause;
  if (!is_short_pause) decide(next_start - options_.margin, false);
  if (in_run_ && is_confirmed_) decide(heard_, true);
}

void SpeechGate::finish() {
  if (in_run_ && is_confirmed_) last_end_ = heard_ - quiet_;
  in_run_ = false;
  if (last_end_) decide(*last_end_ + options_.margin, true);
  decide(heard_, false);
}

std::optional<bool> SpeechGate::next() {
  if (labels_.empty()) return std::nullopt;
  const bool is_kept = labels_.front();
  labels_.pop_front();
  return is_kept;
}

}  // namespace v2t::speech
