// A tensor as it lies in a file: type, shape, bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace v2t {

// kQ...: blocks of 32 numbers with a common scale, as GGML writes them (whisper/ggml_blocks.h).
enum class DataType { kFloat32, kFloat16, kBfloat16, kInt8, kInt16, kInt32, kQ8_0, kQ5_0, kQ5_1, kQ4_0, kQ4_1 };

// Bytes of so many numbers in a row; nullopt when they are no whole blocks or too many to count.
std::optional<uint64_t> bytes_of(DataType type, uint64_t n_elements);

// Rows of a tensor that lie in one place.
struct TensorPiece {
  DataType type = DataType::kFloat32;
  int64_t n_rows = 0;
  std::span<const std::byte> bytes;  // empty: zeros, which the file leaves out
};

struct TensorView {
  DataType type = DataType::kFloat32;
  std::vector<int64_t> shape;        // row-major; every extent >= 0; checked against bytes.size()
  std::span<const std::byte> bytes;  // may be unaligned; lives as long as its source
  std::vector<TensorPiece> pieces;  // instead of type and bytes, where the rows lie in several places: in order of rows
};

// Its numbers; of kFloat32 only, in one place.
std::vector<float> float_values(const TensorView& tensor);

}  // namespace v2t
