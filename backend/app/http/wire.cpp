// Writing, waiting and leaving.
#include "app/http/wire.h"

#include <sys/socket.h>

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <vector>

namespace v2t::http {
namespace {

namespace asio = boost::asio;
using asio::awaitable;
using asio::redirect_error;
using asio::use_awaitable;
using boost::system::error_code;

constexpr size_t kScrapBytes = 16 * 1024;

}  // namespace

Wire::Wire(asio::ip::tcp::socket socket) : socket_(std::move(socket)) {
  error_code ignored;
  socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
}

void Wire::expire_at(TimePoint deadline) {
  deadline_ = deadline;
  has_expired_ = false;
}

void Wire::sweep(TimePoint now) {
  if (now < deadline_) return;
  has_expired_ = true;
  cancel();
}

void Wire::cancel() {
  error_code ignored;
  socket_.cancel(ignored);
}

void Wire::close() {
  error_code ignored;
  socket_.close(ignored);
}

awaitable<bool> Wire::write(std::string_view first, std::string_view second, std::chrono::milliseconds time) {
  expire_after(time);
  const std::array<asio::const_buffer, 2> buffers{asio::buffer(first), asio::buffer(second)};
  error_code error;
  co_await asio::async_write(socket_, buffers, redirect_error(use_awaitable, error));
  expire_at(TimePoint::max());
  co_return !error;
}

awaitable<void> Wire::linger(std::chrono::milliseconds time) {
  error_code error;
  socket_.shutdown(asio::ip::tcp::socket::shutdown_send, error);
  expire_after(time);
  std::vector<char> scrap(kScrapBytes);
  while (!error && !has_expired_)
    co_await socket_.async_read_some(asio::buffer(scrap), redirect_error(use_awaitable, error));
}

bool Wire::has_peer_left() {
  char byte = 0;
  const ssize_t n = ::recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return n == 0 || (n < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR);
}

}  // namespace v2t::http
