// The whole API on loopback, with the real services on stores in memory.
#pragma once

#include <gtest/gtest.h>

#include "app/http/testing/running_server.h"
#include "domain/testing/manual_clock.h"
#include "domain/testing/memory_blob_store.h"
#include "domain/testing/memory_job_store.h"
#include "domain/testing/memory_owner_store.h"
#include "domain/testing/memory_usage_log.h"

namespace v2t::http::testing {

class TwoModels final : public ModelLibrary {
 public:
  Result<ModelFiles> get(const std::string&, const ModelProgressCallback&, std::stop_token) override {
    return fail(ErrorCode::kModelUnavailable, "never asked for");
  }
  Result<ModelFiles> verify(const std::string&, const ModelProgressCallback&, std::stop_token) override {
    return fail(ErrorCode::kModelUnavailable, "never asked for");
  }
  Result<std::vector<ModelEntry>> list() override {
    return std::vector<ModelEntry>{{"base", "Systran/faster-whisper-base", 148, true, "/models/base"},
                                   {"small", "Systran/faster-whisper-small", 486, false, ""}};
  }
};

struct ServedApiOptions {
  ServerOptions server;  // on a free port, whatever this says
  QuotaLimits quotas;
  uint64_t largest_upload_bytes = 10'000'000;
};

// The engine is ready when the test says so.
class ServedApi : public ::testing::Test {
 protected:
  explicit ServedApi(ServedApiOptions options) : options_(std::move(options)) {}

 private:
  static ServerOptions on_a_free_port(ServerOptions options) {
    options.port = 0;
    options.version = "1.2.3";
    return options;
  }
  const ServedApiOptions options_;  // before what is made with it

 protected:
  v2t::testing::ManualClock clock_;
  v2t::testing::MemoryBlobStore blobs_{clock_};
  v2t::testing::MemoryJobStore store_{clock_};
  v2t::testing::MemoryOwnerStore owners_{clock_};
  v2t::testing::MemoryUsageLog usage_;
  std::unique_ptr<Doorbell> bell_ = make_doorbell();
  ActivityBoard activities_{*bell_};
  Sessions sessions_{owners_, clock_};
  Keys keys_{owners_, clock_};
  Uploads uploads_{blobs_, store_, *bell_, {.max_size_bytes = options_.largest_upload_bytes, .max_incomplete = 100}};
  Jobs jobs_{{store_, blobs_, *bell_, activities_, clock_}, {}};
  Editing editing_{store_, *bell_};
  Search search_{store_};
  Quotas quotas_{options_.quotas,
                 usage_,
                 clock_,
                 {[this](const OwnerId& owner, const BlobId& id) {
                    const auto upload = uploads_.find(owner, id);
                    return upload && !upload->is_complete;
                  },
                  [](const OwnerId&, const JobId&) { return std::optional<Millis>(); }}};
  TwoModels models_;
  std::atomic<bool> is_ready_ = false;
  std::atomic<bool> has_no_model_ = false;
  RunningServer server_{start_server(
      on_a_free_port(options_.server),
      Services{sessions_, keys_, quotas_, uploads_, jobs_, activities_, models_, *bell_,
               [this] {
                 return has_no_model_
                            ? Readiness{false, "no way to the hub", Error{ErrorCode::kModelUnavailable, "no way"}}
                            : Readiness{is_ready_, "the model base is being loaded", {}};
               },
               [] { return std::vector<ModelProgress>{{"small", "model.bin", 5, 486}}; }, editing_, search_})};
};

}  // namespace v2t::http::testing
