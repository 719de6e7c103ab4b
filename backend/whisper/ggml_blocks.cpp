// GGML's blocks.
#include "whisper/ggml_blocks.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

#include "base/result.h"

namespace v2t::whisper {
namespace {

constexpr size_t kBlock = 32;
constexpr size_t kHalf = kBlock / 2;

float half_at(const std::byte* bytes) {
  _Float16 value;
  std::memcpy(&value, bytes, sizeof(value));
  return static_cast<float>(value);
}

std::byte* put_half(float value, std::byte* out) {
  const auto half = static_cast<_Float16>(value);
  std::memcpy(out, &half, sizeof(half));
  return out + sizeof(half);
}

void widen_q8(const std::byte* block, float* out) {
  const float step = half_at(block);
  for (size_t i = 0; i < kBlock; ++i) out[i] = step * static_cast<float>(static_cast<int8_t>(block[2 + i]));
}

struct NibbleForm {
  bool has_least = false;
  bool has_fifth_bits = false;
  int middle = 0;
};

NibbleForm form_of(DataType type) {
  switch (type) {
    case DataType::kQ5_1:
      return {true, true, 0};
    case DataType::kQ4_1:
      return {true, false, 0};
    case DataType::kQ5_0:
      return {false, true, 16};
    default:
      CHECK(type == DataType::kQ4_0);
      return {false, false, 8};
  }
}

void widen_nibbles(const NibbleForm& form, const std::byte* block, float* out) {
  const float step = half_at(block);
  block += 2;
  float least = 0;
  if (form.has_least) {
    least = half_at(block);
    block += 2;
  }
  uint32_t fifth = 0;
  if (form.has_fifth_bits) {
    std::memcpy(&fifth, block, sizeof(fifth));
    block += sizeof(fifth);
  }
  for (size_t i = 0; i < kBlock; ++i) {
    const auto byte = static_cast<unsigned>(block[i % kHalf]);
    const unsigned nibble = i < kHalf ? byte & 15 : byte >> 4;
    const int q = static_cast<int>(nibble | ((fifth >> i & 1) << 4)) - form.middle;
    out[i] = step * static_cast<float>(q) + least;
  }
}

// Rounded to the nearest of 0 ... most.
unsigned level(float value, unsigned most) {
  return static_cast<unsigned>(std::clamp(std::nearbyint(value), 0.0F, static_cast<float>(most)));
}

void put_fives(const std::array<unsigned, kBlock>& q, std::byte* out) {
  uint32_t fifth = 0;
  for (size_t i = 0; i < kBlock; ++i) fifth |= (q[i] >> 4) << i;
  std::memcpy(out, &fifth, sizeof(fifth));
  out += sizeof(fifth);
  for (size_t i = 0; i < kHalf; ++i) out[i] = static_cast<std::byte>((q[i] & 15) | (q[i + kHalf] & 15) << 4);
}

void narrow_q8(const float* values, std::byte* out) {
  float largest = 0;
  for (size_t i = 0; i < kBlock; ++i) largest = std::max(largest, std::abs(values[i]));
  const float step = largest / 127;
  const float per_step = step > 0 ? 1 / step : 0;
  out = put_half(step, out);
  for (size_t i = 0; i < kBlock; ++i)
    out[i] = static_cast<std::byte>(static_cast<int8_t>(std::nearbyint(values[i] * per_step)));
}

// The largest by magnitude becomes -16, the one level without a counterpart.
void narrow_q5_0(const float* values, std::byte* out) {
  const float largest =
      *std::max_element(values, values + kBlock, [](float a, float b) { return std::abs(a) < std::abs(b); });
  const float step = largest / -16;
  const float per_step = step != 0 ? 1 / step : 0;
  std::array<unsigned, kBlock> q{};
  for (size_t i = 0; i < kBlock; ++i) q[i] = level(values[i] * per_step + 16, 31);
  put_fives(q, put_half(step, out));
}

void narrow_q5_1(const float* values, std::byte* out) {
  const auto [least, most] = std::minmax_element(values, values + kBlock);
  const float step = (*most - *least) / 31;
  const float per_step = step > 0 ? 1 / step : 0;
  std::array<unsigned, kBlock> q{};
  for (size_t i = 0; i < kBlock; ++i) q[i] = level((values[i] - *least) * per_step, 31);
  put_fives(q, put_half(*least, put_half(step, out)));
}

}  // namespace

void widen_blocks(DataType type, std::span<const std::byte> bytes, std::span<float> out) {
  CHECK(bytes_of(type, out.size()) == bytes.size());
  const size_t block_bytes = *bytes_of(type, kBlock);
  const bool is_q8 = type == DataType::kQ8_0;
  const NibbleForm form = is_q8 ? NibbleForm{} : form_of(type);
  const std::byte* block = bytes.data();
  for (size_t i = 0; i < out.size(); i += kBlock, block += block_bytes)
    is_q8 ? widen_q8(block, &out[i]) : widen_nibbles(form, block, &out[i]);
}

void narrow_blocks(DataType type, std::span<const float> values, std::span<std::byte> out) {
  CHECK(bytes_of(type, values.size()) == out.size());
  const size_t block_bytes = *bytes_of(type, kBlock);
  std::byte* block = out.data();
  std::array<float, kBlock> finite{};
  for (size_t i = 0; i < values.size(); i += kBlock, block += block_bytes) {
    for (size_t j = 0; j < kBlock; ++j) finite[j] = std::isfinite(values[i + j]) ? values[i + j] : 0;
    if (type == DataType::kQ8_0) {
      narrow_q8(finite.data(), block);
    } else if (type == DataType::kQ5_0) {
      narrow_q5_0(finite.data(), block);
    } else {
      CHECK(type == DataType::kQ5_1);
      narrow_q5_1(finite.data(), block);
    }
  }
}

}  // namespace v2t::whisper
