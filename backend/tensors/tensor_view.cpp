// Sizes of the element types of model files.
#include "tensors/tensor_view.h"

#include <cstring>

#include "base/result.h"

namespace v2t {
namespace {

struct Block {
  uint64_t n_elements = 1;
  uint64_t n_bytes = 0;
};

Block block_of(DataType type) {
  switch (type) {
    case DataType::kFloat32:
    case DataType::kInt32:
      return {1, 4};
    case DataType::kFloat16:
    case DataType::kBfloat16:
    case DataType::kInt16:
      return {1, 2};
    case DataType::kInt8:
      return {1, 1};
    case DataType::kQ8_0:
      return {32, 34};
    case DataType::kQ5_0:
      return {32, 22};
    case DataType::kQ5_1:
      return {32, 24};
    case DataType::kQ4_0:
      return {32, 18};
    case DataType::kQ4_1:
      return {32, 20};
  }
  CHECK(false);
  return {};
}

}  // namespace

std::optional<uint64_t> bytes_of(DataType type, uint64_t n_elements) {
  const Block block = block_of(type);
  uint64_t n_bytes = 0;
  if (n_elements % block.n_elements != 0) return std::nullopt;
  if (__builtin_mul_overflow(n_elements / block.n_elements, block.n_bytes, &n_bytes)) return std::nullopt;
  return n_bytes;
}

std::vector<float> float_values(const TensorView& tensor) {
  CHECK(tensor.type == DataType::kFloat32 && tensor.pieces.empty());
  std::vector<float> out(tensor.bytes.size() / sizeof(float));
  if (!out.empty()) std::memcpy(out.data(), tensor.bytes.data(), tensor.bytes.size());
  return out;
}

}  // namespace v2t
