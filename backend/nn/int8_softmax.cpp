// Softmax of integer attention for every processor (Highway), weights as 12-bit words.
#include "nn/int8_softmax.h"

#include <limits>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "nn/int8_softmax.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "nn/math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace v2t::nn {
namespace HWY_NAMESPACE {

using Floats = hn::Vec<FloatTag>;
using Ints = hn::Vec<hn::RebindToSigned<FloatTag>>;
constexpr float kLowest = -3e38f;
constexpr float kMost = 4095.0f;

// The first n lanes of a vector, and `filler` in the others.
HWY_INLINE Floats first_lanes(FloatTag d, size_t n, Floats value, float filler) {
  return hn::IfThenElse(hn::FirstN(d, n), value, hn::Set(d, filler));
}

HWY_INLINE float make_scores(const Int8ScoreRow& row, float inverse_unit, float* scores) {
  const FloatTag d;
  const hn::RebindToSigned<FloatTag> di;
  const auto inverse = hn::Set(d, inverse_unit);
  auto largest = hn::Set(d, kLowest);
  for (size_t i = 0; i < row.n_keys; i += hn::Lanes(d)) {
    const auto product = hn::ConvertTo(d, hn::LoadU(di, row.products + i));
    auto score = hn::MulAdd(product, load(d, row.key_scales + i), load(d, row.key_offsets + i));
    if (row.key_bias != nullptr) score = hn::MulAdd(load(d, row.key_bias + i), inverse, score);
    store(d, score, scores + i);
    if (i + hn::Lanes(d) > row.n_keys) score = first_lanes(d, row.n_keys - i, score, kLowest);
    largest = hn::Max(largest, score);
  }
  return hn::GetLane(hn::MaxOfLanes(d, largest));
}

// round(kMost * 2^distance); distance <= 0 but for rounding. A cubic on [-0.5, 0.5], relative error 1e-4. Numbers are
// rounded by adding 1.5 * 2^23, which leaves the whole part in the low bits: cheaper than a conversion.
HWY_INLINE Ints weight_of(FloatTag d, Floats distance) {
  const hn::RebindToSigned<FloatTag> di;
  const auto rounder = hn::Set(d, 12582912.0f);
  const auto clamped = hn::Max(distance, hn::Set(d, -126.0f));
  const auto whole = hn::Add(clamped, rounder);
  const auto part = hn::Sub(clamped, hn::Sub(whole, rounder));
  auto sum = hn::Set(d, 0.05517167f);
  sum = hn::MulAdd(sum, part, hn::Set(d, 0.24261112f));
  sum = hn::MulAdd(sum, part, hn::Set(d, 0.69326099f));
  sum = hn::MulAdd(sum, part, hn::Set(d, 0.99992807f));
  const auto power = hn::BitCast(d, hn::Add(hn::BitCast(di, sum), hn::ShiftLeft<23>(hn::BitCast(di, whole))));
  const auto scaled = hn::MulAdd(power, hn::Set(d, kMost), rounder);
  return hn::Sub(hn::BitCast(di, scaled), hn::BitCast(di, rounder));
}

HWY_INLINE Ints put(FloatTag, Ints weights, int16_t* out) {
  const hn::Rebind<int16_t, FloatTag> narrow;
  hn::StoreU(hn::DemoteTo(narrow, weights), narrow, out);
  return weights;
}

int32_t softmax_to_words(const Int8ScoreRow& row, float* scores, size_t n_weights, int16_t* out) {
  const FloatTag d;
  const hn::RebindToSigned<FloatTag> di;
  const size_t step = hn::Lanes(d);
  const float unit = score_unit(row.query_scale);
  const float max = make_scores(row, 1.0f / unit, scores);
  const auto scale = hn::Set(d, unit);
  const auto largest = hn::Set(d, max * unit);
  const auto weights_at = [&](size_t i)
                              HWY_ATTR { return weight_of(d, hn::MulSub(load(d, scores + i), scale, largest)); };
  auto total = hn::Zero(di);
  auto more = hn::Zero(di);
  size_t i = 0;
  for (; i + 2 * step <= row.n_keys; i += 2 * step) {
    total = hn::Add(total, put(d, weights_at(i), out + i));
    more = hn::Add(more, put(d, weights_at(i + step), out + i + step));
  }
  total = hn::Add(total, more);
  for (; i < row.n_keys; i += step) {
    const auto lanes = hn::FirstN(di, row.n_keys - i < step ? row.n_keys - i : step);
    total = hn::Add(total, put(d, hn::IfThenElseZero(lanes, weights_at(i)), out + i));
  }
  for (; i < n_weights; ++i) out[i] = 0;
  return hn::GetLane(hn::SumOfLanes(di, total));
}

}  // namespace HWY_NAMESPACE
}  // namespace v2t::nn
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace v2t::nn {

HWY_EXPORT(softmax_to_words);

int32_t int8_softmax_words(const Int8ScoreRow& row, float* scores, size_t n_weights, void* weights) {
  return HWY_DYNAMIC_DISPATCH(softmax_to_words)(row, scores, n_weights, static_cast<int16_t*>(weights));
}

}  // namespace v2t::nn
#endif  // HWY_ONCE
