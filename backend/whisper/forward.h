// The numeric half of Whisper: log-mel in, logits out. Decoding rules stand above it (decode.h), weights below
// (weights.h). Source: Radford et al. 2022, "Robust Speech Recognition via Large-Scale Weak Supervision", section 2.2.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "whisper/dimensions.h"

namespace v2t::whisper {

// What the decoder needs of one encoded window: cross-attention keys and values. Reusable for the next window.
class EncodedWindow {
 public:
  virtual ~EncodedWindow() = default;
  virtual int n_positions() const = 0;        // encoded: audio and padding
  virtual int n_audio_positions() const = 0;  // that hold audio
};

// Audio positions [first, end) of a window.
struct PositionRange {
  int first = 0;
  int end = 0;
};

// One token sequence being decoded against a window: self-attention keys and values, and the attention of the
// alignment heads per position. Reusable.
class Sequence {
 public:
  virtual ~Sequence() = default;
  // Starts anew at position 0 against this window, which must outlive the use.
  virtual void start(const EncodedWindow& window) = 0;
  // After start(): it hears only these positions, and the padding.
  virtual void hear_only(PositionRange range) = 0;
  virtual int length() const = 0;  // tokens fed so far
  // Becomes a copy of the other's state (beam search). Both from the same Forward.
  virtual void copy_from(const Sequence& other) = 0;
  // Cross-attention weights (after softmax) of the alignment heads, averaged over nothing:
  // [length][n_alignment_heads][window.n_positions()], row-major; row t belongs to the t-th token fed.
  // Empty when recording was off.
  virtual std::span<const float> alignment() const = 0;
};

// One row of a decoder step: this token is appended to this sequence. Rows of one sequence stand together, in
// order: so a prompt is fed in one call.
struct DecoderRow {
  Sequence* sequence = nullptr;
  int token = 0;
  bool wants_logits = true;
};

// What one thread does while the others encode: `work` is called n_calls times in all, never twice at once.
struct Beside {
  std::function<void()> work;
  int n_calls = 0;
};

// Owns its threads; used by one thread at a time. Results of a row depend on its own sequence and
// window alone: bit for bit the same whatever else is in the call and however many threads there are.
class Forward {
 public:
  virtual ~Forward() = default;
  virtual const Dimensions& dimensions() const = 0;
  virtual int threads() const = 0;

  virtual std::unique_ptr<EncodedWindow> make_window() = 0;
  virtual std::unique_ptr<Sequence> make_sequence() = 0;

  // log_mel: [n_mels][2 * n_positions] row-major, normalised as Whisper does (mel.h). n_positions: to encode, a
  // multiple of 2 in [n_audio, 1500]; n_audio: positions with audio. Where n_positions < 1500 the padding
  // stands for all the silence, as reduced_context.h says, here and in the decoder's cross-attention.
  // beside.work may call decode(), which then has one thread: so decoding, which waits for memory, takes time from
  // products, which wait for arithmetic, and both go on.
  virtual void encode(std::span<const float> log_mel, int n_positions, int n_audio, EncodedWindow& out,
                      const Beside& beside) = 0;
  void encode(std::span<const float> log_mel, int n_positions, int n_audio, EncodedWindow& out) {
    encode(log_mel, n_positions, n_audio, out, {});
  }

  // Appends the rows' tokens. logits: one row of n_vocabulary floats for each row that wants them, in order of the
  // rows; row r begins at logits[r * logits_stride()]. CHECKs positions and token range.
  virtual void decode(std::span<const DecoderRow> rows, std::span<float> logits) = 0;
  virtual size_t logits_stride() const = 0;  // >= n_vocabulary
};

class Weights;  // weights.h

// alignment_heads: which heads' attention Sequence::alignment() records; empty records nothing.
// threads >= 1; 0: as many as the process may use.
std::unique_ptr<Forward> make_forward(std::shared_ptr<const Weights> weights,
                                      std::vector<AlignmentHead> alignment_heads, int threads);

}  // namespace v2t::whisper
