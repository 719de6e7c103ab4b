// The windows that are being recognised now: they join and leave at any step.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "whisper/mel.h"
#include "whisper/window_task.h"

namespace v2t::whisper {

// Used by one thread. Owner: what a window belongs to, given back with its result.
class Batch {
 public:
  using Owner = std::shared_ptr<void>;
  struct Finished {
    Owner owner;
    uint64_t ticket = 0;
    WindowResult result;
  };

  Batch(std::shared_ptr<const SpeechModel> model, std::unique_ptr<Forward> forward, int max_windows);

  bool is_full() const { return slots_.size() == n_used_; }
  size_t n_free() const { return slots_.size() - n_used_; }
  bool is_empty() const { return n_used_ == 0; }
  // Needs room. `ticket` is the owner's number for this window. Where its language was just asked for, it is not
  // encoded again.
  void add(Owner owner, uint64_t ticket, std::shared_ptr<const DecodePlan> plan, Window window);
  // Forgets windows.
  void remove_if(const std::function<bool(const Owner&)>& is_unwanted);

  // Encodes urgent windows, and of the others that are to be encoded one; then decodes one token of each window. With
  // two or three threads some tokens of the others are decoded while one is encoded: all of an urgent one. Urgent is
  // the first window of an owner, who waits for a sign of life; among many first ones of a turn only the one that came
  // first, for they are soon done together. Until it is decoded, those that came later and are not urgent are not
  // encoded. Returns those that are finished. Asks before each window whether to go on: large models take seconds to
  // encode one.
  std::vector<Finished> step(const std::function<bool()>& goes_on);

  // The languages of the model by probability. samples: not empty, at most 30 s.
  std::vector<LanguageGuess> guess_language(std::vector<float> samples, Context context);

 private:
  struct Slot {
    std::unique_ptr<EncodedWindow> encoded;
    std::unique_ptr<SequencePool> sequences;
    std::optional<WindowTask> task;
    bool is_encoded = false;  // as the task wants it now
    uint64_t number = 0;      // in the order in which they were added
    Owner owner;
    uint64_t ticket = 0;
    std::string turn;
    bool is_urgent = false;
  };
  struct Heard {  // the last that a language was guessed from
    std::unique_ptr<EncodedWindow> encoded;
    std::unique_ptr<Sequence> sequence;
    std::vector<float> samples;
    EncodeSize size;
  };
  void make_buffers(Slot& slot);
  bool take_heard(Slot& slot);
  bool is_urgent(const Slot& slot) const;
  void encode(std::span<const float> samples, EncodeSize size, EncodedWindow& out);
  int steps_beside(int n_positions) const;
  bool is_decoding_urgent() const;
  bool waits(const Slot& slot) const;
  void decode();
  void make_room_for_logits(size_t n_rows);

  std::shared_ptr<const SpeechModel> model_;
  std::unique_ptr<Forward> forward_;
  MelExtractor mel_;
  std::vector<Slot> slots_;
  Heard heard_;
  size_t n_used_ = 0;
  uint64_t n_added_ = 0;
  std::vector<DecoderRow> rows_;
  std::vector<float> logits_;
};

}  // namespace v2t::whisper
