// Repetition at the end of decoded tokens.
#include "whisper/loops.h"

namespace v2t::whisper {
namespace {

constexpr size_t kMaxPeriod = 64;

// Tokens at the end that equal those one period before.
size_t repeated_tokens(std::span<const int> tokens, size_t period) {
  size_t n = 0;
  while (n + period < tokens.size() && tokens[tokens.size() - 1 - n] == tokens[tokens.size() - 1 - n - period]) ++n;
  return n;
}

}  // namespace

std::optional<Loop> find_loop(std::span<const int> tokens) {
  std::optional<Loop> best;
  for (size_t period = 1; period <= kMaxPeriod && 2 * period <= tokens.size(); ++period) {
    const size_t n_copies = 1 + repeated_tokens(tokens, period) / period;
    if (n_copies < (period >= 3 ? 2U : 4U)) continue;
    if (best && n_copies * period <= best->n_copies * best->period) continue;
    best = Loop{tokens.size() - n_copies * period, period, n_copies};
  }
  return best;
}

bool is_certain(const Loop& loop) { return loop.n_copies >= 4 && (loop.n_copies - 1) * loop.period >= 24; }

}  // namespace v2t::whisper
