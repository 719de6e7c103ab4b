// Fuzzes the readers of safetensors files and of their index: every tensor that they give must be readable as stated.
#include "tensors/safetensors.h"

namespace {

void read_all(const v2t::TensorView& tensor) {
  uint64_t count = 1;
  for (const int64_t n : tensor.shape) count *= static_cast<uint64_t>(n);
  if (v2t::bytes_of(tensor.type, count) != tensor.bytes.size()) __builtin_trap();
  unsigned sum = 0;
  for (const std::byte byte : tensor.bytes) sum += static_cast<unsigned>(byte);
  static volatile unsigned sink;
  sink = sum;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (text.starts_with('{')) {
    if (const auto files = v2t::parse_safetensors_index(text))
      for (const auto& file : *files)
        if (file.empty() || file.find('/') != file.npos) __builtin_trap();
    return 0;
  }
  if (const auto tensors = v2t::parse_safetensors(std::as_bytes(std::span(data, size))))
    for (const auto& [name, tensor] : *tensors) read_all(tensor);
  return 0;
}
