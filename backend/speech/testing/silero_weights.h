// A weights file of the Silero network's form with made-up numbers, for tests and benchmarks without the real one.
#pragma once

#include <string>

namespace v2t::speech {

// Small random numbers from a fixed seed; the transform is the real one.
std::string silero_weights_file();

// A safetensors file of this header (JSON) and data.
std::string safetensors_file(const std::string& header, const std::string& data);

}  // namespace v2t::speech
