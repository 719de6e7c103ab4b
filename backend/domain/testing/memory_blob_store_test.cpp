// The BlobStore in memory keeps the contract.
#include "domain/testing/memory_blob_store.h"

#include "domain/testing/blob_store_contract.h"

namespace v2t::testing {

struct MemoryBlobStoreHarness {
  ManualClock clock;
  MemoryBlobStore memory{clock};
  BlobStore& store() { return memory; }
};
INSTANTIATE_TYPED_TEST_SUITE_P(Memory, BlobStoreContract, MemoryBlobStoreHarness);

}  // namespace v2t::testing
