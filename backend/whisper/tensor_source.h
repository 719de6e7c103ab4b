// Named tensors of a model file, as they lie in it: the seam between model formats and packed weights.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace v2t::whisper {

enum class DataType { kFloat32, kFloat16, kBfloat16, kInt8, kInt16, kInt32 };

size_t size_of(DataType type);  // bytes of one element

struct TensorView {
  DataType type = DataType::kFloat32;
  std::vector<int64_t> shape;        // row-major; every extent >= 0; checked against bytes.size()
  std::span<const std::byte> bytes;  // may be unaligned; lives as long as its source
};

// Names are those of CTranslate2's Whisper: "encoder/layer_0/self_attention/linear_0/weight". An int8 weight
// comes with "<name>_scale" [rows] (float32): value = int8 / scale. Immutable; thread-safe.
class TensorSource {
 public:
  virtual ~TensorSource() = default;
  virtual std::optional<TensorView> find(std::string_view name) const = 0;
};

}  // namespace v2t::whisper
