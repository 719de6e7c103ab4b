// Texts, files and event streams, as clients take them.
#include "app/http/response_sender.h"

#include <unistd.h>

#include <array>
#include <cstdio>

#include "app/http/on_pool.h"
#include "app/http/security.h"

namespace v2t::http {
namespace {

using boost::asio::awaitable;
using SteadyClock = std::chrono::steady_clock;

bool has_body(int status) { return status != 204 && status != 304; }

void add_framing(Response& response, ResponseSender::Framing framing) {
  auto& headers = response.headers;
  if (const auto* slice = std::get_if<FileSlice>(&response.body))
    headers.set("Content-Length", std::to_string(slice->length));
  else if (std::holds_alternative<std::unique_ptr<EventSource>>(response.body) && !framing.is_http_1_0)
    headers.set("Transfer-Encoding", "chunked");
  else if (const auto* text = std::get_if<std::string>(&response.body); text != nullptr && has_body(response.status))
    headers.set("Content-Length", std::to_string(text->size()));
  headers.set("Date", http_date(std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now())));
  if (!framing.keeps_alive || framing.is_http_1_0)
    headers.set("Connection", framing.keeps_alive ? "keep-alive" : "close");
}

}  // namespace

awaitable<bool> ResponseSender::send(const Request& request, Response response, Framing framing) {
  const bool is_head = request.method == "HEAD";
  const bool is_stream = std::holds_alternative<std::unique_ptr<EventSource>>(response.body);
  add_framing(response, framing);
  add_security_headers(request.path, response.headers);
  const std::string head = write_head(response.status, response.headers);
  const auto* text = std::get_if<std::string>(&response.body);
  std::string_view content;
  if (text != nullptr && !is_head && has_body(response.status)) content = *text;
  bool was_sent = co_await write(head, content);
  if (was_sent && !is_head) {
    if (auto* slice = std::get_if<FileSlice>(&response.body)) was_sent = co_await send_file(std::move(*slice));
    if (is_stream) {
      auto& source = std::get<std::unique_ptr<EventSource>>(response.body);
      was_sent = co_await send_events(*source, !framing.is_http_1_0);
      co_await on_pool(house_.pool(), [&] { source.reset(); });
    }
  }
  co_return was_sent;
}

awaitable<bool> ResponseSender::send_file(FileSlice slice) {
  std::string piece;
  while (slice.length > 0) {
    piece.resize(std::min<uint64_t>(limits_.piece_bytes, slice.length));
    const ssize_t n = co_await on_pool(house_.pool(), [&] {
      return ::pread(slice.file.get(), piece.data(), piece.size(), static_cast<off_t>(slice.offset));
    });
    if (n <= 0) co_return false;  // the length was promised: only a cut tells the client
    const bool was_sent = co_await write(std::string_view(piece).substr(0, static_cast<size_t>(n)));
    if (!was_sent) co_return false;
    slice.offset += static_cast<uint64_t>(n);
    slice.length -= static_cast<uint64_t>(n);
  }
  co_return true;
}

// The stream asks its source whenever it has sent all it had: a slow client costs one batch, however much happens.
awaitable<bool> ResponseSender::send_events(EventSource& source, bool is_chunked) {
  const bool is_whole = source.length() == EventSource::Length::kWhole;
  const auto silence = is_whole ? limits_.heartbeat : limits_.comment_interval;
  const auto end = is_whole ? SteadyClock::time_point::max() : SteadyClock::now() + limits_.stream_time;
  auto next_heartbeat = SteadyClock::now() + silence;
  bool is_complete = false;
  bool was_sent = co_await send_event_text(std::string(source.opening()), is_chunked);
  while (was_sent && !house_.is_stopping() && SteadyClock::now() < end) {
    const uint64_t seen = house_.wakes();
    EventSource::Batch batch = co_await on_pool(house_.pool(), [&] { return source.next(); });
    if (batch.is_broken) co_return false;
    if (batch.text.empty() && !batch.is_last && SteadyClock::now() >= next_heartbeat) batch.text = source.heartbeat();
    if (!batch.text.empty()) {
      was_sent = co_await send_event_text(std::move(batch.text), is_chunked);
      next_heartbeat = SteadyClock::now() + silence;
    }
    is_complete = batch.is_last;
    if (is_complete) break;
    if (!was_sent || batch.has_more) continue;
    const auto look = SteadyClock::now() + limits_.absence_check;
    const auto until = std::min(next_heartbeat, is_whole ? look : end);
    co_await house_.wait_for_wake(seen, until);
    if (is_whole && wire_.has_peer_left()) co_return false;
  }
  if (is_whole && !is_complete) co_return false;
  if (was_sent && is_chunked) was_sent = co_await write("0\r\n\r\n");
  co_return was_sent;
}

awaitable<bool> ResponseSender::send_event_text(std::string text, bool is_chunked) {
  if (!is_chunked) co_return co_await write(text);
  std::array<char, 20> size{};
  std::snprintf(size.data(), size.size(), "%zx\r\n", text.size());
  text += "\r\n";
  co_return co_await write(size.data(), text);
}

}  // namespace v2t::http
