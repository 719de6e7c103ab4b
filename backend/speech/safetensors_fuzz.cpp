// Fuzzes the safetensors reader: every tensor that it gives must be readable.
#include "speech/safetensors.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto tensors = v2t::speech::parse_safetensors({reinterpret_cast<const std::byte*>(data), size});
  if (!tensors) return 0;
  for (const auto& [name, tensor] : *tensors) {
    size_t count = 1;
    for (const size_t n : tensor.shape) count *= n;
    if (tensor.values().size() != count) __builtin_trap();
  }
  return 0;
}
