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

using Bits = hn::Vec<hn::RebindToUnsigned<FloatTag>>;

// Adding 1.5 * 2^23 rounds a number and leaves its whole part in the low bits.
constexpr float kRounder = 12582912.0f;
constexpr uint32_t kRounderBits = 0x4b400000;
HWY_INLINE Bits rounded(FloatTag d, hn::Vec<FloatTag> value, hn::Vec<FloatTag> factor) {
  return hn::BitCast(hn::RebindToUnsigned<FloatTag>(), hn::MulAdd(value, factor, hn::Set(d, kRounder)));
}

// bytes = round((row - mean) * 127 / peak); returns the sum of the bytes and the scale.
HWY_INLINE int32_t quantise_key(const Bf16* row, const float* mean, uint8_t* bytes, float* scale) {
  const FloatTag d;
  const hn::RebindToUnsigned<FloatTag> du;
  const hn::Rebind<uint8_t, FloatTag> d8;
  auto largest = hn::Zero(d);
  for (size_t i = 0; i < kHeadSize; i += hn::Lanes(d)) {
    largest = hn::Max(largest, hn::Abs(hn::Sub(load(d, row + i), load(d, mean + i))));
  }
  const float peak = hn::GetLane(hn::MaxOfLanes(d, largest));
  *scale = peak / 127.0f;
  const auto factor = hn::Set(d, peak > 0 ? 127.0f / peak : 0.0f);
  auto sum = hn::Zero(du);
  for (size_t i = 0; i < kHeadSize; i += hn::Lanes(d)) {
    const Bits whole = rounded(d, hn::Sub(load(d, row + i), load(d, mean + i)), factor);
    sum = hn::Add(sum, whole);
    hn::StoreU(hn::TruncateTo(d8, whole), d8, bytes + i);
  }
  // Taken off before lanes are summed, which is done with signs.
  const auto rounders = hn::Set(du, kRounderBits * static_cast<uint32_t>(kHeadSize / hn::Lanes(d)));
  const hn::RebindToSigned<FloatTag> di;
  return hn::GetLane(hn::SumOfLanes(di, hn::BitCast(di, hn::Sub(sum, rounders))));
}

// Four keys of 64 bytes, as neighbours in a panel: the group of each key becomes a part of one of the panel.
#if HWY_TARGET == HWY_SCALAR
void place_four_keys(const uint8_t* bytes, int8_t* panel, size_t step) {
  for (size_t i = 0; i < kHeadSize; ++i)
    std::memcpy(panel + i / 4 * step + i % 4 * 4, bytes + (i % 4 * 16 + i / 4) * 4, 4);
}
#else
HWY_INLINE void place_four_keys(const uint8_t* bytes, int8_t* panel, size_t step) {
  const hn::CappedTag<uint32_t, 4> d;
  const hn::Repartition<uint64_t, decltype(d)> d64;
  for (size_t group = 0; group < kHeadSize / 4; group += 4, panel += 4 * step) {
    const auto* rows = reinterpret_cast<const uint32_t*>(bytes) + group;
    const auto row = [&](size_t key) HWY_ATTR { return hn::LoadU(d, rows + key * kHeadSize / 4); };
    const auto low = hn::BitCast(d64, hn::InterleaveLower(d, row(0), row(1)));
    const auto more_low = hn::BitCast(d64, hn::InterleaveLower(d, row(2), row(3)));
    const auto high = hn::BitCast(d64, hn::InterleaveUpper(d, row(0), row(1)));
    const auto more_high = hn::BitCast(d64, hn::InterleaveUpper(d, row(2), row(3)));
    const auto put = [&](size_t at, auto four) HWY_ATTR {
      hn::StoreU(hn::BitCast(d, four), d, reinterpret_cast<uint32_t*>(panel + at * step));
    };
    put(0, hn::InterleaveLower(d64, low, more_low));
    put(1, hn::InterleaveUpper(d64, low, more_low));
    put(2, hn::InterleaveLower(d64, high, more_high));
    put(3, hn::InterleaveUpper(d64, high, more_high));
  }
}
#endif

void quantise_keys(Activations activations, const Bf16* rows, size_t stride, const float* means,
                   const Int8KeysValues& out) {
  const auto zero = static_cast<float>(zero_of(activations));
  for (size_t key = 0; key < padded_keys(out.n_keys); key += 4) {
    HWY_ALIGN uint8_t bytes[4 * kHeadSize] = {};
    for (size_t k = key; k < key + 4; ++k) {
      float sum = 0;
      float scale = 0;
      if (k < out.n_keys) {
        sum = static_cast<float>(quantise_key(rows + k * stride, means, bytes + (k - key) * kHeadSize, &scale));
      }
      out.key_scales[k] = scale;
      out.key_offsets[k] = -scale * zero * sum;
    }
    place_four_keys(bytes, out.keys + key / 64 * 64 * kHeadSize + column_offset(activations, kHeadSize / 4, key % 64),
                    4 * block_columns(activations));
  }
}

// Four rows become one group of the panel: the bytes of a column together. n_rows of them are there, the others zero.
HWY_INLINE Bits quantise_four_values(FloatTag d, const Bf16* rows, size_t stride, size_t n_rows, const float* factors) {
  const hn::RebindToUnsigned<FloatTag> du;
  const auto factor = load(d, factors);
  const auto byte = [&](size_t row) HWY_ATTR {
    if (row >= n_rows) return hn::Zero(du);
    return hn::And(rounded(d, load(d, rows + row * stride), factor), hn::Set(du, 255));
  };
  const auto low = hn::Or(byte(0), hn::ShiftLeft<8>(byte(1)));
  return hn::Or(low, hn::Or(hn::ShiftLeft<16>(byte(2)), hn::ShiftLeft<24>(byte(3))));
}

void quantise_values(Activations activations, const Bf16* rows, size_t stride, const float* peaks,
                     const Int8KeysValues& out) {
  const FloatTag d;
  const hn::RebindToUnsigned<FloatTag> du;
  const size_t n_groups = value_groups(out.n_keys);
  const size_t block = block_columns(activations);
  HWY_ALIGN float factors[kHeadSize];
  for (size_t i = 0; i < kHeadSize; ++i) {
    out.value_scales[i] = peaks[i] / 127.0f;
    factors[i] = 127.0f / HWY_MAX(peaks[i], 1e-30f);
  }
  for (size_t row = 0; row < 4 * n_groups; row += 4) {
    const size_t n_rows = row < out.n_keys ? HWY_MIN(4, out.n_keys - row) : 0;
    for (size_t i = 0; i < kHeadSize; i += hn::Lanes(d)) {
      const Bits columns = quantise_four_values(d, rows + row * stride + i, stride, n_rows, factors + i);
      int8_t* to = out.values + column_offset(activations, n_groups, i) + row * block;
      if (hn::Lanes(d) <= block) {
        hn::StoreU(columns, du, reinterpret_cast<uint32_t*>(to));
        continue;
      }
      HWY_ALIGN uint32_t apart[16];
      hn::Store(columns, du, apart);
      std::memcpy(to, apart, 4 * block);
      std::memcpy(out.values + column_offset(activations, n_groups, i + block) + row * block, apart + block, 4 * block);
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
