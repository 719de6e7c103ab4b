// The safetensors format: a JSON header with names, shapes and offsets, then raw little-endian data.
// https://github.com/huggingface/safetensors, "Format". Bounds-checked; floats of 32 and 16 bits.
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "tensors/tensor_view.h"

namespace v2t {

using TensorsByName = std::map<std::string, TensorView, std::less<>>;

// All tensors by name; they live as long as the file's bytes. kModelInvalid when these are not a whole, well-formed
// file, or hold a tensor of another type than F32, F16 and BF16.
Result<TensorsByName> parse_safetensors(std::span<const std::byte> file);

// The files that a model.safetensors.index.json names, each once, in order of names: plain names without a folder.
// kModelInvalid when it is not such an index.
Result<std::vector<std::string>> parse_safetensors_index(std::string_view json);

}  // namespace v2t
