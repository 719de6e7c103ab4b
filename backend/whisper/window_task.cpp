// The recognition of one window as a sequence of steps.
#include "whisper/window_task.h"

#include <algorithm>

#include "whisper/mel.h"
#include "whisper/speech_tail.h"

namespace v2t::whisper {
namespace {

constexpr int kPadPositions = 128;             // 2.56 s: see docs on reduced context in forward.h
constexpr Samples kMuchSpeech{kSampleRateHz};  // after the last word: the text ended early
constexpr size_t kMaxStretches = 6;
constexpr size_t kLeastSamples = kSampleRateHz / 20;

uint64_t mix(uint64_t hash, uint64_t value) { return Random(hash ^ value).next(); }

uint64_t mix(uint64_t hash, std::string_view text) {
  hash = mix(hash, text.size());
  for (const char c : text) hash = mix(hash, static_cast<unsigned char>(c));
  return hash;
}

}  // namespace

EncodeSize encode_size(size_t n_samples, const Dimensions& dimensions, Context context) {
  const int full = dimensions.n_audio_positions;
  const int n_audio = static_cast<int>((n_samples + kSamplesPerPosition - 1) / kSamplesPerPosition);
  CHECK(n_audio >= 1 && n_audio <= full);
  const int reduced = std::min((n_audio + kPadPositions + 1) / 2 * 2, full);
  return {context == Context::kReduced ? reduced : full, n_audio};
}

WindowTask::WindowTask(const SpeechModel& model, std::shared_ptr<const DecodePlan> plan, Window window)
    : model_(model), plan_(std::move(plan)), window_(std::move(window)), context_(plan_->context) {
  if (window_.samples.size() < kLeastSamples) need_ = Need::kNothing;
}

const Prompt& WindowTask::prompt() const { return offset_ == 0 ? plan_->prompt : plan_->prompt_with_timestamps; }

void WindowTask::begin_decoding(const EncodedWindow& encoded, Sequence& sequence) {
  encoded_ = &encoded;
  sequence_ = &sequence;
  decode_again();
}

void WindowTask::decode_again() {
  need_ = Need::kDecode;
  sequence_->start(*encoded_);
  const bool is_reduced = encoded_->n_positions() < model_.config.dimensions.n_audio_positions;
  decoding_.emplace(model_, prompt(), *sequence_,
                    Decoding::Settings{offset_ == 0 ? Timestamps::kWithout : Timestamps::kWith,
                                       plan_->options.temperatures[temperature_], seed(),
                                       is_reduced ? Decoding::Loops::kStopAtAny : Decoding::Loops::kStopAtCertain});
}

uint64_t WindowTask::seed() const {
  uint64_t hash = mix(0, window_.number);
  hash = mix(hash, plan_->options.language);
  hash = mix(hash, plan_->options.initial_prompt);
  hash = mix(hash, static_cast<uint64_t>(plan_->options.task));
  return mix(mix(hash, temperature_), offset_);
}

size_t WindowTask::take(const float* logits, size_t stride) {
  const size_t n_used = decoding_->take(logits, stride);
  if (decoding_->is_done()) judge();
  return n_used;
}

bool WindowTask::is_worth_full_context(const Decoded& decoded) const {
  if (encoded_->n_positions() >= model_.config.dimensions.n_audio_positions) return false;
  return decoded.loop || decoded.compression_ratio > plan_->options.compression_ratio_threshold;
}

bool WindowTask::is_silence(const Decoded& decoded) const {
  return decoded.no_speech_prob > plan_->options.no_speech_threshold &&
         decoded.avg_logprob < plan_->options.log_prob_threshold;
}

bool WindowTask::is_bad(const Decoded& decoded) const {
  if (is_silence(decoded)) return false;
  return decoded.loop || decoded.compression_ratio > plan_->options.compression_ratio_threshold ||
         decoded.avg_logprob < plan_->options.log_prob_threshold;
}

void WindowTask::judge() {
  if (is_worth_full_context(decoding_->result())) {
    context_ = Context::kFull;
    need_ = Need::kEncode;
    return;
  }
  candidates_.push_back(take_candidate());
  if (!is_bad(candidates_.back().decoded)) return accept(candidates_.back());
  if (++temperature_ < plan_->options.temperatures.size()) return decode_again();
  accept(best_candidate());
}

WindowTask::Candidate WindowTask::take_candidate() {
  Candidate candidate{decoding_->result()};
  auto& decoded = candidate.decoded;
  if (decoded.loop) {
    const size_t end = decoded.loop->first + decoded.loop->period;
    decoded.tokens.resize(end);
    decoded.log_probabilities.resize(end);
  }
  const AttentionView attention{sequence_->alignment(), static_cast<size_t>(sequence_->length()),
                                model_.config.alignment_heads.size(), static_cast<size_t>(encoded_->n_positions()),
                                static_cast<size_t>(encoded_->n_audio_positions())};
  candidate.words = time_words(model_.tokenizer, plan_->options.language, prompt(), decoded, attention);
  return candidate;
}

// Where none is good: the most probable of those that do not repeat themselves, else of all.
const WindowTask::Candidate& WindowTask::best_candidate() const {
  const auto repeats = [&](const Candidate& candidate) {
    return candidate.decoded.loop || candidate.decoded.compression_ratio > plan_->options.compression_ratio_threshold;
  };
  return *std::max_element(candidates_.begin(), candidates_.end(), [&](const auto& a, const auto& b) {
    if (repeats(a) != repeats(b)) return repeats(a);
    return a.decoded.avg_logprob < b.decoded.avg_logprob;
  });
}

void WindowTask::accept(const Candidate& candidate) {
  need_ = Need::kNothing;
  const auto& decoded = candidate.decoded;
  if (is_silence(decoded) || candidate.words.empty()) return;
  const Samples heard = candidate.words.back().end;
  // What is decoded beyond an early end is a second chance, not a reason to invent: it must be good.
  if (offset_ > 0 && is_bad(decoded)) return;
  auto& stretch = stretches_.emplace_back(Stretch{
      candidate.words, {decoded.avg_logprob, decoded.no_speech_prob, decoded.compression_ratio, decoded.temperature}});
  for (auto& word : stretch.words) {
    word.start += Samples(static_cast<int64_t>(offset_));
    word.end += Samples(static_cast<int64_t>(offset_));
  }
  go_on(heard);
}

void WindowTask::go_on(Samples heard) {
  if (stretches_.size() >= kMaxStretches || heard <= Samples(0)) return;
  if (speech_after(samples(), heard) <= kMuchSpeech) return;
  offset_ += static_cast<size_t>(heard.count());
  context_ = plan_->context;
  temperature_ = 0;
  candidates_.clear();
  need_ = Need::kEncode;
}

WindowResult WindowTask::result() const {
  WindowResult out{window_.number, {}, window_.media_end};
  for (const auto& stretch : stretches_) {
    auto segments = make_segments(stretch.words, stretch.statistics, window_.time_map, window_.number);
    for (auto& segment : segments) {
      if (!plan_->options.word_timestamps) segment.words.clear();
      out.segments.push_back(std::move(segment));
    }
  }
  return out;
}

}  // namespace v2t::whisper
