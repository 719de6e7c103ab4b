// Whisper's decoder: one step appends one or more tokens to each of several sequences and gives logits.
// Source: Radford et al. 2022, section 2.2.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "nn/buffer.h"
#include "nn/team.h"
#include "whisper/encoder.h"
#include "whisper/sequence_state.h"
#include "whisper/weights.h"

namespace v2t::whisper {

// One call at a time. Weights must outlive it.
class Decoder {
 public:
  Decoder(const Weights& weights, std::vector<AlignmentHead> alignment_heads, int most_threads);

  // See Forward::decode; by a team of at most most_threads. The observer, for tests, sees the residual stream
  // [rows][n_state].
  void decode(nn::Team& team, std::span<const DecoderRow> rows, std::span<float> logits,
              const StageObserver& observer = {});
  size_t logits_stride() const { return weights_.projection.n_panels() * nn::kPanelColumns; }

 private:
  // Activations are kept for this many rows; longer calls go in several steps, which changes no result.
  static constexpr size_t kMostRows = 96;

  struct Row {
    SequenceState* sequence = nullptr;
    int token = 0;
    size_t position = 0;
    bool wants_logits = false;
  };
  struct Range {  // of rows
    size_t first = 0;
    size_t n = 0;
  };
  // A member's activations.
  struct Scratch {
    nn::Buffer<float> normed;           // [n_state]
    nn::Buffer<std::byte> activations;  // [rows][4 * n_state] of the kernels' kind
    nn::Buffer<float> scales;           // [rows]
    nn::Buffer<float> scores;           // [n_text_positions]
    nn::Buffer<float> attention;
  };

  void check(std::span<const DecoderRow> rows, std::span<const float> logits) const;
  void prepare(std::span<const DecoderRow> rows);
  void group_rows();
  void work(float* logits, const StageObserver& observer, int member);
  void run_layer(size_t layer, Scratch& scratch);
  void embed(Scratch& scratch);
  void attend_self(size_t layer, Scratch& scratch);
  void attend_self_head(size_t layer, Range run, size_t head, Scratch& scratch);
  void append_key_value(size_t layer, size_t row, size_t head);
  void attend_cross(size_t layer, Scratch& scratch);
  void attend_cross_head(size_t layer, Range group, size_t head, Scratch& scratch);
  void project(float* logits, Scratch& scratch);
  nn::QuantisedRows norm_and_quantise(const LayerNormWeights& norm, Scratch& scratch) const;
  template <class T>
  nn::QuantisedRows quantise(const T* rows, size_t row_size, Scratch& scratch) const;
  // Shares the panels of a product out among the members, and ends with a barrier.
  void multiply(const nn::QuantisedRows& rows, size_t n_rows, const nn::Int8Weights& weights, const nn::Finish& finish);

  const Weights& weights_;
  const std::vector<AlignmentHead> alignment_heads_;
  nn::Team* team_ = nullptr;  // of this call
  const nn::TileKernels kernels_;
  const size_t n_state_, n_heads_;
  const size_t element_;  // bytes of an activation
  std::vector<Row> rows_;
  std::vector<Range> runs_;    // rows of one sequence
  std::vector<Range> groups_;  // at most 6 rows of one window
  std::vector<Scratch> scratch_;
  nn::Buffer<float> x_;          // residual stream, [rows][n_state]
  nn::Buffer<float> projected_;  // queries, keys, values, [rows][3 * n_state]
  nn::Buffer<float> context_;    // [rows][n_state]
  nn::Buffer<nn::Bf16> hidden_;  // [rows][4 * n_state]
};

}  // namespace v2t::whisper
