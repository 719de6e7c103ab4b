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

// Of each dimension over the keys: the mean of the keys, and the largest magnitude of the values.
struct HeadStatistics {
  HWY_ALIGN float key_means[kHeadSize];
  HWY_ALIGN float value_peaks[kHeadSize];
};

HeadStatistics survey(const Bf16* keys, const Bf16* values, size_t stride, size_t n_keys) {
  constexpr size_t kRows = 8;  // summed in a register before the sum is put down
  const FloatTag d;
  HeadStatistics found = {};
  for (size_t first = 0; first < n_keys; first += kRows) {
    const size_t last = HWY_MIN(first + kRows, n_keys);
    for (size_t i = 0; i < kHeadSize; i += hn::Lanes(d)) {
      auto sum = load(d, found.key_means + i);
      auto peak = load(d, found.value_peaks + i);
      for (size_t row = first; row < last; ++row) {
        sum = hn::Add(sum, load(d, keys + row * stride + i));
        peak = hn::Max(peak, hn::Abs(load(d, values + row * stride + i)));
      }
      store(d, sum, found.key_means + i);
      store(d, peak, found.value_peaks + i);
    }
  }
  for (float& mean : found.key_means) mean /= static_cast<float>(n_keys);
  return found;
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

void quantise_keys(Activations activations, const Bf16* rows, size_t stride, const float* means,
                   const Int8KeysValues& out) {
  const size_t step = 4 * block_columns(activations);
  for (size_t key = 0; key < padded_keys(out.n_keys); ++key) {
    HWY_ALIGN int8_t bytes[kHeadSize] = {};
    int32_t sum = 0;
    float scale = 0;
    if (key < out.n_keys) sum = quantise_key(rows + key * stride, means, bytes, &scale);
    out.key_scales[key] = scale;
    out.key_offsets[key] = -scale * static_cast<float>(zero_of(activations) * sum);
    int8_t* to = out.keys + key / 64 * 64 * kHeadSize + column_offset(activations, kHeadSize / 4, key % 64);
    for (size_t group = 0; group < kHeadSize / 4; ++group) std::memcpy(to + group * step, bytes + 4 * group, 4);
  }
}

// Four rows become one group of the panel: the bytes of a column together.
void quantise_values(Activations activations, const Bf16* rows, size_t stride, const float* peaks,
                     const Int8KeysValues& out) {
  const size_t n_groups = value_groups(out.n_keys);
  const size_t block = block_columns(activations);
  const FloatTag d;
  const hn::RebindToSigned<FloatTag> di;
  HWY_ALIGN float factors[kHeadSize];
  for (size_t i = 0; i < kHeadSize; ++i) {
    out.value_scales[i] = peaks[i] / 127.0f;
    factors[i] = 127.0f / HWY_MAX(peaks[i], 1e-30f);
  }
  for (size_t row = 0; row < 4 * n_groups; row += 4) {
    HWY_ALIGN int32_t columns[kHeadSize];
    for (size_t i = 0; i < kHeadSize; i += hn::Lanes(d)) {
      auto packed = hn::Zero(di);
      for (size_t k = 0; k < 4 && row + k < out.n_keys; ++k) {
        const auto whole = hn::NearestInt(hn::Mul(load(d, rows + (row + k) * stride + i), load(d, factors + i)));
        packed = hn::Or(packed, hn::ShiftLeftSame(hn::And(whole, hn::Set(di, 255)), static_cast<int>(8 * k)));
      }
      hn::Store(packed, di, columns + i);
    }
    for (size_t column = 0; column < kHeadSize; column += block) {
      std::memcpy(out.values + column_offset(activations, n_groups, column) + row * block, columns + column, 4 * block);
    }
  }
}

void quantise_head(Activations activations, const Bf16* key_rows, const Bf16* value_rows, size_t stride,
                   const Int8KeysValues& out) {
  const HeadStatistics found = survey(key_rows, value_rows, stride, out.n_keys);
  quantise_keys(activations, key_rows, stride, found.key_means, out);
  quantise_values(activations, value_rows, stride, found.value_peaks, out);
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
