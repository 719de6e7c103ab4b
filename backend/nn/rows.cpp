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

void layer_norm_rows(const float* x, const float* gain, const float* shift, size_t size, float* out) {
  const FloatTag d;
  auto sum = hn::Zero(d);
  for (size_t i = 0; i < size; i += hn::Lanes(d)) sum = hn::Add(sum, load(d, x + i));
  const auto mean = hn::Set(d, hn::GetLane(hn::SumOfLanes(d, sum)) / static_cast<float>(size));
  auto squares = hn::Zero(d);
  for (size_t i = 0; i < size; i += hn::Lanes(d)) {
    const auto centred = hn::Sub(load(d, x + i), mean);
    squares = hn::MulAdd(centred, centred, squares);
  }
  const float variance = hn::GetLane(hn::SumOfLanes(d, squares)) / static_cast<float>(size);
  const auto inverse = hn::Div(hn::Set(d, 1.0f), hn::Sqrt(hn::Set(d, variance + 1e-5f)));
  for (size_t i = 0; i < size; i += hn::Lanes(d)) {
    const auto scaled = hn::Mul(hn::Sub(load(d, x + i), mean), inverse);
    store(d, hn::MulAdd(scaled, load(d, gain + i), load(d, shift + i)), out + i);
  }
}

template <class T>
float quantise(const T* x, size_t size, uint8_t* out) {
  const FloatTag d;
  const hn::RebindToSigned<FloatTag> di;
  const hn::Rebind<uint8_t, FloatTag> d8;
  auto largest = hn::Zero(d);
  for (size_t i = 0; i < size; i += hn::Lanes(d)) largest = hn::Max(largest, hn::Abs(load(d, x + i)));
  const float peak = hn::GetLane(hn::MaxOfLanes(d, largest));
  const auto factor = hn::Set(d, peak > 0 ? 127.0f / peak : 0.0f);
  const auto offset = hn::Set(di, 128);
  for (size_t i = 0; i < size; i += hn::Lanes(d)) {
    const auto whole = hn::Add(hn::NearestInt(hn::Mul(load(d, x + i), factor)), offset);
    hn::StoreU(hn::DemoteTo(d8, whole), d8, out + i);
  }
  return peak / 127.0f;
}
float quantise_f32(const float* x, size_t size, uint8_t* out) { return quantise(x, size, out); }
float quantise_bf16(const Bf16* x, size_t size, uint8_t* out) { return quantise(x, size, out); }

// One vector of a finished row at this column.
template <bool IS_GELU, class Out>
HWY_INLINE void finish_vector(FloatTag d, hn::Vec<FloatTag> value, const float* addend, Out* out) {
  if constexpr (IS_GELU && std::is_same_v<Out, Bf16>) value = gelu_coarse(d, value);
  if constexpr (IS_GELU && !std::is_same_v<Out, Bf16>) value = gelu(d, value);
  if (addend != nullptr) value = hn::Add(value, load(d, addend));
  store(d, value, out);
}

struct Int8Sums {
  const int32_t* sums;
  const float* row_scales;
  const int32_t* compensation;
  const float* column_scales;
  const float* bias;

  HWY_INLINE hn::Vec<FloatTag> at(FloatTag d, size_t row, size_t column) const {
    const hn::RebindToSigned<FloatTag> di;
    const auto whole = hn::Sub(hn::LoadU(di, sums + row * 64 + column), hn::LoadU(di, compensation + column));
    const auto scale = hn::Mul(load(d, column_scales + column), hn::Set(d, row_scales[row]));
    return hn::MulAdd(hn::ConvertTo(d, whole), scale, load(d, bias + column));
  }
};

struct FloatSums {
  const float* sums;
  size_t stride;
  const float* bias;

  HWY_INLINE hn::Vec<FloatTag> at(FloatTag d, size_t row, size_t column) const {
    return hn::Add(load(d, sums + row * stride + column), load(d, bias + column));
  }
};

template <bool IS_GELU, class Sums, class Out>
HWY_INLINE void finish_block(const Sums& sums, size_t n_rows, size_t n_columns, const Finish& finish, Out* out) {
  const FloatTag d;
  for (size_t row = 0; row < n_rows; ++row) {
    const size_t at = row * finish.out_stride;
    for (size_t column = 0; column < n_columns; column += hn::Lanes(d)) {
      const float* addend = finish.addend == nullptr ? nullptr : finish.addend + at + column;
      finish_vector<IS_GELU>(d, sums.at(d, row, column), addend, out + at + column);
    }
  }
}

template <class Sums>
HWY_INLINE void finish_any(const Sums& sums, size_t n_rows, size_t n_columns, const Finish& finish) {
  const bool is_gelu = finish.activation == Finish::Activation::kGelu;
  if (finish.out_bf16 != nullptr) {
    if (is_gelu) return finish_block<true>(sums, n_rows, n_columns, finish, finish.out_bf16);
    return finish_block<false>(sums, n_rows, n_columns, finish, finish.out_bf16);
  }
  if (is_gelu) return finish_block<true>(sums, n_rows, n_columns, finish, finish.out_f32);
  return finish_block<false>(sums, n_rows, n_columns, finish, finish.out_f32);
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
