// A server of the test's own routes on a free port, running on its own thread until the end of the test.
#pragma once

#include <thread>

#include "app/http/server.h"
#include "app/http/testing/raw_client.h"

namespace v2t::http::testing {

class RunningServer {
 public:
  explicit RunningServer(Result<std::unique_ptr<HttpServer>> server)
      : server_(*std::move(server)), thread_([this](std::stop_token stop) { server_->run(std::move(stop)); }) {}

  uint16_t port() const { return server_->port(); }
  RawClient connect() const { return RawClient(port()); }
  Reply ask(std::string_view request) const { return connect().ask(request); }
  // Returns once run() did.
  void stop() {
    thread_.request_stop();
    thread_.join();
  }

 private:
  std::unique_ptr<HttpServer> server_;
  std::jthread thread_;
};

}  // namespace v2t::http::testing
