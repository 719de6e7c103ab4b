// Safetensors files for tests.
#include "tensors/testing/safetensors_file.h"

#include <cstdint>
#include <cstring>

namespace v2t::testing {

std::string safetensors_file(const std::string& header, const std::string& data) {
  const uint64_t length = header.size();
  std::string file(sizeof length, '\0');
  std::memcpy(file.data(), &length, sizeof length);
  return file + header + data;
}

}  // namespace v2t::testing
