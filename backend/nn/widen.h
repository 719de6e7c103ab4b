// Narrow floating-point numbers of files to float, from bytes that may be unaligned (Highway).
#pragma once

#include <cstddef>
#include <span>

namespace v2t::nn {

// IEEE 754 half precision, little endian, 2 * out.size() bytes; exact, infinities and NaN included.
void widen_f16(std::span<const std::byte> bytes, std::span<float> out);
// bfloat16, the same.
void widen_bf16(std::span<const std::byte> bytes, std::span<float> out);

}  // namespace v2t::nn
