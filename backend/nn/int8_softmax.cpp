// Softmax of integer attention for every processor (Highway), weights as 12-bit words.
#include "nn/int8_softmax.h"

#include <cstring>

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

void make_scores(const int32_t* products, const Int8ScoreTile& tile, std::byte* out, size_t stride) {
  const FloatTag d;
  const hn::RebindToSigned<FloatTag> di;
  for (size_t i = 0; i < 64; i += hn::Lanes(d)) {
    const auto key_scale = load(d, tile.key_scales + i);
    const auto offset = load(d, tile.key_offsets + i);
    const auto bias = load(d, tile.key_bias + i);
    for (size_t query = 0; query < tile.n_queries; ++query) {
      const auto product = hn::ConvertTo(d, hn::LoadU(di, products + query * 64 + i));
      const auto unscaled = hn::MulAdd(product, key_scale, offset);
      const auto score = hn::MulAdd(unscaled, hn::Set(d, tile.query_scales[query]), bias);
      store(d, score, reinterpret_cast<float*>(out + query * stride) + i);
    }
  }
}

HWY_INLINE float largest_score(const float* scores, size_t n_keys) {
  const FloatTag d;
  const size_t step = hn::Lanes(d);
  auto largest = hn::Set(d, kLowest);
  auto more = largest;
  size_t i = 0;
  for (; i + 2 * step <= n_keys; i += 2 * step) {
    largest = hn::Max(largest, load(d, scores + i));
    more = hn::Max(more, load(d, scores + i + step));
  }
  for (; i < n_keys; i += step) {
    const auto lanes = hn::FirstN(d, n_keys - i);
    largest = hn::Max(largest, hn::IfThenElse(lanes, load(d, scores + i), hn::Set(d, kLowest)));
  }
  return hn::GetLane(hn::MaxOfLanes(d, hn::Max(largest, more)));
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

int32_t weigh(const std::byte* row, size_t n_keys, size_t n_weights, void* weights) {
  const FloatTag d;
  const hn::RebindToSigned<FloatTag> di;
  const size_t step = hn::Lanes(d);
  const auto* scores = reinterpret_cast<const float*>(row);
  auto* out = static_cast<int16_t*>(weights);
  const auto largest = hn::Set(d, largest_score(scores, n_keys));
  const auto weights_at = [&](size_t i) HWY_ATTR { return weight_of(d, hn::Sub(load(d, scores + i), largest)); };
  auto total = hn::Zero(di);
  auto more = hn::Zero(di);
  size_t i = 0;
  for (; i + 2 * step <= n_keys; i += 2 * step) {
    total = hn::Add(total, put(d, weights_at(i), out + i));
    more = hn::Add(more, put(d, weights_at(i + step), out + i + step));
  }
  total = hn::Add(total, more);
  for (; i < n_keys; i += step) {
    const auto lanes = hn::FirstN(di, n_keys - i < step ? n_keys - i : step);
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

HWY_EXPORT(make_scores);
HWY_EXPORT(weigh);

void make_float_scores(const int32_t* products, const Int8ScoreTile& tile, std::byte* scores, size_t stride) {
  HWY_DYNAMIC_DISPATCH(make_scores)(products, tile, scores, stride);
}

int32_t weigh_float_scores(const std::byte* scores, size_t n_keys, size_t n_weights, void* weights) {
  return HWY_DYNAMIC_DISPATCH(weigh)(scores, n_keys, n_weights, weights);
}

void read_float_scores(const std::byte* scores, size_t n_keys, float* out) {
  std::memcpy(out, scores, n_keys * sizeof(float));
}

}  // namespace v2t::nn
#endif  // HWY_ONCE
