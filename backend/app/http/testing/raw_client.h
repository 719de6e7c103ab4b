// A client for tests that sends exactly the bytes it is told to, over loopback.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <string>
#include <string_view>

#include "app/http/message.h"
#include "base/file.h"
#include "base/text.h"

namespace v2t::http::testing {

struct Reply {
  int status = 0;  // 0: the connection ended before a whole head
  Headers headers;
  std::string body;  // chunks joined
};

class RawClient {
 public:
  explicit RawClient(uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const timeval patience{.tv_sec = 20, .tv_usec = 0};  // against hangs only
    ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    CHECK(::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  }

  // False when the server has closed the connection.
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t n = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (n <= 0) return false;
      bytes.remove_prefix(static_cast<size_t>(n));
    }
    return true;
  }

  void end_sending() { ::shutdown(socket_.get(), SHUT_WR); }

  // The next response; `to_head`: it has no body.
  Reply receive(std::string_view to_method = "GET") {
    Reply reply;
    const auto head = take_until("\r\n\r\n");
    if (!head) return reply;
    const auto lines = split(*head, '\n');
    reply.status = std::stoi(lines.front().substr(9, 3));
    for (size_t i = 1; i < lines.size(); ++i) {
      const size_t colon = lines[i].find(':');
      if (colon != std::string::npos)
        reply.headers.add(lines[i].substr(0, colon), std::string(trim(lines[i].substr(colon + 1))));
    }
    const bool has_body = to_method != "HEAD" && reply.status >= 200 && reply.status != 204 && reply.status != 304;
    if (has_body) reply.body = take_body(reply.headers);
    return reply;
  }

  Reply ask(std::string_view request) {
    send(request);
    return receive(request.substr(0, request.find(' ')));
  }

  // Bytes up to and with the mark; nothing when the connection ends first.
  std::optional<std::string> take_until(std::string_view mark) {
    for (;;) {
      const size_t found = buffer_.find(mark);
      if (found != std::string::npos) return take(found + mark.size());
      if (!fill()) return std::nullopt;
    }
  }

  // Whether the server closes the connection without sending any more.
  bool is_closed_by_server() { return buffer_.empty() && !fill(); }

 private:
  bool fill() {
    std::array<char, 65536> piece;
    const ssize_t n = ::recv(socket_.get(), piece.data(), piece.size(), 0);
    if (n > 0) buffer_.append(piece.data(), static_cast<size_t>(n));
    return n > 0;
  }

  std::string take(size_t size) {
    while (buffer_.size() < size && fill()) continue;
    std::string taken = buffer_.substr(0, size);
    buffer_.erase(0, size);
    return taken;
  }

  std::string take_body(const Headers& headers) {
    if (const auto length = headers.find("Content-Length")) return take(std::stoul(std::string(*length)));
    std::string body;
    if (headers.find("Transfer-Encoding")) {
      for (size_t size = 1; size > 0;) {
        size = std::stoul(take_until("\r\n").value_or("0"), nullptr, 16);
        body += take(size);
        take_until("\r\n");
      }
      return body;
    }
    while (fill()) continue;
    body.swap(buffer_);
    return body;
  }

  UniqueFd socket_;
  std::string buffer_;
};

}  // namespace v2t::http::testing
