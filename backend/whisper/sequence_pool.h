// Sequences of one window: as many as its decoding needs at once, kept for the next.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "whisper/forward.h"

namespace v2t::whisper {

// Used by one thread.
class SequencePool {
 public:
  explicit SequencePool(std::function<std::unique_ptr<Sequence>()> make) : make_(std::move(make)) {}

  // Made when asked for the first time. References stay valid.
  Sequence& at(size_t index) {
    while (sequences_.size() <= index) sequences_.push_back(make_());
    return *sequences_[index];
  }

 private:
  std::function<std::unique_ptr<Sequence>()> make_;
  std::vector<std::unique_ptr<Sequence>> sequences_;
};

}  // namespace v2t::whisper
