// Layer norm, quantisation and the last steps of matrix products.
#include "nn/rows.h"

#include <type_traits>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "nn/rows.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "nn/math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace v2t::nn {
namespace HWY_NAMESPACE {

// Folds values [0, size) with add(total, at), of which four totals run side by side: one alone would wait for itself.
// Returns join of them all, in a fixed order.
template <class AddAt, class Join>
HWY_INLINE hn::Vec<FloatTag> fold(size_t size, AddAt add, Join join) {
  const FloatTag d;
  const size_t step = hn::Lanes(d);
  auto first = hn::Zero(d);
  auto second = first;
  auto third = first;
  auto fourth = first;
  size_t i = 0;
  for (; i + 4 * step <= size; i += 4 * step) {
    first = add(first, i);
    second = add(second, i + step);
    third = add(third, i + 2 * step);
    fourth = add(fourth, i + 3 * step);
  }
  for (; i < size; i += step) first = add(first, i);
  return join(join(first, second), join(third, fourth));
}

void layer_norm_rows(const float* x, const float* gain, const float* shift, size_t size, float* out) {
  const FloatTag d;
  using Floats = hn::Vec<FloatTag>;
  const auto plus = [](Floats a, Floats b) HWY_ATTR { return hn::Add(a, b); };
  const Floats sum = fold(size, [&](Floats total, size_t i) HWY_ATTR { return hn::Add(total, load(d, x + i)); }, plus);
  const auto mean = hn::Set(d, hn::GetLane(hn::SumOfLanes(d, sum)) / static_cast<float>(size));
  const auto add_square = [&](Floats total, size_t i) HWY_ATTR {
    const auto centred = hn::Sub(load(d, x + i), mean);
    return hn::MulAdd(centred, centred, total);
  };
  const Floats squares = fold(size, add_square, plus);
  const float variance = hn::GetLane(hn::SumOfLanes(d, squares)) / static_cast<float>(size);
  const auto inverse = hn::Div(hn::Set(d, 1.0f), hn::Sqrt(hn::Set(d, variance + 1e-5f)));
  for (size_t i = 0; i < size; i += hn::Lanes(d)) {
    const auto scaled = hn::Mul(hn::Sub(load(d, x + i), mean), inverse);
    store(d, hn::MulAdd(scaled, load(d, gain + i), load(d, shift + i)), out + i);
  }
}

float largest_magnitude(const float* x, size_t size) {
  const FloatTag d;
  using Floats = hn::Vec<FloatTag>;
  const auto larger = [&](Floats total, size_t i) HWY_ATTR { return hn::Max(total, hn::Abs(load(d, x + i))); };
  const auto largest = fold(size, larger, [](Floats a, Floats b) HWY_ATTR { return hn::Max(a, b); });
  return hn::GetLane(hn::MaxOfLanes(d, largest));
}

// Magnitudes are ordered as their bits are.
float largest_magnitude(const Bf16* x, size_t size) {
  const hn::CappedTag<uint16_t, 16> d;
  const size_t step = hn::Lanes(d);
  const auto* bits = reinterpret_cast<const uint16_t*>(x);
  const auto magnitude = hn::Set(d, 0x7fff);
  auto largest = hn::Zero(d);
  auto more = largest;
  size_t i = 0;
  for (; i + 2 * step <= size; i += 2 * step) {
    largest = hn::Max(largest, hn::And(hn::LoadU(d, bits + i), magnitude));
    more = hn::Max(more, hn::And(hn::LoadU(d, bits + i + step), magnitude));
  }
  if (i < size) largest = hn::Max(largest, hn::And(hn::LoadU(d, bits + i), magnitude));
  return to_float(static_cast<Bf16>(hn::GetLane(hn::MaxOfLanes(d, hn::Max(largest, more)))));
}

// Numbers are rounded by adding 1.5 * 2^23, which leaves the whole part in the low bits; so the offset is added too.
template <class T, class Out>
float quantise(const T* x, size_t size, Out* out) {
  constexpr bool kIsBytes = sizeof(Out) == 1;
  const FloatTag d;
  const hn::RebindToUnsigned<FloatTag> du;
  const hn::Rebind<std::make_unsigned_t<Out>, FloatTag> narrow;
  const float most = kIsBytes ? 127.0f : static_cast<float>(word_peak(size));
  const float peak = largest_magnitude(x, size);
  const auto factor = hn::Set(d, peak > 0 ? most / peak : 0.0f);
  const auto rounder = hn::Set(d, 12582912.0f + (kIsBytes ? 128.0f : 0.0f));
  for (size_t i = 0; i < size; i += hn::Lanes(d)) {
    const auto whole = hn::BitCast(du, hn::MulAdd(load(d, x + i), factor, rounder));
    hn::StoreU(hn::TruncateTo(narrow, whole), narrow, reinterpret_cast<std::make_unsigned_t<Out>*>(out) + i);
  }
  return peak / most;
}
float quantise_f32(const float* x, size_t size, uint8_t* out) { return quantise(x, size, out); }
float quantise_bf16(const Bf16* x, size_t size, uint8_t* out) { return quantise(x, size, out); }
float quantise_f32_words(const float* x, size_t size, int16_t* out) { return quantise(x, size, out); }
float quantise_bf16_words(const Bf16* x, size_t size, int16_t* out) { return quantise(x, size, out); }

// One vector of a finished row at this column.
template <bool IS_GELU, class Out>
HWY_INLINE void finish_vector(FloatTag d, hn::Vec<FloatTag> value, const float* addend, Out* out) {
  if constexpr (IS_GELU && std::is_same_v<Out, Bf16>) value = gelu_coarse(d, value);
  if constexpr (IS_GELU && !std::is_same_v<Out, Bf16>) value = gelu(d, value);
  if (addend != nullptr) value = hn::Add(value, load(d, addend));
  store(d, value, out);
}

// What one vector of columns needs for all rows.
struct Int8Columns {
  const int32_t* sums;
  const float* row_scales;
  hn::Vec<hn::RebindToSigned<FloatTag>> compensation;
  hn::Vec<FloatTag> scale, bias;

  HWY_INLINE hn::Vec<FloatTag> at(FloatTag d, size_t row) const {
    const hn::RebindToSigned<FloatTag> di;
    const auto whole = hn::Sub(hn::LoadU(di, sums + row * 64), compensation);
    return hn::MulAdd(hn::ConvertTo(d, whole), hn::Mul(scale, hn::Set(d, row_scales[row])), bias);
  }
};

struct Int8Sums {
  const int32_t* sums;
  const float* row_scales;
  const int32_t* compensation;
  const float* column_scales;
  const float* bias;

  HWY_INLINE Int8Columns columns(FloatTag d, size_t column) const {
    const hn::RebindToSigned<FloatTag> di;
    return {sums + column, row_scales, hn::LoadU(di, compensation + column), load(d, column_scales + column),
            load(d, bias + column)};
  }
};

struct FloatColumns {
  const float* sums;
  size_t stride;
  hn::Vec<FloatTag> bias;

  HWY_INLINE hn::Vec<FloatTag> at(FloatTag d, size_t row) const { return hn::Add(load(d, sums + row * stride), bias); }
};

struct FloatSums {
  const float* sums;
  size_t stride;
  const float* bias;

  HWY_INLINE FloatColumns columns(FloatTag d, size_t column) const {
    return {sums + column, stride, load(d, bias + column)};
  }
};

template <bool IS_GELU, class Sums, class Out>
HWY_INLINE void finish_block(const Sums& sums, size_t n_rows, size_t n_columns, const float* addend, size_t stride,
                             Out* out) {
  const FloatTag d;
  for (size_t column = 0; column < n_columns; column += hn::Lanes(d)) {
    const auto columns = sums.columns(d, column);
    for (size_t row = 0; row < n_rows; ++row) {
      const size_t at = row * stride + column;
      finish_vector<IS_GELU>(d, columns.at(d, row), addend == nullptr ? nullptr : addend + at, out + at);
    }
  }
}

template <class Sums>
HWY_INLINE void finish_any(const Sums& sums, size_t n_rows, size_t n_columns, const Finish& finish) {
  const bool is_gelu = finish.activation == Finish::Activation::kGelu;
  const float* addend = finish.addend;
  const size_t stride = finish.out_stride;
  if (finish.out_bf16 != nullptr) {
    if (is_gelu) return finish_block<true>(sums, n_rows, n_columns, addend, stride, finish.out_bf16);
    return finish_block<false>(sums, n_rows, n_columns, addend, stride, finish.out_bf16);
  }
  if (is_gelu) return finish_block<true>(sums, n_rows, n_columns, addend, stride, finish.out_f32);
  return finish_block<false>(sums, n_rows, n_columns, addend, stride, finish.out_f32);
}

void finish_int8(const int32_t* sums, size_t n_rows, const float* row_scales, const int32_t* compensation,
                 const float* column_scales, const float* bias, const Finish& finish) {
  finish_any(Int8Sums{sums, row_scales, compensation, column_scales, bias}, n_rows, 64, finish);
}

void finish_float(const float* sums, size_t sums_stride, size_t n_rows, size_t n_columns, const float* bias,
                  const Finish& finish) {
  finish_any(FloatSums{sums, sums_stride, bias}, n_rows, n_columns, finish);
}

}  // namespace HWY_NAMESPACE
}  // namespace v2t::nn
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace v2t::nn {

HWY_EXPORT(layer_norm_rows);
HWY_EXPORT(quantise_f32);
HWY_EXPORT(quantise_bf16);
HWY_EXPORT(quantise_f32_words);
HWY_EXPORT(quantise_bf16_words);
HWY_EXPORT(finish_int8);
HWY_EXPORT(finish_float);

void layer_norm(const float* x, const float* gain, const float* shift, size_t size, float* out) {
  HWY_DYNAMIC_DISPATCH(layer_norm_rows)(x, gain, shift, size, out);
}

float quantise_row(const float* x, size_t size, uint8_t* out) {
  return HWY_DYNAMIC_DISPATCH(quantise_f32)(x, size, out);
}

float quantise_row(const Bf16* x, size_t size, uint8_t* out) {
  return HWY_DYNAMIC_DISPATCH(quantise_bf16)(x, size, out);
}

float quantise_row(const float* x, size_t size, int16_t* out) {
  return HWY_DYNAMIC_DISPATCH(quantise_f32_words)(x, size, out);
}

float quantise_row(const Bf16* x, size_t size, int16_t* out) {
  return HWY_DYNAMIC_DISPATCH(quantise_bf16_words)(x, size, out);
}

void finish_int8_tile(const int32_t* sums, size_t n_rows, const float* row_scales, const int32_t* compensation,
                      const float* column_scales, const float* bias, const Finish& finish) {
  HWY_DYNAMIC_DISPATCH(finish_int8)(sums, n_rows, row_scales, compensation, column_scales, bias, finish);
}

void finish_float_rows(const float* sums, size_t sums_stride, size_t n_rows, size_t n_columns, const float* bias,
                       const Finish& finish) {
  HWY_DYNAMIC_DISPATCH(finish_float)(sums, sums_stride, n_rows, n_columns, bias, finish);
}

}  // namespace v2t::nn
#endif  // HWY_ONCE
