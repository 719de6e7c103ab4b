// A client's socket with the deadline of what it is doing.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <string_view>

namespace v2t::http {

// Deadlines are kept by whoever calls sweep() every now and then: it cancels what the socket waits for, and the socket
// stays usable, so that the client can be told. Used on the loop thread alone.
class Wire {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  explicit Wire(boost::asio::ip::tcp::socket socket);

  boost::asio::ip::tcp::socket& socket() { return socket_; }
  // From now on; what expired before is forgotten.
  void expire_at(TimePoint deadline);
  void expire_after(std::chrono::milliseconds time) { expire_at(std::chrono::steady_clock::now() + time); }
  bool has_expired() const { return has_expired_; }
  void sweep(TimePoint now);
  void cancel();
  void close();

  // False when the client left or was too slow.
  boost::asio::awaitable<bool> write(std::string_view first, std::string_view second, std::chrono::milliseconds time);
  // Ends the sending side, then reads and forgets for a while: a socket closed with unread bytes is reset, and the
  // answer may be lost with it.
  boost::asio::awaitable<void> linger(std::chrono::milliseconds time);
  // A client that has closed its side will not read: the rest of the protocol knows no half-closed requests.
  bool has_peer_left();

 private:
  boost::asio::ip::tcp::socket socket_;
  TimePoint deadline_ = TimePoint::max();
  bool has_expired_ = false;
};

}  // namespace v2t::http
