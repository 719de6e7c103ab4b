// One HTTP request by libcurl: no redirects followed, stoppable at once, bounded waiting and memory.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"

namespace v2t::hub {

enum class HttpMethod { kGet, kHead };

struct HttpRequest {
  HttpMethod method = HttpMethod::kGet;
  std::string url;
  std::vector<std::string> headers;  // "Name: value"
};

struct HttpReply {
  int status = 0;
  std::map<std::string, std::string> headers;  // names in lower case

  // Empty when it is not there.
  std::string header(const std::string& name) const;
};

struct HttpFailure {
  enum class Kind {
    kNotReached,  // no connection: name, network, refusal, TLS
    kCut,         // the connection broke, or the reply is not HTTP
    kStalled,     // nothing arrived for too long
    kReceiver,    // the receiver refused the body; `error` is its own
    kCancelled,
  };
  Kind kind = Kind::kCut;
  Error error;
};

// Takes the body of a 2xx reply piece by piece; an error ends the request. Bodies of other replies are dropped.
using HttpReceiver = std::function<Result<void>(const HttpReply& reply, std::span<const std::byte> piece)>;

struct HttpTimeouts {
  std::chrono::milliseconds connect{15'000};
  std::chrono::milliseconds stall{30'000};
};

// Thread-safe. Proxies are taken from the usual environment variables, by libcurl. Only http and https.
class HttpClient {
 public:
  explicit HttpClient(HttpTimeouts timeouts);
  tl::expected<HttpReply, HttpFailure> send(const HttpRequest& request, const HttpReceiver& receive,
                                            std::stop_token stop) const;

 private:
  HttpTimeouts timeouts_;
};

}  // namespace v2t::hub
