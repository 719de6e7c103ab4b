// Int8 keys and values of one head (Highway).
#include <algorithm>
#include <cstring>

#include "nn/attention.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "nn/quantise_keys_values.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "nn/math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace v2t::nn {
namespace HWY_NAMESPACE {

// Mean over the keys of each dimension.
void mean_of_rows(const Bf16* rows, size_t stride, size_t n_rows, float* mean) {
  const FloatTag d;
  for (size_t i = 0; i < kHeadSize; i += hn::Lanes(d)) {
    auto sum = hn::Zero(d);
    for (size_t row = 0; row < n_rows; ++row) sum = hn::Add(sum, load(d, rows + row * stride + i));
    store(d, hn::Mul(sum, hn::Set(d, 1.0f / static_cast<float>(n_rows))), mean + i);
  }
}

// bytes = round((row - mean) * 127 / peak); returns the sum of the bytes and the scale.
int32_t quantise_key(const Bf16* row, const float* mean, int8_t* bytes, float* scale) {
  const FloatTag d;
  const hn::RebindToSigned<FloatTag> di;
  const hn::Rebind<int8_t, FloatTag> d8;
  auto largest = hn::Zero(d);
  for (size_t i = 0; i < kHeadSize; i += hn::Lanes(d)) {
    largest = hn::Max(largest, hn::Abs(hn::Sub(load(d, row + i), load(d, mean + i))));
  }
  const float peak = hn::GetLane(hn::MaxOfLanes(d, largest));
  *scale = peak / 127.0f;
  const auto factor = hn::Set(d, peak > 0 ? 127.0f / peak : 0.0f);
  auto sum = hn::Zero(di);
  for (size_t i = 0; i < kHeadSize; i += hn::Lanes(d)) {
    const auto whole = hn::NearestInt(hn::Mul(hn::Sub(load(d, row + i), load(d, mean + i)), factor));
    sum = hn::Add(sum, whole);
    hn::StoreU(hn::DemoteTo(d8, whole), d8, bytes + i);
  }
  return hn::GetLane(hn::SumOfLanes(di, sum));
}

void quantise_values(Activations activations, const Bf16* rows, size_t stride, const Int8KeysValues& out) {
  const size_t n_groups = value_groups(out.n_keys);
  const size_t block = block_columns(activations);
  const FloatTag d;
  const hn::RebindToSigned<FloatTag> di;
  for (size_t i = 0; i < kHeadSize; i += hn::Lanes(d)) {
    auto largest = hn::Zero(d);
    for (size_t row = 0; row < out.n_keys; ++row) {
      largest = hn::Max(largest, hn::Abs(load(d, rows + row * stride + i)));
    }
    store(d, hn::Mul(largest, hn::Set(d, 1.0f / 127.0f)), out.value_scales + i);
    const auto factor = hn::Div(hn::Set(d, 127.0f), hn::Max(largest, hn::Set(d, 1e-30f)));
    for (size_t row = 0; row < 4 * n_groups; row += 4) {
      auto packed = hn::Zero(di);
      for (size_t k = 0; k < 4 && row + k < out.n_keys; ++k) {
        const auto whole = hn::NearestInt(hn::Mul(load(d, rows + (row + k) * stride + i), factor));
        const auto byte = hn::And(whole, hn::Set(di, 255));
        packed = hn::Or(packed, hn::ShiftLeftSame(byte, static_cast<int>(8 * k)));
      }
      HWY_ALIGN int32_t columns[16];
      hn::Store(packed, di, columns);
      const size_t together = HWY_MIN(hn::Lanes(d), block);  // columns that lie side by side
      for (size_t column = 0; column < hn::Lanes(d); column += together) {
        int8_t* to = out.values + column_offset(activations, n_groups, i + column) + row * block;
        std::memcpy(to, columns + column, 4 * together);
      }
    }
  }
}

void quantise_head(Activations activations, const Bf16* key_rows, const Bf16* value_rows, size_t stride,
                   const Int8KeysValues& out) {
  float mean[kHeadSize];
  mean_of_rows(key_rows, stride, out.n_keys, mean);
  int8_t bytes[kHeadSize] = {};
  for (size_t key = 0; key < padded_keys(out.n_keys); ++key) {
    int32_t sum = 0;
    float scale = 0;
    if (key < out.n_keys) {
      sum = quantise_key(key_rows + key * stride, mean, bytes, &scale);
    } else {
      std::fill_n(bytes, kHeadSize, int8_t{0});
    }
    out.key_scales[key] = scale;
    out.key_offsets[key] = -scale * static_cast<float>(zero_of(activations) * sum);
    int8_t* to = out.keys + key / 64 * 64 * kHeadSize + column_offset(activations, kHeadSize / 4, key % 64);
    const size_t step = 4 * block_columns(activations);
    for (size_t group = 0; group < kHeadSize / 4; ++group) std::memcpy(to + group * step, bytes + 4 * group, 4);
  }
  quantise_values(activations, value_rows, stride, out);
}

}  // namespace HWY_NAMESPACE
}  // namespace v2t::nn
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace v2t::nn {

HWY_EXPORT(quantise_head);

void quantise_keys_values(Activations activations, const Bf16* key_rows, const Bf16* value_rows, size_t stride,
                          const Int8KeysValues& out) {
  HWY_DYNAMIC_DISPATCH(quantise_head)(activations, key_rows, value_rows, stride, out);
}

}  // namespace v2t::nn
#endif  // HWY_ONCE
