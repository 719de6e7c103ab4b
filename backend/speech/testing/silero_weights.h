// A weights file of the Silero network's form with made-up numbers, for tests and benchmarks without the real one.
#pragma once

#include <string>

namespace v2t::speech {

// Small random numbers from a fixed seed; the transform is the real one.
std::string silero_weights_file();

}  // namespace v2t::speech
