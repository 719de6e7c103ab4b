// The OwnerStore in memory keeps the contract.
#include "domain/testing/memory_owner_store.h"

#include "domain/testing/owner_store_contract.h"

namespace v2t::testing {

struct MemoryOwnerStoreHarness {
  ManualClock clock;
  MemoryOwnerStore memory{clock};
  OwnerStore& store() { return memory; }
};
INSTANTIATE_TYPED_TEST_SUITE_P(Memory, OwnerStoreContract, MemoryOwnerStoreHarness);

}  // namespace v2t::testing
