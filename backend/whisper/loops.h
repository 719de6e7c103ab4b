// Repetition that decoders fall into: the same tokens again and again.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

namespace v2t::whisper {

// tokens[first, first + period) stands n_copies times in a row, up to the end of the tokens.
struct Loop {
  size_t first = 0;
  size_t period = 0;
  size_t n_copies = 0;
};

// The loop at the end of the tokens that covers most of them: of a period of >= 3 tokens at least twice, of a shorter
// one at least four times. People do say a sentence twice: that is a reason to listen again, not to drop text.
std::optional<Loop> find_loop(std::span<const int> tokens);

// Nobody says this: at least 4 copies and 24 tokens after the first.
bool is_certain(const Loop& loop);

}  // namespace v2t::whisper
