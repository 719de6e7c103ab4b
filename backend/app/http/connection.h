// One client's connection: requests in, responses out.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/thread_pool.hpp>
#include <chrono>
#include <memory>
#include <string>

#include "app/http/server.h"
#include "app/http/site.h"

namespace v2t::http {

// What the connections of a server share. Used on the loop thread alone, but for pool().
class House {
 public:
  virtual ~House() = default;
  virtual const Site& site() const = 0;
  virtual const Limits& limits() const = 0;
  // Runs handlers: they block.
  virtual boost::asio::thread_pool& pool() = 0;
  virtual bool is_stopping() const = 0;
  virtual std::string next_request_id() = 0;
  // Grows whenever event streams should look again.
  virtual uint64_t wakes() const = 0;
  // Returns at the time, when wakes() is not `seen` any more, or when the server stops.
  virtual boost::asio::awaitable<void> wait_for_wake(uint64_t seen, std::chrono::steady_clock::time_point until) = 0;
};

// Deadlines are kept by whoever calls sweep() every now and then: it cancels what the socket waits for, and the socket
// stays usable, so that the client can be told. Used on the loop thread alone.
class Connection {
 public:
  virtual ~Connection() = default;
  // Until the client leaves, breaks the rules, or the server stops.
  virtual boost::asio::awaitable<void> serve() = 0;
  // Says that there are too many.
  virtual boost::asio::awaitable<void> turn_away() = 0;
  virtual void sweep(std::chrono::steady_clock::time_point now) = 0;
  // Ends an idle connection; with kNow also one that is at work.
  enum class Stop { kWhenIdle, kNow };
  virtual void stop(Stop how) = 0;
};

// `house` outlives the connection; `address`: the client's, for logs.
std::unique_ptr<Connection> make_connection(House& house, boost::asio::ip::tcp::socket socket, std::string address);

}  // namespace v2t::http
