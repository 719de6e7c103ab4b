// Vector mathematics for the Highway files of nn: included once per instruction set (see Highway's foreach_target.h).
// NOLINTBEGIN
#if defined(V2T_NN_MATH_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef V2T_NN_MATH_INL_H
#undef V2T_NN_MATH_INL_H
#else
#define V2T_NN_MATH_INL_H
#endif
// NOLINTEND

#include <hwy/highway.h>

#include "nn/bf16.h"

HWY_BEFORE_NAMESPACE();
namespace v2t::nn {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// At most 16 lanes, so that every length that is a multiple of 16 has no tail.
using FloatTag = hn::CappedTag<float, 16>;

// 2^x, relative error below 2e-7 before rounding; x below -126 gives 2^-126, x above 127 is not allowed.
template <class V>
HWY_INLINE V exp2(FloatTag d, V x) {
  const hn::RebindToSigned<FloatTag> di;
  const V clamped = hn::Max(x, hn::Set(d, -126.0f));
  const auto whole = hn::NearestInt(clamped);
  const V part = hn::Sub(clamped, hn::ConvertTo(d, whole));
  // Taylor's series of 2^t on [-0.5, 0.5]: coefficients ln(2)^k / k!.
  V sum = hn::Set(d, 1.54035304e-4f);
  sum = hn::MulAdd(sum, part, hn::Set(d, 1.33335581e-3f));
  sum = hn::MulAdd(sum, part, hn::Set(d, 9.61812911e-3f));
  sum = hn::MulAdd(sum, part, hn::Set(d, 5.55041087e-2f));
  sum = hn::MulAdd(sum, part, hn::Set(d, 2.40226507e-1f));
  sum = hn::MulAdd(sum, part, hn::Set(d, 6.93147181e-1f));
  sum = hn::MulAdd(sum, part, hn::Set(d, 1.0f));
  const auto scale = hn::ShiftLeft<23>(hn::Add(whole, hn::Set(di, 127)));
  return hn::Mul(sum, hn::BitCast(d, scale));
}

template <class V>
HWY_INLINE V reciprocal(FloatTag d, V x) {
#if HWY_ARCH_X86
  const V guess = hn::ApproximateReciprocal(x);  // at least 11 bits: one step of Newton gives 22
  return hn::Mul(guess, hn::NegMulAdd(x, guess, hn::Set(d, 2.0f)));
#else
  return hn::Div(hn::Set(d, 1.0f), x);
#endif
}

// x * Phi(x), exact GELU, absolute error about 2e-7 * |x|: Abramowitz and Stegun, 7.1.26.
template <class V>
HWY_INLINE V gelu(FloatTag d, V x) {
  const V magnitude = hn::Abs(x);
  const V t = reciprocal(d, hn::MulAdd(magnitude, hn::Set(d, 0.3275911f * 0.70710678f), hn::Set(d, 1.0f)));
  V tail = hn::Set(d, 1.061405429f);
  tail = hn::MulAdd(tail, t, hn::Set(d, -1.453152027f));
  tail = hn::MulAdd(tail, t, hn::Set(d, 1.421413741f));
  tail = hn::MulAdd(tail, t, hn::Set(d, -0.284496736f));
  tail = hn::MulAdd(tail, t, hn::Set(d, 0.254829592f));
  tail = hn::Mul(tail, t);
  // exp(-x^2 / 2) as a power of two
  const V bell = exp2(d, hn::Mul(hn::Mul(x, x), hn::Set(d, -0.72134752f)));
  // Phi(|x|) = 1 - tail * bell / 2
  const V lost = hn::Mul(hn::Mul(hn::Set(d, 0.5f), magnitude), hn::Mul(tail, bell));
  return hn::Sub(hn::Max(x, hn::Zero(d)), lost);
}

// The same with an absolute error below 1e-4, at a third of the cost: for results that are rounded to bfloat16. Phi on
// [-4.5, 4.5] as an odd polynomial, minimax for x * Phi(x) with Phi(4.5) = 1, so that both tails are exact.
template <class V>
HWY_INLINE V gelu_coarse(FloatTag d, V x) {
  const V inside = hn::Clamp(x, hn::Set(d, -4.5f), hn::Set(d, 4.5f));
  const V square = hn::Mul(inside, inside);
  V sum = hn::Set(d, 2.9999565331895184e-11f);
  sum = hn::MulAdd(sum, square, hn::Set(d, -3.2838671781831863e-09f));
  sum = hn::MulAdd(sum, square, hn::Set(d, 1.5802405073372938e-07f));
  sum = hn::MulAdd(sum, square, hn::Set(d, -4.431651632330613e-06f));
  sum = hn::MulAdd(sum, square, hn::Set(d, 8.120934217004105e-05f));
  sum = hn::MulAdd(sum, square, hn::Set(d, -0.0010362508473917842f));
  sum = hn::MulAdd(sum, square, hn::Set(d, 0.009580644778907299f));
  sum = hn::MulAdd(sum, square, hn::Set(d, -0.06597725301980972f));
  sum = hn::MulAdd(sum, square, hn::Set(d, 0.3987085521221161f));
  return hn::Mul(x, hn::MulAdd(inside, sum, hn::Set(d, 0.5f)));
}

HWY_INLINE hn::Vec<FloatTag> load(FloatTag d, const float* from) { return hn::LoadU(d, from); }

HWY_INLINE hn::Vec<FloatTag> load(FloatTag d, const Bf16* from) {
  const hn::Rebind<uint16_t, FloatTag> half;
  const hn::RebindToUnsigned<FloatTag> du;
  const auto bits = hn::LoadU(half, reinterpret_cast<const uint16_t*>(from));
  return hn::BitCast(d, hn::ShiftLeft<16>(hn::PromoteTo(du, bits)));
}

HWY_INLINE void store(FloatTag d, hn::Vec<FloatTag> value, float* to) { hn::StoreU(value, d, to); }

// Rounds to nearest, ties away from zero: three operations less than to even.
HWY_INLINE void store(FloatTag, hn::Vec<FloatTag> value, Bf16* to) {
  const hn::Rebind<uint16_t, FloatTag> half;
  const hn::RebindToUnsigned<FloatTag> du;
  const hn::RebindToSigned<FloatTag> di;
  const auto rounded = hn::ShiftRight<16>(hn::Add(hn::BitCast(du, value), hn::Set(du, 0x8000)));
  hn::StoreU(hn::DemoteTo(half, hn::BitCast(di, rounded)), half, reinterpret_cast<uint16_t*>(to));
}

}  // namespace HWY_NAMESPACE
}  // namespace v2t::nn
HWY_AFTER_NAMESPACE();

#endif  // V2T_NN_MATH_INL_H
