// Safetensors files for tests.
#pragma once

#include <string>

namespace v2t::testing {

// A safetensors file of this header (JSON) and data.
std::string safetensors_file(const std::string& header, const std::string& data);

}  // namespace v2t::testing
