// Widening of half precision and bfloat16.
#include "nn/widen.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "base/result.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "nn/widen.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "nn/math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace v2t::nn {
namespace HWY_NAMESPACE {

// By integer arithmetic, so that subnormal numbers, infinities and NaN come out exactly on every target: the exponent
// is rebased by a multiplication with 2^112.
HWY_INLINE hn::Vec<FloatTag> half_to_float(FloatTag d, const uint16_t* from) {
  const hn::Rebind<uint16_t, FloatTag> half;
  const hn::RebindToUnsigned<FloatTag> du;
  const auto bits = hn::PromoteTo(du, hn::LoadU(half, from));
  const auto sign = hn::ShiftLeft<16>(hn::And(bits, hn::Set(du, 0x8000)));
  const auto magnitude = hn::ShiftLeft<13>(hn::And(bits, hn::Set(du, 0x7fff)));
  const auto value = hn::Mul(hn::BitCast(d, magnitude), hn::BitCast(d, hn::Set(du, 0x77800000)));
  const auto is_special = hn::Ge(value, hn::Set(d, 65536.0f));
  const auto special = hn::BitCast(d, hn::Or(hn::BitCast(du, value), hn::Set(du, 0x7f800000)));
  const auto unsigned_value = hn::IfThenElse(is_special, special, value);
  return hn::BitCast(d, hn::Or(hn::BitCast(du, unsigned_value), sign));
}

void widen_half_block(const uint16_t* from, float* to, size_t size) {
  const FloatTag d;
  for (size_t i = 0; i < size; i += hn::Lanes(d)) store(d, half_to_float(d, from + i), to + i);
}

void widen_bf16_block(const uint16_t* from, float* to, size_t size) {
  const FloatTag d;
  for (size_t i = 0; i < size; i += hn::Lanes(d)) store(d, load(d, reinterpret_cast<const Bf16*>(from) + i), to + i);
}

}  // namespace HWY_NAMESPACE
}  // namespace v2t::nn
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace v2t::nn {

HWY_EXPORT(widen_half_block);
HWY_EXPORT(widen_bf16_block);

namespace {

// Blocks of whole vectors through aligned copies: the bytes may lie anywhere, the length be odd.
template <class Widen>
void widen(std::span<const std::byte> bytes, std::span<float> out, Widen widen_block) {
  constexpr size_t kBlock = 256;
  alignas(64) uint16_t narrow[kBlock] = {};
  alignas(64) float wide[kBlock];
  CHECK(bytes.size() == 2 * out.size());
  for (size_t i = 0; i < out.size(); i += kBlock) {
    const size_t n = std::min(kBlock, out.size() - i);
    std::memcpy(narrow, bytes.data() + 2 * i, 2 * n);
    widen_block(narrow, wide, (n + 15) / 16 * 16);
    std::memcpy(out.data() + i, wide, n * sizeof(float));
  }
}

}  // namespace

void widen_f16(std::span<const std::byte> bytes, std::span<float> out) {
  widen(bytes, out, HWY_DYNAMIC_DISPATCH(widen_half_block));
}

void widen_bf16(std::span<const std::byte> bytes, std::span<float> out) {
  widen(bytes, out, HWY_DYNAMIC_DISPATCH(widen_bf16_block));
}

}  // namespace v2t::nn
#endif  // HWY_ONCE
