// Softmax kernels.
#include "nn/softmax.h"

#include <cmath>
#include <limits>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "nn/softmax.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "nn/math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace v2t::nn {
namespace HWY_NAMESPACE {

using Floats = hn::Vec<FloatTag>;
constexpr float kMinusInfinity = -std::numeric_limits<float>::infinity();
constexpr float kLog2E = 1.44269504f;

// Elements [i, size) of a row with its bias; beyond the end `filler`.
HWY_INLINE Floats load_tail(FloatTag d, const float* row, const float* bias, size_t i, size_t size, float filler) {
  HWY_ALIGN float lanes[16];
  for (size_t k = 0; k < hn::Lanes(d); ++k) {
    lanes[k] = i + k < size ? row[i + k] + (bias == nullptr ? 0.0f : bias[i + k]) : filler;
  }
  return hn::Load(d, lanes);
}

HWY_INLINE Floats load_biased(FloatTag d, const float* row, const float* bias, size_t i, size_t size, float filler) {
  if (i + hn::Lanes(d) > size) return load_tail(d, row, bias, i, size, filler);
  const auto value = load(d, row + i);
  return bias == nullptr ? value : hn::Add(value, load(d, bias + i));
}

void softmax(float* scores, const float* bias, size_t size) {
  const FloatTag d;
  const size_t step = hn::Lanes(d);
  auto largest = hn::Set(d, kMinusInfinity);
  for (size_t i = 0; i < size; i += step) {
    largest = hn::Max(largest, load_biased(d, scores, bias, i, size, kMinusInfinity));
  }
  const auto max = hn::MaxOfLanes(d, largest);
  auto sum = hn::Zero(d);
  for (size_t i = 0; i < size; i += step) {
    const auto power = exp2(d, hn::Sub(load_biased(d, scores, bias, i, size, kMinusInfinity), max));
    if (i + step <= size) {
      store(d, power, scores + i);
      sum = hn::Add(sum, power);
      continue;
    }
    HWY_ALIGN float lanes[16];
    hn::Store(power, d, lanes);
    for (size_t k = 0; k < step; ++k) {
      if (i + k < size) scores[i + k] = lanes[k];
      if (i + k >= size) lanes[k] = 0;
    }
    sum = hn::Add(sum, hn::Load(d, lanes));
  }
  const float factor = 1.0f / hn::GetLane(hn::SumOfLanes(d, sum));
  size_t i = 0;
  for (; i + step <= size; i += step) store(d, hn::Mul(load(d, scores + i), hn::Set(d, factor)), scores + i);
  for (; i < size; ++i) scores[i] *= factor;
}

void dot(const float* query, const Bf16* keys, size_t n_keys, float* scores) {
  const FloatTag d;
  for (size_t key = 0; key < n_keys; ++key) {
    auto sum = hn::Zero(d);
    for (size_t i = 0; i < 64; i += hn::Lanes(d)) {
      sum = hn::MulAdd(load(d, query + i), load(d, keys + key * 64 + i), sum);
    }
    scores[key] = hn::GetLane(hn::SumOfLanes(d, sum));
  }
}

void add_weighted(const float* weights, const Bf16* values, size_t n_keys, float* out) {
  const FloatTag d;
  for (size_t i = 0; i < 64; i += hn::Lanes(d)) {
    auto sum = load(d, out + i);
    for (size_t key = 0; key < n_keys; ++key) {
      sum = hn::MulAdd(hn::Set(d, weights[key]), load(d, values + key * 64 + i), sum);
    }
    store(d, sum, out + i);
  }
}

RowStatistics statistics(const float* logits, const float* bias, size_t size) {
  const FloatTag d;
  const hn::RebindToSigned<FloatTag> di;
  const size_t step = hn::Lanes(d);
  auto best = hn::Set(d, kMinusInfinity);
  auto best_at = hn::Zero(di);  // the number of the vector in which a lane had its best
  for (size_t i = 0; i < size; i += step) {
    const auto value = load_biased(d, logits, bias, i, size, kMinusInfinity);
    const auto is_better = hn::Gt(value, best);
    best = hn::IfThenElse(is_better, value, best);
    best_at = hn::IfThenElse(hn::RebindMask(di, is_better), hn::Set(di, static_cast<int32_t>(i)), best_at);
  }
  HWY_ALIGN float values[16];
  HWY_ALIGN int32_t places[16];
  hn::Store(best, d, values);
  hn::Store(best_at, di, places);
  RowStatistics result{.max = kMinusInfinity, .argmax = 0, .log_sum_exp = kMinusInfinity};
  for (size_t lane = 0; lane < step; ++lane) {
    const size_t place = static_cast<size_t>(places[lane]) + lane;
    if (values[lane] > result.max || (values[lane] == result.max && place < result.argmax)) {
      result.max = values[lane];
      result.argmax = place;
    }
  }
  if (result.max == kMinusInfinity) {
    result.argmax = 0;
    return result;
  }
  auto sum = hn::Zero(d);
  const auto max = hn::Set(d, result.max);
  for (size_t i = 0; i < size; i += step) {
    const auto value = load_biased(d, logits, bias, i, size, kMinusInfinity);
    sum = hn::Add(sum, exp2(d, hn::Mul(hn::Sub(value, max), hn::Set(d, kLog2E))));
  }
  result.log_sum_exp = result.max + std::log(hn::GetLane(hn::SumOfLanes(d, sum)));
  return result;
}

}  // namespace HWY_NAMESPACE
}  // namespace v2t::nn
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace v2t::nn {

HWY_EXPORT(softmax);
HWY_EXPORT(dot);
HWY_EXPORT(add_weighted);
HWY_EXPORT(statistics);

void softmax_base2(float* scores, const float* bias, size_t size) { HWY_DYNAMIC_DISPATCH(softmax)(scores, bias, size); }

void dot_rows(const float* query, const Bf16* keys, size_t n_keys, float* scores) {
  HWY_DYNAMIC_DISPATCH(dot)(query, keys, n_keys, scores);
}

void add_weighted_rows(const float* weights, const Bf16* values, size_t n_keys, float* out) {
  HWY_DYNAMIC_DISPATCH(add_weighted)(weights, values, n_keys, out);
}

RowStatistics row_statistics(const float* logits, const float* bias, size_t size) {
  return HWY_DYNAMIC_DISPATCH(statistics)(logits, bias, size);
}

}  // namespace v2t::nn
#endif  // HWY_ONCE
