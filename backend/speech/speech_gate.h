// Decides, chunk by chunk and with a short delay, which audio is kept: speech, a margin around it, and short pauses.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>

namespace v2t::speech {

// In chunks of the voice detector (32 ms).
struct GateOptions {
  float onset = 0.5F;           // speech begins at this probability
  float offset = 0.35F;         // and lasts until it falls below this one
  int64_t shortest_speech = 4;  // shorter runs are noise
  int64_t shortest_pause = 3;   // shorter dips do not end a run
  int64_t margin = 10;          // kept before and after speech: words begin and end softly
  int64_t kept_pause = 32;      // a pause of up to this length between two runs is kept whole
};

class SpeechGate {
 public:
  explicit SpeechGate(const GateOptions& options) : options_(options) {}

  // The next chunk's probability of speech.
  void push(float probability);
  // No chunk will follow: decides the rest.
  void finish();
  // Whether the next chunk, in order, is kept; nullopt while that is undecided. Decided at most
  // kept_pause + margin + shortest_speech + shortest_pause chunks after it was pushed.
  std::optional<bool> next();

 private:
  void hear(float probability);
  void decide(int64_t until, bool is_kept);
  void decide_what_is_certain();

  GateOptions options_;
  int64_t heard_ = 0;    // chunks pushed
  int64_t decided_ = 0;  // chunks decided
  std::deque<bool> labels_;

  bool in_run_ = false;
  bool is_confirmed_ = false;  // the run is long enough to be speech
  int64_t run_start_ = 0;
  int64_t quiet_ = 0;                // chunks below the offset at the run's end
  std::optional<int64_t> last_end_;  // of the last confirmed run that has ended
};

}  // namespace v2t::speech
