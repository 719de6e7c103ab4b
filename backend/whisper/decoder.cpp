// The decoder. Members of the team share out panels of weights, and heads; each computes the cheap steps between
// products (norms, quantisation) for all rows by itself, which saves barriers.
#include "whisper/decoder.h"

#include <algorithm>

#include "nn/softmax.h"

namespace v2t::whisper {

using nn::Finish;
using nn::kHeadSize;

Decoder::Decoder(const Weights& weights, std::vector<AlignmentHead> alignment_heads, int most_threads)
    : weights_(weights),
      alignment_heads_(std::move(alignment_heads)),
      kernels_(nn::tile_kernels(weights.instruction_set())),
      n_state_(static_cast<size_t>(weights.dimensions().n_state)),
      n_heads_(static_cast<size_t>(weights.dimensions().n_heads)),
      element_(nn::size_of(kernels_.activations)),
      scratch_(static_cast<size_t>(most_threads)),
      x_(kMostRows * n_state_),
      projected_(kMostRows * 3 * n_state_),
      context_(kMostRows * n_state_),
      hidden_(kMostRows * 4 * n_state_) {
  for (Scratch& scratch : scratch_) {
    scratch.normed = nn::Buffer<float>(n_state_);
    scratch.activations = nn::Buffer<std::byte>(kMostRows * 4 * n_state_ * element_);
    scratch.scales = nn::Buffer<float>(kMostRows);
    scratch.scores = nn::Buffer<float>(static_cast<size_t>(weights.dimensions().n_text_positions));
    const auto n_keys = static_cast<size_t>(weights.dimensions().n_audio_positions);
    scratch.attention = nn::Buffer<float>(nn::int8_attention_scratch(n_keys));
  }
  for (const AlignmentHead& head : alignment_heads_) {
    CHECK(head.layer >= 0 && head.layer < weights.dimensions().n_decoder_layers);
    CHECK(head.head >= 0 && head.head < weights.dimensions().n_heads);
  }
}

void Decoder::decode(nn::Team& team, std::span<const DecoderRow> rows, std::span<float> logits,
                     const StageObserver& observer) {
  check(rows, logits);
  CHECK(static_cast<size_t>(team.threads()) <= scratch_.size());
  team_ = &team;
  float* out = logits.data();
  for (size_t first = 0; first < rows.size(); first += kMostRows) {
    prepare(rows.subspan(first, std::min(kMostRows, rows.size() - first)));
    team_->run([&](int member) { work(out, observer, member); });
    for (const Row& row : rows_) {
      row.sequence->set_length(row.position + 1);
      if (row.wants_logits) out += logits_stride();
    }
  }
}

void Decoder::check(std::span<const DecoderRow> rows, std::span<const float> logits) const {
  size_t n_logits = 0;
  std::vector<const Sequence*> seen;
  for (const DecoderRow& row : rows) {
    CHECK(row.sequence != nullptr && row.token >= 0 && row.token < weights_.dimensions().n_vocabulary);
    n_logits += row.wants_logits ? 1 : 0;
    if (!seen.empty() && seen.back() == row.sequence) continue;
    seen.push_back(row.sequence);
  }
  std::ranges::sort(seen);
  CHECK(std::ranges::adjacent_find(seen) == seen.end());  // rows of one sequence stand together
  CHECK(logits.size() >= n_logits * logits_stride());
}

void Decoder::prepare(std::span<const DecoderRow> rows) {
  rows_.clear();
  for (const DecoderRow& row : rows) {
    auto* sequence = static_cast<SequenceState*>(row.sequence);
    const bool goes_on = !rows_.empty() && rows_.back().sequence == sequence;
    const size_t position = goes_on ? rows_.back().position + 1 : static_cast<size_t>(sequence->length());
    CHECK(position < static_cast<size_t>(weights_.dimensions().n_text_positions));
    rows_.push_back({sequence, row.token, position, row.wants_logits});
  }
  group_rows();
  for (const Range& run : runs_) {
    const Row& last = rows_[run.first + run.n - 1];
    last.sequence->reserve(last.position + 1);
  }
}

void Decoder::group_rows() {
  runs_.clear();
  groups_.clear();
  for (size_t i = 0; i < rows_.size(); ++i) {
    const bool same_sequence = i > 0 && rows_[i].sequence == rows_[i - 1].sequence;
    if (!same_sequence) runs_.push_back({i, 0});
    ++runs_.back().n;
    const bool same_window = i > 0 && &rows_[i].sequence->window() == &rows_[i - 1].sequence->window();
    const bool same_bias = i > 0 && rows_[i].sequence->key_bias() == rows_[i - 1].sequence->key_bias();
    if (!same_window || !same_bias || groups_.back().n == nn::kTileRows) groups_.push_back({i, 0});
    ++groups_.back().n;
  }
}

void Decoder::work(float* logits, const StageObserver& observer, int member) {
  Scratch& scratch = scratch_[static_cast<size_t>(member)];
  const auto show = [&](const std::string& stage) {
    if (!observer) return;
    if (member == 0) observer(stage, {x_.data(), rows_.size() * n_state_});
    team_->barrier();
  };
  embed(scratch);
  show("embedding");
  for (size_t layer = 0; layer < weights_.decoder_layers.size(); ++layer) {
    run_layer(layer, scratch);
    if (observer) show("layer_" + std::to_string(layer));
  }
  project(logits, scratch);
}

void Decoder::embed(Scratch& scratch) {
  const int n_rows = static_cast<int>(rows_.size());
  for (int task = team_->take_task(); task < n_rows; task = team_->take_task()) {
    const auto index = static_cast<size_t>(task);
    const Row& row = rows_[index];
    nn::unpack_row(weights_.embeddings, static_cast<size_t>(row.token), scratch.normed.data());
    const float* position = weights_.decoder_positions.data() + row.position * n_state_;
    float* x = x_.data() + index * n_state_;
    for (size_t i = 0; i < n_state_; ++i) x[i] = scratch.normed[i] + position[i];
  }
  team_->barrier();
}

void Decoder::run_layer(size_t layer, Scratch& scratch) {
  const DecoderLayerWeights& weights = weights_.decoder_layers[layer];
  const size_t n_rows = rows_.size();
  const Finish residual{.addend = x_.data(), .out_f32 = x_.data(), .out_stride = n_state_};
  multiply(norm_and_quantise(weights.attention.norm, scratch), n_rows, weights.attention.query_key_value,
           {.out_f32 = projected_.data(), .out_stride = 3 * n_state_});
  attend_self(layer, scratch);
  multiply(quantise(context_.data(), n_state_, scratch), n_rows, weights.attention.out, residual);

  multiply(norm_and_quantise(weights.cross.norm, scratch), n_rows, weights.cross.query,
           {.out_f32 = projected_.data(), .out_stride = n_state_});
  attend_cross(layer, scratch);
  multiply(quantise(context_.data(), n_state_, scratch), n_rows, weights.cross.out, residual);

  multiply(norm_and_quantise(weights.feed_forward.norm, scratch), n_rows, weights.feed_forward.in,
           {.activation = Finish::Activation::kGelu, .out_bf16 = hidden_.data(), .out_stride = 4 * n_state_});
  multiply(quantise(hidden_.data(), 4 * n_state_, scratch), n_rows, weights.feed_forward.out, residual);
}

nn::QuantisedRows Decoder::norm_and_quantise(const LayerNormWeights& norm, Scratch& scratch) const {
  const size_t stride = n_state_ * element_;
  for (size_t row = 0; row < rows_.size(); ++row) {
    nn::layer_norm(x_.data() + row * n_state_, norm.gain.data(), norm.shift.data(), n_state_, scratch.normed.data());
    scratch.scales[row] = nn::quantise_row(kernels_.activations, scratch.normed.data(), n_state_,
                                           scratch.activations.data() + row * stride);
  }
  return {scratch.activations.data(), stride, scratch.scales.data()};
}

template <class T>
nn::QuantisedRows Decoder::quantise(const T* rows, size_t row_size, Scratch& scratch) const {
  const size_t stride = row_size * element_;
  for (size_t row = 0; row < rows_.size(); ++row) {
    scratch.scales[row] = nn::quantise_row(kernels_.activations, rows + row * row_size, row_size,
                                           scratch.activations.data() + row * stride);
  }
  return {scratch.activations.data(), stride, scratch.scales.data()};
}

void Decoder::multiply(const nn::QuantisedRows& rows, size_t n_rows, const nn::Int8Weights& weights,
                       const Finish& finish) {
  const auto n_threads = static_cast<size_t>(team_->threads());
  const size_t n_panels = weights.n_panels();
  // Several tasks per thread, so that one that lost its processor for a while does not hold up the others.
  const size_t n_per_task = std::clamp<size_t>(n_panels / (4 * n_threads), 1, 8);
  for (size_t first = static_cast<size_t>(team_->take_task()) * n_per_task; first < n_panels;
       first = static_cast<size_t>(team_->take_task()) * n_per_task) {
    nn::matmul(kernels_, rows, n_rows, weights, first, std::min(first + n_per_task, n_panels),
               nn::moved(finish, 0, first * nn::kPanelColumns));
  }
  team_->barrier();
}

void Decoder::attend_self(size_t layer, Scratch& scratch) {
  const int n_tasks = static_cast<int>(runs_.size() * n_heads_);
  for (int task = team_->take_task(); task < n_tasks; task = team_->take_task()) {
    const auto index = static_cast<size_t>(task);
    attend_self_head(layer, runs_[index / n_heads_], index % n_heads_, scratch);
  }
  team_->barrier();
}

void Decoder::append_key_value(size_t layer, size_t row, size_t head) {
  const Row& place = rows_[row];
  const size_t chunk = place.position / SequenceState::kChunk;
  const size_t at = place.position % SequenceState::kChunk * kHeadSize;
  const float* key = projected_.data() + row * 3 * n_state_ + n_state_ + head * kHeadSize;
  const float* value = key + n_state_;
  std::transform(key, key + kHeadSize, place.sequence->keys(chunk, layer, head) + at, nn::to_bf16);
  std::transform(value, value + kHeadSize, place.sequence->values(chunk, layer, head) + at, nn::to_bf16);
}

// A row sees the positions up to its own: with several rows of one sequence in a step, too.
void Decoder::attend_self_head(size_t layer, Range run, size_t head, Scratch& scratch) {
  for (size_t row = run.first; row < run.first + run.n; ++row) {
    append_key_value(layer, row, head);
    const SequenceState& sequence = *rows_[row].sequence;
    const size_t n_keys = rows_[row].position + 1;
    float* scores = scratch.scores.data();
    const float* query = projected_.data() + row * 3 * n_state_ + head * kHeadSize;
    for (size_t first = 0; first < n_keys; first += SequenceState::kChunk) {
      const size_t n = std::min(SequenceState::kChunk, n_keys - first);
      nn::dot_rows(query, sequence.keys(first / SequenceState::kChunk, layer, head), n, scores + first);
    }
    nn::softmax_base2(scores, nullptr, n_keys);
    float* out = context_.data() + row * n_state_ + head * kHeadSize;
    std::fill_n(out, kHeadSize, 0.0f);
    for (size_t first = 0; first < n_keys; first += SequenceState::kChunk) {
      const size_t n = std::min(SequenceState::kChunk, n_keys - first);
      nn::add_weighted_rows(scores + first, sequence.values(first / SequenceState::kChunk, layer, head), n, out);
    }
  }
}

void Decoder::attend_cross(size_t layer, Scratch& scratch) {
  // Half of the heads at once: their keys lie one after another, and so do their values.
  const size_t n_heads = (n_heads_ + 1) / 2;
  const int n_tasks = static_cast<int>(2 * groups_.size());
  for (int task = team_->take_task(); task < n_tasks; task = team_->take_task()) {
    const Range& group = groups_[static_cast<size_t>(task) / 2];
    const size_t first = static_cast<size_t>(task) % 2 * n_heads;
    const size_t last = std::min(first + n_heads, n_heads_);
    for (size_t head = first; head < last; ++head) attend_cross_head(layer, group, head, scratch);
  }
  team_->barrier();
}

void Decoder::attend_cross_head(size_t layer, Range group, size_t head, Scratch& scratch) {
  const WindowState& window = rows_[group.first].sequence->window();
  nn::Int8Attention attention{.queries = projected_.data() + group.first * n_state_ + head * kHeadSize,
                              .query_stride = n_state_,
                              .n_queries = group.n,
                              .head = window.head(static_cast<int>(layer), static_cast<int>(head)),
                              .key_bias = rows_[group.first].sequence->key_bias(),
                              .out = context_.data() + group.first * n_state_ + head * kHeadSize,
                              .out_stride = n_state_};
  for (size_t index = 0; index < alignment_heads_.size(); ++index) {
    const AlignmentHead& wanted = alignment_heads_[index];
    if (static_cast<size_t>(wanted.layer) != layer || static_cast<size_t>(wanted.head) != head) continue;
    for (size_t i = 0; i < group.n; ++i) {
      const Row& row = rows_[group.first + i];
      attention.weights[i] = row.sequence->recorded(row.position, index);
    }
  }
  nn::attend_int8(kernels_, attention, {scratch.attention.data(), scratch.attention.size()});
}

void Decoder::project(float* logits, Scratch& scratch) {
  const LayerNormWeights& norm = weights_.decoder_norm;
  const size_t stride = n_state_ * element_;
  size_t n_wanted = 0;
  for (size_t row = 0; row < rows_.size(); ++row) {
    if (!rows_[row].wants_logits) continue;
    nn::layer_norm(x_.data() + row * n_state_, norm.gain.data(), norm.shift.data(), n_state_, scratch.normed.data());
    scratch.scales[n_wanted] = nn::quantise_row(kernels_.activations, scratch.normed.data(), n_state_,
                                                scratch.activations.data() + n_wanted * stride);
    ++n_wanted;
  }
  multiply({scratch.activations.data(), stride, scratch.scales.data()}, n_wanted, weights_.projection,
           {.out_f32 = logits, .out_stride = logits_stride()});
}

}  // namespace v2t::whisper
