// Responses onto the wire: texts, files, event streams.
#pragma once

#include "app/http/connection.h"
#include "app/http/message.h"
#include "app/http/wire.h"

namespace v2t::http {

// Used on the loop thread alone. House and wire outlive it.
class ResponseSender {
 public:
  ResponseSender(House& house, Wire& wire) : house_(house), limits_(house.limits()), wire_(wire) {}

  struct Framing {
    bool is_http_1_0 = false;  // a stream has no chunks then, and must end with the connection
    bool keeps_alive = true;
  };
  // False when the client left or the response had to be cut off.
  boost::asio::awaitable<bool> send(const Request& request, Response response, Framing framing);

 private:
  boost::asio::awaitable<bool> send_file(FileSlice slice);
  boost::asio::awaitable<bool> send_events(EventSource& source, bool is_chunked);
  boost::asio::awaitable<bool> send_event_text(std::string text, bool is_chunked);
  boost::asio::awaitable<bool> write(std::string_view first, std::string_view second = {}) {
    return wire_.write(first, second, limits_.write_time);
  }

  House& house_;
  const Limits& limits_;
  Wire& wire_;
};

}  // namespace v2t::http
