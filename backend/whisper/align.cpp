// When each token is said.
#include "whisper/align.h"

#include <xmmintrin.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

#include "base/result.h"

namespace v2t::whisper {
namespace {

constexpr size_t kFilterWidth = 7;

// Four floats at a time: SSE, which every x86-64 has.
void order(__m128& a, __m128& b) {
  const __m128 low = _mm_min_ps(a, b);
  b = _mm_max_ps(a, b);
  a = low;
}

// The fourth of seven, by a network of comparisons (Devillard 1998, 13 of them).
__m128 median(__m128 a, __m128 b, __m128 c, __m128 d, __m128 e, __m128 f, __m128 g) {
  order(a, f);
  order(a, d);
  order(b, g);
  order(c, e);
  order(a, b);
  order(d, f);
  order(c, g);
  order(c, d);
  order(d, g);
  order(e, f);
  order(b, e);
  order(b, d);
  order(d, e);
  return d;
}

// Running median over time with mirrored ends; `padded` is scratch.
void filter_row(std::span<float> row, std::vector<float>& padded) {
  constexpr size_t half = kFilterWidth / 2;
  const size_t n = row.size();
  if (n <= half) return;
  padded.resize(n + 2 * half + 3);  // the last four may reach beyond
  std::copy(row.begin(), row.end(), padded.begin() + half);
  for (size_t i = 0; i < half; ++i) {
    padded[half - 1 - i] = row[i + 1];
    padded[half + n + i] = row[n - 2 - i];
  }
  for (size_t i = 0; i < n; i += 4) {
    const auto at = [&](size_t k) { return _mm_loadu_ps(&padded[i + k]); };
    alignas(16) float middle[4];
    _mm_store_ps(middle, median(at(0), at(1), at(2), at(3), at(4), at(5), at(6)));
    std::copy_n(middle, std::min(n - i, size_t{4}), row.begin() + static_cast<std::ptrdiff_t>(i));
  }
}

// One head's rows over the audio, each summing to 1, then each position standardised over the tokens.
class Head {
 public:
  Head(const AttentionView& attention, size_t first_row, size_t head)
      : n_rows_(attention.n_rows - first_row), n_(attention.n_audio_positions), weights_(n_rows_ * n_) {
    for (size_t r = 0; r < n_rows_; ++r) {
      const float* from = &attention.weights[((first_row + r) * attention.n_heads + head) * attention.n_positions];
      float sum = 0;
      for (size_t i = 0; i < n_; ++i) sum += from[i];
      const float scale = sum > 0 ? 1 / sum : 0;
      for (size_t i = 0; i < n_; ++i) weights_[r * n_ + i] = from[i] * scale;
    }
    standardise();
  }

  std::span<float> row(size_t r) { return {weights_.data() + r * n_, n_}; }

 private:
  void standardise() {
    std::vector<float> mean(n_);
    std::vector<float> deviation(n_);
    for (size_t r = 0; r < n_rows_; ++r)
      for (size_t i = 0; i < n_; ++i) mean[i] += weights_[r * n_ + i];
    for (float& m : mean) m /= static_cast<float>(n_rows_);
    for (size_t r = 0; r < n_rows_; ++r)
      for (size_t i = 0; i < n_; ++i) {
        const float off = weights_[r * n_ + i] - mean[i];
        deviation[i] += off * off;
      }
    for (float& d : deviation) d = d > 0 ? 1 / std::sqrt(d / static_cast<float>(n_rows_)) : 0;
    for (size_t r = 0; r < n_rows_; ++r)
      for (size_t i = 0; i < n_; ++i) weights_[r * n_ + i] = (weights_[r * n_ + i] - mean[i]) * deviation[i];
  }

  size_t n_rows_;
  size_t n_;
  std::vector<float> weights_;
};

}  // namespace

std::vector<int> warp(std::span<const float> cost, size_t n_rows, size_t n_columns) {
  enum Step : uint8_t { kBoth, kDown, kRight };
  constexpr float kFar = std::numeric_limits<float>::infinity();
  std::vector<Step> steps(n_rows * n_columns);
  std::vector<float> above(n_columns + 1, kFar);  // total cost of the row above, shifted by one
  std::vector<float> here(n_columns + 1);
  above[0] = 0;
  for (size_t r = 0; r < n_rows; ++r) {
    here[0] = kFar;
    for (size_t c = 0; c < n_columns; ++c) {
      const float both = above[c];
      const float down = above[c + 1];
      const float right = here[c];
      // Where all is equal a token takes the time that follows it.
      const Step step = both <= down && both < right ? kBoth : down < right ? kDown : kRight;
      here[c + 1] = cost[r * n_columns + c] + (step == kBoth ? both : step == kDown ? down : right);
      steps[r * n_columns + c] = step;
    }
    std::swap(above, here);
  }
  std::vector<int> first(n_rows);
  size_t r = n_rows - 1;
  for (size_t c = n_columns - 1;;) {
    first[r] = static_cast<int>(c);
    const Step step = r == 0 ? kRight : c == 0 ? kDown : steps[r * n_columns + c];
    if (r == 0 && c == 0) return first;
    if (step != kDown) --c;
    if (step != kRight) --r;
  }
}

std::vector<int> align_tokens(const AttentionView& attention, size_t first_row, std::span<const size_t> rows) {
  const size_t n = attention.n_audio_positions;
  if (rows.empty() || n == 0 || attention.n_heads == 0 || attention.weights.empty())
    return std::vector<int>(rows.size());
  CHECK(rows.front() >= first_row && rows.back() < attention.n_rows && n <= attention.n_positions);
  CHECK(attention.weights.size() >= attention.n_rows * attention.n_heads * attention.n_positions);
  std::vector<float> cost(rows.size() * n);
  std::vector<float> padded;
  for (size_t h = 0; h < attention.n_heads; ++h) {
    Head head(attention, first_row, h);
    for (size_t t = 0; t < rows.size(); ++t) {
      const auto row = head.row(rows[t] - first_row);
      filter_row(row, padded);
      for (size_t i = 0; i < n; ++i) cost[t * n + i] -= row[i];
    }
  }
  return warp(cost, rows.size(), n);
}

}  // namespace v2t::whisper
