// The OwnerStore in SQLite keeps the contract.
#include "store/sqlite_owner_store.h"

#include "base/temp_folder.h"
#include "domain/testing/owner_store_contract.h"

namespace v2t::store {

struct SqliteOwnerHarness {
  TempFolder folder;
  testing::ManualClock clock;
  SqliteOwnerStore sqlite{open_job_database(folder.path() / "jobs.sqlite").value(), clock};
  OwnerStore& store() { return sqlite; }
};

}  // namespace v2t::store

namespace v2t::testing {
INSTANTIATE_TYPED_TEST_SUITE_P(Sqlite, OwnerStoreContract, store::SqliteOwnerHarness);
}
