// The JobStore in memory keeps the contract.
#include "domain/testing/memory_job_store.h"

#include "domain/testing/job_queue_contract.h"
#include "domain/testing/job_store_contract.h"
#include "domain/testing/job_text_contract.h"
#include "domain/testing/job_work_contract.h"

namespace v2t::testing {

struct MemoryJobStoreHarness {
  ManualClock clock;
  MemoryJobStore memory{clock};
  JobStore& store() { return memory; }
};
INSTANTIATE_TYPED_TEST_SUITE_P(Memory, JobStoreContract, MemoryJobStoreHarness);
INSTANTIATE_TYPED_TEST_SUITE_P(Memory, JobQueueContract, MemoryJobStoreHarness);
INSTANTIATE_TYPED_TEST_SUITE_P(Memory, JobWorkContract, MemoryJobStoreHarness);
INSTANTIATE_TYPED_TEST_SUITE_P(Memory, JobTextContract, MemoryJobStoreHarness);

}  // namespace v2t::testing
