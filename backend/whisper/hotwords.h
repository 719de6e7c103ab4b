// Terms to expect, as a tree of their tokens that decoding walks along. Source: Zhao et al. 2019, "Shallow-Fusion
// End-to-End Contextual Biasing".
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "whisper/tokenizer.h"

namespace v2t::whisper {

// Immutable; thread-safe.
class Hotwords {
 public:
  Hotwords() = default;
  // Each term as it is written, with a small and with a capital first letter, and with all small letters.
  Hotwords(const Tokenizer& tokenizer, const std::vector<std::string>& terms);

  bool is_empty() const { return nodes_.empty(); }

  // How far the text so far goes into terms.
  struct Place {
    size_t node = 0;
    float lent = 0;  // given for tokens of a term that is not complete: taken back when the text leaves it
  };
  using Places = std::vector<Place>;

  // A token that would begin or go on with a term, and what its log-probability gains by that.
  struct Gain {
    int token = 0;
    float amount = 0;
  };
  std::vector<Gain> gains(const Places& places) const;

  // Moves on by a token; returns the change of what the text has gained: the token's own, less what is taken back.
  float take(int token, Places& places) const;

 private:
  struct Node {
    std::vector<std::pair<int, size_t>> next;  // token, node
    bool ends_term = false;
  };
  void add(const std::vector<int>& tokens);
  size_t step(size_t node, int token) const;  // 0: nowhere

  std::vector<Node> nodes_;  // the first is the root; none without terms
};

}  // namespace v2t::whisper
