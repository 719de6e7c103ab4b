// The HTTP server of `video2text serve`: binds at once, serves until stopped.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "app/http/head.h"
#include "app/http/request_counts.h"
#include "app/http/router.h"
#include "app/services/editing.h"
#include "app/services/jobs.h"
#include "app/services/keys.h"
#include "app/services/quotas.h"
#include "app/services/search.h"
#include "app/services/sessions.h"
#include "app/services/uploads.h"
#include "app/services/work_counts.h"
#include "app/services/worker.h"
#include "domain/doorbell.h"
#include "domain/model_library.h"

namespace v2t::http {

using namespace std::chrono_literals;

// What one client may cost. Times are short in tests.
struct Limits {
  HeadLimits head;
  size_t body_bytes = 1'000'000;        // of requests that are not uploads
  size_t piece_bytes = 256 * 1024;      // of an upload or a file, in memory
  size_t connections = 4096;            // more are answered 503
  size_t connections_per_address = 64;  // not for loopback, nor behind a trusted proxy
  std::chrono::milliseconds header_time =
      10s;  // from the first byte to the end of the head; for new connections, from the start
  std::chrono::milliseconds idle_time = 60s;    // between requests
  std::chrono::milliseconds body_window = 30s;  // a body must bring body_window_bytes in every such stretch
  size_t body_window_bytes = 30 * 1024;
  std::chrono::milliseconds write_time = 60s;   // for the client to take one piece
  std::chrono::milliseconds linger_time = 5s;   // for the client to see the answer before its unread body is cut off
  std::chrono::milliseconds stream_time = 50s;  // length of an event stream; clients resume
  std::chrono::milliseconds comment_interval = 15s;  // keeps silent event streams open
  std::chrono::milliseconds heartbeat = 10s;         // the longest silence of an answer that takes its time
  std::chrono::milliseconds absence_check = 1s;      // whether who waits for such an answer is still there
  std::chrono::milliseconds wake_interval = 50ms;    // many streams and waiters look at the store no more often
  std::chrono::milliseconds wake_pause = 1ms;        // for each of them, where that is less: few are told at once
  std::chrono::milliseconds stop_time = 4s;          // for requests under way when the server stops
};

// Who may use /v1 without a key: nobody; everybody until a key exists; everybody.
enum class OpenApi { kNever, kWithoutKeys, kAlways };

struct ServerOptions {
  std::string host = "127.0.0.1";  // an address, or "localhost"
  uint16_t port = 7860;            // 0: any free one
  bool trust_proxy = false;        // believe X-Forwarded-Proto and X-Forwarded-For
  OpenApi open_api = OpenApi::kWithoutKeys;
  std::filesystem::path static_dir;  // the built page
  std::string version;
  std::optional<int> media_kept_hours;  // for GET /server; absent: kept
  std::optional<int> transcripts_kept_days;
  bool is_ephemeral = false;  // the disk is lost at a restart
  std::string metrics_token;  // lets in to /metrics from elsewhere; empty: this machine alone
  Limits limits;
  std::shared_ptr<RequestCounts> counts = std::make_shared<RequestCounts>();
};

// Must outlive the server; all are thread-safe.
struct Services {
  Sessions& sessions;
  Keys& keys;
  Quotas& quotas;
  Uploads& uploads;
  Jobs& jobs;
  const ActivityBoard& activities;
  ModelLibrary& models;
  Doorbell& doorbell;
  std::function<Readiness()> readiness;
  std::function<std::vector<ModelProgress>()> downloads;
  Editing& editing;
  Search& search;
  std::function<WorkCounts::Totals()> work = [] { return WorkCounts::Totals(); };
};

class HttpServer {
 public:
  virtual ~HttpServer() = default;
  virtual uint16_t port() const = 0;
  // "http://127.0.0.1:7860", for people.
  virtual std::string url() const = 0;
  // Serves on the calling thread until stopped, then ends event streams, lets requests finish, and returns
  // within Limits::stop_time (plus the length of one service call). Call once.
  virtual void run(std::stop_token stop) = 0;
};

// Listens when it returns; connections wait until run(). Errors: kInvalidArgument for a host that is no address,
// kUnavailable when the port is taken, kForbidden for a port that needs root.
Result<std::unique_ptr<HttpServer>> start_server(const ServerOptions& options, const Services& services);
// The same with other routes. A ring of the doorbell makes event streams look again.
Result<std::unique_ptr<HttpServer>> start_server(const ServerOptions& options, Router router, Doorbell& doorbell);

}  // namespace v2t::http
