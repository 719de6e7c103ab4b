// Which kernels this processor can run. Chosen once at run time, passed on explicitly.
#pragma once

#include <string_view>
#include <vector>

namespace v2t::nn {

// Each includes those before it. Element-wise kernels (Highway) choose their own target.
enum class InstructionSet {
  kPortable,    // any processor
  kAvx2,        // AVX2 and FMA
  kAvx512Vnni,  // AVX-512 F, BW, VL, DQ and VNNI: int8 dot products
};

InstructionSet best_instruction_set();
std::vector<InstructionSet> available_instruction_sets();  // the portable one first, the best one last
std::string_view instruction_set_name(InstructionSet set);

// Processors that this process may use, at least 1: its affinity mask, and the quota of its container, rounded up.
int usable_processors();

}  // namespace v2t::nn
