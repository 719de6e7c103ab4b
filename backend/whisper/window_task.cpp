// The recognition of one window as a sequence of steps.
#include "whisper/window_task.h"

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "whisper/coverage.h"
#include "whisper/mel.h"
#include "whisper/speech_tail.h"

namespace v2t::whisper {
namespace {

constexpr Samples kMuchSpeech{kSampleRateHz};  // after the last word: the text ended early
constexpr size_t kMaxStretches = 6;
constexpr size_t kLeastSamples = kSampleRateHz / 20;
constexpr int64_t kAroundHole = kSampleRateHz / 4;  // heard before and after speech that was left without text
// Below: what the detector took for speech may be anything, and silence about it is right.
constexpr float kSurelySpeech = 0.8F;
constexpr float kDoubtfulLogProb = -0.2F;  // below: beams look for better words (docs/decisions/0026)
// Where it may be noise, a second try that finds words must be surer than a first: that one heard nothing there.
constexpr float kBelievableLogProb = -0.7F;
constexpr float kBelievableNoSpeech = 0.4F;

uint64_t mix(uint64_t hash, uint64_t value) { return Random(hash ^ value).next(); }

uint64_t mix(uint64_t hash, std::string_view text) {
  hash = mix(hash, text.size());
  for (const char c : text) hash = mix(hash, static_cast<unsigned char>(c));
  return hash;
}

Samples to_samples(size_t n) { return Samples(static_cast<int64_t>(n)); }

bool overlaps(const SampleRange& range, Samples start, Samples end) {
  return to_samples(range.begin) < end && start < to_samples(range.end);
}

}  // namespace

WindowTask::WindowTask(const SpeechModel& model, std::shared_ptr<const DecodePlan> plan, Window window)
    : model_(model),
      plan_(std::move(plan)),
      window_(std::move(window)),
      languages_(plan_->languages),
      context_(plan_->context),
      n_beams_(plan_->n_beams) {
  if (window_.samples.size() < kLeastSamples) need_ = Need::kNothing;
  is_language_known_ = languages_.empty();
  if (languages_.empty()) languages_.emplace_back(plan_->options.language, 0);
  const size_t expected = is_language_known_ ? 0 : plan_->expected;
  parts_.push_back({{0, window_.samples.size()}, expected, false, 0, 1});
}

std::span<const float> WindowTask::samples() const {
  return std::span(window_.samples).subspan(begin(), part().range.size() - offset_);
}

void WindowTask::begin_decoding(const EncodedWindow& encoded, SequencePool& sequences) {
  encoded_ = &encoded;
  sequences_ = &sequences;
  if (is_language_known_) return decode_again();
  ask_languages();
}

// One sequence for each stretch, which hears nothing else.
void WindowTask::ask_languages() {
  need_ = Need::kDecode;
  listening_ = listening_stretches(window_);
  for (size_t i = 0; i < listening_.size(); ++i) {
    sequences_->at(i).start(*encoded_);
    if (listening_.size() == 1) continue;
    sequences_->at(i).hear_only({static_cast<int>(listening_[i].begin / kSamplesPerPosition),
                                 static_cast<int>(listening_[i].end / kSamplesPerPosition)});
  }
}

// Cuts the window where the language changes.
void WindowTask::hear_languages(const float* logits, size_t stride) {
  const size_t n = languages_.size();
  std::vector<float> probabilities;
  for (size_t i = 0; i < listening_.size(); ++i, logits += stride) {
    float highest = logits[static_cast<size_t>(languages_.front().second)];
    for (const auto& language : languages_) highest = std::max(highest, logits[static_cast<size_t>(language.second)]);
    float total = 0;
    for (const auto& language : languages_)
      total += probabilities.emplace_back(std::exp(logits[static_cast<size_t>(language.second)] - highest));
    for (size_t l = probabilities.size() - n; l < probabilities.size(); ++l) probabilities[l] /= total;
  }
  const auto runs = language_runs(listening_, probabilities, n, plan_->expected);
  parts_.clear();
  for (const auto& run : runs)
    parts_.push_back({{listening_[run.first].begin, listening_[run.end - 1].end}, run.language, false, 0, 1});
  is_language_known_ = true;
  listening_.clear();
  if (parts_.size() == 1) return decode_again();
  need_ = Need::kEncode;
}

Prompt WindowTask::make_prompt_now() const {
  Prompt prompt = has_timestamps() ? plan_->prompt_with_timestamps : plan_->prompt;
  if (languages_.size() > 1) prompt.tokens[prompt.start_of_transcript + 1] = languages_[part().language].second;
  return prompt;
}

void WindowTask::decode_again() {
  need_ = Need::kDecode;
  sequences_->at(0).start(*encoded_);
  const bool is_reduced = encoded_->n_positions() < model_.config.dimensions.n_audio_positions;
  const float temperature = plan_->options.temperatures[temperature_];
  prompt_ = make_prompt_now();
  decoding_.emplace(
      model_, prompt_, *sequences_,
      Decoding::Settings{.timestamps = has_timestamps() ? Timestamps::kWith : Timestamps::kWithout,
                         .temperature = temperature,
                         .seed = seed(),
                         .loops = is_reduced ? Decoding::Loops::kStopAtAny : Decoding::Loops::kStopAtCertain,
                         .n_ways = temperature > 0 ? plan_->options.best_of : n_beams_,
                         .patience = plan_->options.patience,
                         .length_penalty = plan_->options.length_penalty,
                         .hotwords = plan_->hotwords.is_empty() ? nullptr : &plan_->hotwords});
}

uint64_t WindowTask::seed() const {
  uint64_t hash = mix(0, window_.number);
  hash = mix(hash, languages_[part().language].first);
  hash = mix(hash, plan_->options.initial_prompt);
  hash = mix(hash, static_cast<uint64_t>(plan_->options.task));
  return mix(mix(hash, temperature_), begin());
}

void WindowTask::add_rows(std::vector<DecoderRow>& rows) const {
  if (listening_.empty()) return decoding_->add_rows(rows);
  for (size_t i = 0; i < listening_.size(); ++i)
    rows.push_back({&sequences_->at(i), model_.tokenizer.special().start_of_transcript, true});
}

size_t WindowTask::take(float* logits, size_t stride) {
  if (!listening_.empty()) {
    const size_t n_asked = listening_.size();
    hear_languages(logits, stride);
    return n_asked;
  }
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

// Not sure of what was heard, and other ways were not looked at.
bool WindowTask::is_worth_beams(const Decoded& decoded) const {
  return decoded.temperature <= 0 && n_beams_ < plan_->n_beams_in_doubt && decoded.avg_logprob < kDoubtfulLogProb &&
         !is_silence(decoded);
}

void WindowTask::judge() {
  if (is_worth_full_context(decoding_->result())) {
    context_ = Context::kFull;
    need_ = Need::kEncode;
    return;
  }
  candidates_.push_back(take_candidate());
  if (is_worth_beams(candidates_.back().decoded)) {
    n_beams_ = plan_->n_beams_in_doubt;
    return decode_again();
  }
  const Candidate& best = best_candidate();
  if (!is_bad(best.decoded)) return accept(best);
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
  const Sequence& sequence = decoding_->sequence();
  const AttentionView attention{sequence.alignment(), static_cast<size_t>(sequence.length()),
                                model_.config.alignment_heads.size(), static_cast<size_t>(encoded_->n_positions()),
                                static_cast<size_t>(encoded_->n_audio_positions())};
  candidate.words = time_words(model_.tokenizer, languages_[part().language].first, prompt_, decoded, attention);
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

// What is decoded beyond an early end, or where nothing was heard, is a second chance, not a reason to invent.
bool WindowTask::is_believable(const Candidate& candidate) const {
  const auto& decoded = candidate.decoded;
  if (is_silence(decoded) || candidate.words.empty()) return false;
  if (has_timestamps() && is_bad(decoded)) return false;
  if (!part().is_second_try) return true;
  const bool is_sure = decoded.avg_logprob >= kBelievableLogProb && decoded.no_speech_prob <= kBelievableNoSpeech;
  return (is_sure || part().speech_probability >= kSurelySpeech) && !is_said_beside(candidate.words);
}

// Whether these words are what was said just before or after: heard twice, not said twice.
bool WindowTask::is_said_beside(const std::vector<TimedWord>& words) const {
  std::string text;
  for (const auto& word : words) text += to_lower_ascii(word.text);
  std::string beside;
  const Samples from = to_samples(part().range.begin) - Samples(3 * kSampleRateHz);
  const Samples until = to_samples(part().range.end) + Samples(3 * kSampleRateHz);
  for (const auto& word : all_words())
    if (word.end > from && word.start < until) beside += to_lower_ascii(word.text);
  while (!text.empty() && (text.back() == '.' || text.back() == ',' || text.back() == ' ')) text.pop_back();
  return beside.find(text) != std::string::npos;
}

void WindowTask::accept(const Candidate& candidate) {
  const auto& decoded = candidate.decoded;
  parts_.front().no_speech_prob = std::min(part().no_speech_prob, decoded.no_speech_prob);
  if (!is_believable(candidate)) return next_part();
  const Samples heard = candidate.words.back().end;
  const auto others = all_words();
  auto& stretch =
      stretches_.emplace_back(Stretch{candidate.words,
                                      {decoded.avg_logprob, decoded.no_speech_prob, decoded.compression_ratio,
                                       decoded.temperature, languages_[part().language].first}});
  for (auto& word : stretch.words) {
    word.start += to_samples(begin());
    word.end += to_samples(begin());
  }
  fit_to_speech(stretch.words, window_.speech);
  if (part().is_second_try) fit_between(stretch.words, others);
  ++n_stretches_;
  parts_.front().has_text = true;
  go_on(heard);
}

void WindowTask::go_on(Samples heard) {
  if (n_stretches_ >= kMaxStretches || heard <= Samples(0)) return next_part();
  if (speech_after(samples(), heard) <= kMuchSpeech) return next_part();
  begin_stretch(offset_ + static_cast<size_t>(heard.count()));
}

void WindowTask::begin_stretch(size_t offset) {
  offset_ = offset;
  context_ = plan_->context;
  n_beams_ = plan_->n_beams;
  temperature_ = 0;
  candidates_.clear();
  need_ = Need::kEncode;
}

void WindowTask::next_part() {
  decoded_parts_.push_back(part());
  parts_.pop_front();
  if (parts_.empty() && !has_looked_for_holes_) look_for_holes();
  n_stretches_ = 0;
  begin_stretch(0);
  if (parts_.empty()) need_ = Need::kNothing;
}

// Speech without text is heard once more by itself, with timestamps.
void WindowTask::look_for_holes() {
  has_looked_for_holes_ = true;
  const auto n = static_cast<int64_t>(window_.samples.size());
  for (const auto& hole : speech_without_text(window_.speech, all_words())) {
    const SampleRange range{static_cast<size_t>(std::clamp(hole.start.count() - kAroundHole, int64_t{0}, n)),
                            static_cast<size_t>(std::clamp(hole.end.count() + kAroundHole, int64_t{0}, n))};
    if (range.size() < kLeastSamples) continue;
    const auto owner = std::find_if(decoded_parts_.begin(), decoded_parts_.end(),
                                    [&](const Part& p) { return overlaps(p.range, hole.start, hole.end); });
    const Part& heard = owner == decoded_parts_.end() ? decoded_parts_.front() : *owner;
    parts_.push_back({range, heard.language, true, hole.probability, 1});
  }
}

std::vector<TimedWord> WindowTask::all_words() const {
  std::vector<TimedWord> words;
  for (const auto& stretch : stretches_) words.insert(words.end(), stretch.words.begin(), stretch.words.end());
  std::stable_sort(words.begin(), words.end(), [](const auto& a, const auto& b) { return a.start < b.start; });
  return words;
}

// Surely speech, and heard as such in vain.
bool WindowTask::is_unintelligible(const SpeechSpan& hole) const {
  return std::any_of(decoded_parts_.begin(), decoded_parts_.end(), [&](const Part& part) {
    return part.is_second_try && !part.has_text && overlaps(part.range, hole.start, hole.end) &&
           part.speech_probability >= kSurelySpeech && part.no_speech_prob <= kBelievableNoSpeech;
  });
}

Segment WindowTask::marker(const SpeechSpan& hole) const {
  Segment segment;
  segment.window = window_.number;
  segment.kind = SegmentKind::kUnintelligible;
  segment.start = to_millis(window_.time_map.to_media(hole.start, TimeMap::Edge::kStart));
  segment.end = to_millis(window_.time_map.to_media(hole.end, TimeMap::Edge::kEnd));
  const auto owner = std::find_if(decoded_parts_.begin(), decoded_parts_.end(),
                                  [&](const Part& part) { return overlaps(part.range, hole.start, hole.end); });
  if (owner != decoded_parts_.end()) segment.language = languages_[owner->language].first;
  return segment;
}

void WindowTask::fill_scores(Segment& segment) const {
  if (!plan_->options.token_scores) return segment.token_scores.clear();
  for (size_t i = 0; i < segment.token_scores.size(); ++i)
    segment.token_scores[i].bytes = std::string(model_.tokenizer.bytes(segment.tokens[i]));
}

WindowResult WindowTask::result() const {
  WindowResult out{window_.number, {}, window_.media_end};
  for (const auto& stretch : stretches_) {
    auto segments = make_segments(stretch.words, stretch.statistics, window_.time_map, window_.number);
    for (auto& segment : segments) {
      if (!plan_->options.word_timestamps) segment.words.clear();
      fill_scores(segment);
      out.segments.push_back(std::move(segment));
    }
  }
  const auto words = all_words();
  for (const auto& span : window_.speech) out.coverage.speech += span.end - span.start;
  out.coverage.covered = speech_with_text(window_.speech, words);
  for (const auto& hole : speech_without_text(window_.speech, words)) {
    if (!is_unintelligible(hole)) continue;
    out.coverage.unintelligible += hole.end - hole.start;
    out.segments.push_back(marker(hole));
  }
  std::stable_sort(out.segments.begin(), out.segments.end(),
                   [](const auto& a, const auto& b) { return a.start < b.start; });
  return out;
}

}  // namespace v2t::whisper
