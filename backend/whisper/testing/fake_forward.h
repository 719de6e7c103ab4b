// A Forward without a network, for tests of what stands above it: it says what a script tells it.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "whisper/forward.h"

namespace v2t::whisper::testing {

// What the script is asked: the tokens fed so far to a sequence, and the window that it hears.
struct Question {
  std::vector<int> fed;
  int n_positions = 0;
  int n_audio_positions = 0;
  float first_mel = 0;  // of the window: tells windows apart
  PositionRange heard;  // all audio positions, or those that the sequence is to hear
};

// The logits of the next token: all -20 but those that the script sets. Position of the attention's peak too.
struct Answer {
  std::vector<std::pair<int, float>> logits;
  int attended_position = 0;
};
using Script = std::function<Answer(const Question&)>;

// What a test can look at while the engine's thread runs.
struct ForwardLog {
  std::mutex mutex;
  std::vector<int> encoded_positions;  // of each encode()
  size_t largest_step = 0;             // sequences in one decode()
  size_t n_steps = 0;
  std::function<void()> on_encode;  // called when an encode() begins; set before the engine starts
};

std::unique_ptr<Forward> make_fake_forward(const Dimensions& dimensions, size_t n_alignment_heads, Script script,
                                           std::shared_ptr<ForwardLog> log = nullptr);

// Dimensions for the small tokenizer: 80 bins, 1500 positions, 448 text positions.
Dimensions small_dimensions();

}  // namespace v2t::whisper::testing
