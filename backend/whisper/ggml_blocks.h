// Blocks of 32 numbers with a common scale, as GGML files hold them: q8_0, q5_0, q5_1, q4_0, q4_1.
// A block, little endian: float16 step; of q5_1 and q4_1 float16 least; of q5_0 and q5_1 uint32 fifth bits, bit i of
// number i; then 32 bytes (q8_0), or 16 of which byte i holds the low four bits of number i, the high ones of i + 16.
// value = step * q + least; in q8_0 q is signed; q5_0 and q4_0 have the middle, 16 or 8, subtracted.
#pragma once

#include <cstddef>
#include <span>

#include "tensors/tensor_view.h"

namespace v2t::whisper {

// Whole blocks: out.size() is a multiple of 32, bytes.size() is bytes_of(type, out.size()); both are CHECKed.
void widen_blocks(DataType type, std::span<const std::byte> bytes, std::span<float> out);

// kQ8_0, kQ5_0 and kQ5_1. The same sizes. Numbers that are not finite become 0.
void narrow_blocks(DataType type, std::span<const float> values, std::span<std::byte> out);

}  // namespace v2t::whisper
