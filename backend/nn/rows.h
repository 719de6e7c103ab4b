// Element-wise kernels over rows of activations, for every instruction set (Highway). Lengths are multiples of 16
// where not said otherwise. All are pure functions of their arguments: any thread, no state.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "nn/bf16.h"
#include "nn/tile_kernels.h"

namespace v2t::nn {

// out = (x - mean) / sqrt(variance + 1e-5) * gain + shift. out may be x.
void layer_norm(const float* x, const float* gain, const float* shift, size_t size, float* out);

// Symmetric 8 bits with an offset of 128: x is about (out - 128) * the scale that is returned; 0 for a row of zeros.
float quantise_row(const float* x, size_t size, uint8_t* out);
float quantise_row(const Bf16* x, size_t size, uint8_t* out);
// Symmetric 12 bits: x is about out * the scale that is returned. Fewer bits from 8192 elements on: see word_peak().
float quantise_row(const float* x, size_t size, int16_t* out);
float quantise_row(const Bf16* x, size_t size, int16_t* out);
// The one or the other.
template <class T>
float quantise_row(Activations activations, const T* x, size_t size, void* out) {
  if (activations == Activations::kBytes) return quantise_row(x, size, static_cast<uint8_t*>(out));
  return quantise_row(x, size, static_cast<int16_t*>(out));
}

// What becomes of the sums of a matrix product: rescaled, bias added, then in this order.
struct Finish {
  enum class Activation { kNone, kGelu };
  Activation activation = Activation::kNone;
  const float* addend = nullptr;  // added last: a residual or positions; row stride out_stride
  float* out_f32 = nullptr;       // one of these two; may be the addend
  Bf16* out_bf16 = nullptr;
  size_t out_stride = 0;
  size_t panel_stride = 64;  // from the output of one panel of 64 columns to that of the next
};

// The part of `finish` that begins this many rows down and this many columns to the right.
inline Finish moved(const Finish& finish, size_t row, size_t column) {
  Finish part = finish;
  const size_t offset = row * finish.out_stride + column;
  if (part.addend != nullptr) part.addend += offset;
  if (part.out_f32 != nullptr) part.out_f32 += offset;
  if (part.out_bf16 != nullptr) part.out_bf16 += offset;
  return part;
}

// sums: [n_rows][64] of integer products; compensation[column] takes off what the activations' offset adds.
void finish_int8_tile(const int32_t* sums, size_t n_rows, const float* row_scales, const int32_t* compensation,
                      const float* column_scales, const float* bias, const Finish& finish);
// sums: [n_rows][n_columns] with a stride in floats.
void finish_float_rows(const float* sums, size_t sums_stride, size_t n_rows, size_t n_columns, const float* bias,
                       const Finish& finish);

}  // namespace v2t::nn
