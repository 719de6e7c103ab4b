// The windows that are being recognised now.
#include "whisper/batch.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace v2t::whisper {
namespace {

constexpr int kStepsBeside = 8;      // a full window
constexpr int kStepsOfAWindow = 96;  // more than most need

}  // namespace

Batch::Batch(std::shared_ptr<const SpeechModel> model, std::unique_ptr<Forward> forward, int max_windows)
    : model_(std::move(model)),
      forward_(std::move(forward)),
      mel_(model_->config.dimensions.n_mels),
      slots_(static_cast<size_t>(max_windows)) {}

void Batch::add(Owner owner, uint64_t ticket, std::shared_ptr<const DecodePlan> plan, Window window) {
  const auto slot = std::find_if(slots_.begin(), slots_.end(), [](const Slot& s) { return !s.task; });
  CHECK(slot != slots_.end());
  make_buffers(*slot);
  slot->number = n_added_++;
  slot->turn = plan->options.turn;
  slot->ticket = ticket;
  slot->is_urgent = is_urgent(*slot);
  slot->owner = std::move(owner);
  slot->task.emplace(*model_, std::move(plan), std::move(window));
  slot->is_encoded = take_heard(*slot);
  ++n_used_;
}

void Batch::make_buffers(Slot& slot) {
  if (slot.encoded) return;
  slot.encoded = forward_->make_window();
  slot.sequences = std::make_unique<SequencePool>([this] { return forward_->make_sequence(); });
}

// The same samples in the same size give the same encoding, bit for bit.
bool Batch::take_heard(Slot& slot) {
  if (slot.task->need() != WindowTask::Need::kEncode || slot.task->size() != heard_.size ||
      !std::ranges::equal(slot.task->samples(), heard_.samples))
    return false;
  std::swap(slot.encoded, heard_.encoded);
  heard_.samples.clear();
  return true;
}

bool Batch::is_urgent(const Slot& slot) const {
  if (slot.ticket > 0) return false;
  return slot.turn.empty() || std::none_of(slots_.begin(), slots_.end(), [&](const Slot& other) {
           return other.task && other.ticket == 0 && other.turn == slot.turn;
         });
}

void Batch::remove_if(const std::function<bool(const Owner&)>& is_unwanted) {
  for (auto& slot : slots_) {
    if (!slot.task || !is_unwanted(slot.owner)) continue;
    slot.task.reset();
    slot.owner.reset();
    --n_used_;
  }
}

void Batch::encode(std::span<const float> samples, EncodeSize size, EncodedWindow& out) {
  int n_left = steps_beside(size.n_positions);
  const auto decode_beside = [&] {
    if (n_left-- > 0 || is_decoding_urgent()) decode();
  };
  const int n_calls = n_left > 0 && is_decoding_urgent() ? kStepsOfAWindow : n_left;
  forward_->encode(mel_.compute(samples, 2 * size.n_positions), size.n_positions, size.n_audio_positions, out,
                   {decode_beside, n_calls});
}

bool Batch::is_decoding_urgent() const {
  return std::any_of(slots_.begin(), slots_.end(), [](const Slot& slot) {
    return slot.task && slot.is_urgent && slot.task->need() == WindowTask::Need::kDecode;
  });
}

// For what came before it alone, or a stream of urgent ones would hold it back for ever.
bool Batch::waits(const Slot& slot) const {
  return !slot.is_urgent && std::any_of(slots_.begin(), slots_.end(), [&](const Slot& other) {
    return other.task && other.is_urgent && other.number < slot.number &&
           other.task->need() == WindowTask::Need::kDecode;
  });
}

// As many as keep the batch full where people speak at the usual pace. More than three threads would wait for the one
// that decodes.
int Batch::steps_beside(int n_positions) const {
  if (forward_->threads() < 2 || forward_->threads() > 3) return 0;
  return std::max(1, kStepsBeside * n_positions / model_->config.dimensions.n_audio_positions);
}

void Batch::make_room_for_logits(size_t n_rows) {
  logits_.resize(std::max(logits_.size(), n_rows * forward_->logits_stride()));
}

void Batch::decode() {
  using Need = WindowTask::Need;
  rows_.clear();
  for (const auto& slot : slots_)
    if (slot.task && slot.task->need() == Need::kDecode) slot.task->add_rows(rows_);
  if (rows_.empty()) return;
  const auto n_wanted = std::count_if(rows_.begin(), rows_.end(), [](const auto& row) { return row.wants_logits; });
  make_room_for_logits(static_cast<size_t>(n_wanted));
  forward_->decode(rows_, logits_);
  float* logits = logits_.data();
  for (auto& slot : slots_) {
    if (!slot.task || slot.task->need() != Need::kDecode) continue;
    logits += slot.task->take(logits, forward_->logits_stride()) * forward_->logits_stride();
  }
}

std::vector<Batch::Finished> Batch::step(const std::function<bool()>& goes_on) {
  using Need = WindowTask::Need;
  bool has_encoded = false;  // one that is not urgent: who comes now waits for no more, however many were held back
  for (auto& slot : slots_) {
    if (!slot.task || slot.task->need() != Need::kEncode || waits(slot)) continue;
    if (!slot.is_urgent && std::exchange(has_encoded, true)) continue;
    if (!goes_on()) return {};
    if (!std::exchange(slot.is_encoded, false)) encode(slot.task->samples(), slot.task->size(), *slot.encoded);
    slot.task->begin_decoding(*slot.encoded, *slot.sequences);
  }
  decode();
  std::vector<Finished> finished;
  for (auto& slot : slots_) {
    if (!slot.task || slot.task->need() != Need::kNothing) continue;
    finished.push_back({std::move(slot.owner), slot.ticket, slot.task->result()});
    slot.task.reset();
    --n_used_;
  }
  return finished;
}

std::vector<LanguageGuess> Batch::guess_language(std::vector<float> samples, Context context) {
  if (!heard_.encoded) {
    heard_.encoded = forward_->make_window();
    heard_.sequence = forward_->make_sequence();
  }
  heard_.samples = std::move(samples);
  heard_.size = encode_size(heard_.samples.size(), model_->config.dimensions, context);
  encode(heard_.samples, heard_.size, *heard_.encoded);
  heard_.sequence->start(*heard_.encoded);
  make_room_for_logits(1);
  const DecoderRow row{heard_.sequence.get(), model_->tokenizer.special().start_of_transcript, true};
  forward_->decode({&row, 1}, logits_);
  std::vector<LanguageGuess> guesses;
  float highest = logits_[static_cast<size_t>(model_->languages.front().second)];
  for (const auto& [code, token] : model_->languages) {
    guesses.push_back({code, logits_[static_cast<size_t>(token)]});
    highest = std::max(highest, guesses.back().probability);
  }
  float total = 0;
  for (auto& guess : guesses) total += guess.probability = std::exp(guess.probability - highest);
  for (auto& guess : guesses) guess.probability /= total;
  std::stable_sort(guesses.begin(), guesses.end(),
                   [](const auto& a, const auto& b) { return a.probability > b.probability; });
  return guesses;
}

}  // namespace v2t::whisper
