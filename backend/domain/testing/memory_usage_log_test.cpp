// The UsageLog in memory keeps the contract.
#include "domain/testing/memory_usage_log.h"

#include "domain/testing/usage_log_contract.h"

namespace v2t::testing {

struct MemoryUsageHarness {
  MemoryUsageLog memory;
  UsageLog& log() { return memory; }
};
INSTANTIATE_TYPED_TEST_SUITE_P(Memory, UsageLogContract, MemoryUsageHarness);

}  // namespace v2t::testing
