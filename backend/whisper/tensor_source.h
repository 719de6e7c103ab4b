// Named tensors of a model file, as they lie in it: the seam between model formats and packed weights.
#pragma once

#include <optional>
#include <string_view>

#include "tensors/tensor_view.h"

namespace v2t::whisper {

// Names are those of CTranslate2's Whisper: "encoder/layer_0/self_attention/linear_0/weight". An int8 weight
// comes with "<name>_scale" [rows] (float32): value = int8 / scale. Immutable; thread-safe.
class TensorSource {
 public:
  virtual ~TensorSource() = default;
  virtual std::optional<TensorView> find(std::string_view name) const = 0;
};

}  // namespace v2t::whisper
