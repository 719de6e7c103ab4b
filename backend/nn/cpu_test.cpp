// Processor levels.
#include "nn/cpu.h"

#include <gtest/gtest.h>

namespace v2t::nn {
namespace {

TEST(Cpu, ThePortableLevelIsAlwaysThereAndTheBestIsLast) {
  const auto sets = available_instruction_sets();
  EXPECT_EQ(sets.front(), InstructionSet::kPortable);
  EXPECT_EQ(sets.back(), best_instruction_set());
}

TEST(Cpu, AtLeastOneProcessorIsUsable) { EXPECT_GE(usable_processors(), 1); }

}  // namespace
}  // namespace v2t::nn
