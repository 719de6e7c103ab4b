// Requests off the wire: heads under their limits, bodies piece by piece.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>

#include "app/http/head.h"
#include "app/http/server.h"
#include "app/http/wire.h"

namespace v2t::http {

// Used on the loop thread alone. Wire and limits outlive it.
class RequestReader {
 public:
  RequestReader(Wire& wire, const Limits& limits);
  RequestReader(const RequestReader&) = delete;
  RequestReader& operator=(const RequestReader&) = delete;
  ~RequestReader();

  // The next request without its body, as the client wrote it; a problem where it broke the rules or was too slow;
  // nullopt: the connection is over, nothing to answer.
  boost::asio::awaitable<std::optional<Outcome<Request>>> read_head();
  // Nothing of the next request has come yet.
  bool is_idle() const { return is_idle_; }

  // Of the request that was read last.
  bool is_http_1_0() const { return is_http_1_0_; }
  bool keeps_alive() const { return keeps_alive_; }  // as far as the client is concerned
  bool is_complete() const;                          // its whole body was read
  std::optional<uint64_t> content_length() const;

  enum class BodyEnd { kMore, kComplete, kBroken, kSlow, kInvalid };
  // Says that the body may come, where the client waits to hear it. Before the first read_body().
  boost::asio::awaitable<void> invite_body();
  // Fills `out` as far as the body goes; `n_read` counts also when it fails.
  boost::asio::awaitable<BodyEnd> read_body(std::span<std::byte> out, size_t& n_read);
  // 413 over Limits::body_bytes.
  boost::asio::awaitable<Outcome<std::string>> read_whole_body();
  static Problem body_problem(BodyEnd end);

 private:
  struct Parser;

  boost::asio::awaitable<std::optional<Outcome<size_t>>> read_head_bytes();
  Outcome<Request> parse_head(size_t size);

  Wire& wire_;
  const Limits& limits_;
  std::unique_ptr<Parser> parser_;
  Wire::TimePoint body_window_end_;
  size_t body_window_bytes_ = 0;
  bool is_first_ = true;
  bool is_idle_ = true;
  bool is_invited_ = false;  // 100 Continue was sent, or is not wanted
  bool is_http_1_0_ = false;
  bool keeps_alive_ = true;
};

}  // namespace v2t::http
