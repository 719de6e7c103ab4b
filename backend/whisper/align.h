// When each token is said: the cross-attention of the alignment heads, warped to the best monotone path. Source:
// openai/whisper, timing.py, find_alignment; Sakoe and Chiba 1978 (dynamic time warping).
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace v2t::whisper {

// Attention as Sequence::alignment() gives it: [n_rows][n_heads][n_positions], after softmax.
struct AttentionView {
  std::span<const float> weights;
  size_t n_rows = 0;
  size_t n_heads = 0;
  size_t n_positions = 0;        // of a row
  size_t n_audio_positions = 0;  // the first ones, which hold audio
};

// Positions at which the tokens of `rows` begin: for each, the first position on the path. rows: rows of the view in
// ascending order, one per token, the row that predicted it; `first_row`: rows before it (of an initial prompt) do not
// count for normalisation. The result is ascending, below n_audio_positions; all 0 when there is nothing to look at.
std::vector<int> align_tokens(const AttentionView& attention, size_t first_row, std::span<const size_t> rows);

// The cheapest path through cost [n_rows][n_columns] from the first to the last cell by steps down, right, or both:
// for each row the first column on it.
std::vector<int> warp(std::span<const float> cost, size_t n_rows, size_t n_columns);

}  // namespace v2t::whisper
