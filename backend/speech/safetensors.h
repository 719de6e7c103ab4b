// The safetensors format: a JSON header with names, shapes and offsets, then raw little-endian data.
// https://github.com/huggingface/safetensors, "Format". Bounds-checked; 32-bit floats only.
#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"

namespace v2t::speech {

struct Tensor {
  std::vector<size_t> shape;
  std::span<const std::byte> bytes;  // 4 per value, any alignment; lives as long as the file's bytes

  std::vector<float> values() const;
};

// All tensors by name. kModelInvalid when the bytes are not a whole, well-formed file.
Result<std::map<std::string, Tensor>> parse_safetensors(std::span<const std::byte> file);

}  // namespace v2t::speech
