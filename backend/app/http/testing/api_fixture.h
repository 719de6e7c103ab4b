// The whole API on loopback, with the real services on stores in memory.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

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

class ApiTest : public ::testing::Test {
 protected:
  ApiTest() {
    token_ = std::string(body_of(post("/session", "", "")).at("token").as_string());
    stranger_ = std::string(body_of(post("/session", "", "")).at("token").as_string());
  }

  static QuotaLimits quota_limits() { return {.uploads_at_once = 100, .bytes_per_day = 50'000'000}; }
  static ServerOptions options() {
    ServerOptions options;
    options.port = 0;
    options.version = "1.2.3";
    options.media_kept_hours = 24;
    return options;
  }

  static boost::json::object body_of(const Reply& reply) { return boost::json::parse(reply.body).as_object(); }
  static std::string error_of(const Reply& reply) {
    return std::string(body_of(reply).at("error").at("code").as_string());
  }

  std::string head(const std::string& method, const std::string& path, const std::string& token,
                   const std::string& more = "") const {
    const std::string session = token.empty() ? "" : "X-V2T-Session: " + token + "\r\n";
    return method + " /api/v1" + path + " HTTP/1.1\r\nHost: localhost\r\n" + session + more;
  }
  Reply get(const std::string& path, const std::string& more = "") const {
    return server_.ask(head("GET", path, token_, more) + "\r\n");
  }
  Reply post(const std::string& path, const std::string& body, const std::string& token) const {
    return send_json("POST", path, body, token);
  }
  Reply send_json(const std::string& method, const std::string& path, const std::string& body,
                  const std::string& token) const {
    return server_.ask(head(method, path, token, "Content-Type: application/json\r\nContent-Length: ") +
                       std::to_string(body.size()) + "\r\n\r\n" + body);
  }
  Reply edit(const std::string& path, const std::string& more, const std::string& body) const {
    return server_.ask(head("PATCH", path, token_, more + "Content-Type: application/json\r\nContent-Length: ") +
                       std::to_string(body.size()) + "\r\n\r\n" + body);
  }
  Reply tus(const std::string& method, const std::string& path, const std::string& more, const std::string& body = "") {
    return server_.ask(head(method, path, token_, "Tus-Resumable: 1.0.0\r\n" + more) +
                       "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
  }
  Reply append(const std::string& upload, uint64_t offset, const std::string& body) {
    return tus("PATCH", "/uploads/" + upload,
               "Content-Type: application/offset+octet-stream\r\nUpload-Offset: " + std::to_string(offset) + "\r\n",
               body);
  }

  std::string new_upload(size_t size) {
    const Reply reply =
        tus("POST", "/uploads",
            "Upload-Length: " + std::to_string(size) + "\r\nUpload-Metadata: filename bGVjdHVyZS5tcDQ=\r\n");
    return std::string(reply.headers.find("Location").value_or("none")).substr(std::string("/api/v1/uploads/").size());
  }
  std::string new_job(const std::string& upload) {
    return std::string(body_of(post("/jobs", R"({"upload":")" + upload + "\"}", token_)).at("id").as_string());
  }
  // A job whose media is there.
  std::string queued_job(const std::string& media = "media") {
    const std::string upload = new_upload(media.size());
    append(upload, 0, media);
    return new_job(upload);
  }
  std::string state_of(const std::string& job) {
    return std::string(body_of(get("/jobs/" + job)).at("state").as_string());
  }

  Segment segment(uint64_t window, const std::string& text) {
    Segment segment;
    segment.window = window;
    segment.start = Millis(1000 * window);
    segment.end = Millis(1000 * window + 900);
    segment.text = text;
    return segment;
  }

  v2t::testing::ManualClock clock_;
  v2t::testing::MemoryBlobStore blobs_{clock_};
  v2t::testing::MemoryJobStore store_{clock_};
  v2t::testing::MemoryOwnerStore owners_{clock_};
  v2t::testing::MemoryUsageLog usage_;
  std::unique_ptr<Doorbell> bell_ = make_doorbell();
  ActivityBoard activities_{*bell_};
  Sessions sessions_{owners_, clock_};
  Keys keys_{owners_, clock_};
  Uploads uploads_{blobs_, store_, *bell_, {.max_size_bytes = 10'000'000, .max_incomplete = 100}};
  Jobs jobs_{{store_, blobs_, *bell_, activities_, clock_}, {}};
  Editing editing_{store_, *bell_};
  Search search_{store_};
  Quotas quotas_{quota_limits(),
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
      options(),
      Services{sessions_, keys_, quotas_, uploads_, jobs_, activities_, models_, *bell_,
               [this] {
                 return has_no_model_
                            ? Readiness{false, "no way to the hub", Error{ErrorCode::kModelUnavailable, "no way"}}
                            : Readiness{is_ready_, "the model base is being loaded", {}};
               },
               [] { return std::vector<ModelProgress>{{"small", "model.bin", 5, 486}}; }, editing_, search_})};
  std::string token_;
  std::string stranger_;
};

}  // namespace v2t::http::testing
