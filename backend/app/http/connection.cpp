// The one file that speaks the protocol: Beast's parser, responses, streams.
#include "app/http/connection.h"

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>

#include "app/http/tus.h"
#include "base/log.h"

namespace v2t::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::awaitable;
using asio::redirect_error;
using asio::use_awaitable;
using asio::ip::tcp;
using boost::system::error_code;
using SteadyClock = std::chrono::steady_clock;
using Parser = beast::http::request_parser<beast::http::buffer_body>;

constexpr size_t kReadBytes = 16 * 1024;
constexpr int kClientLeft = 499;  // in counts and logs: nginx's number for a client that did not wait

// Beware: g++ 12 evaluates both branches of a conditional expression among the arguments of a co_await. Compute such
// values beforehand.

// Runs a blocking function on the pool; the coroutine goes on on the loop thread.
template <class Function>
awaitable<std::invoke_result_t<Function>> on_pool(asio::thread_pool& pool, Function function) {
  using Value = std::invoke_result_t<Function>;
  auto call = [](Function& f) -> awaitable<Value> { co_return f(); };
  co_return co_await asio::co_spawn(pool, call(function), use_awaitable);
}

class HttpConnection final : public Connection {
 public:
  HttpConnection(House& house, tcp::socket socket, std::string address)
      : house_(house), limits_(house.limits()), socket_(std::move(socket)), address_(std::move(address)) {}

  awaitable<void> serve() override;
  awaitable<void> turn_away() override;
  void sweep(SteadyClock::time_point now) override;
  void stop(Stop how) override;

 private:
  enum class BodyEnd { kMore, kComplete, kBroken, kSlow, kInvalid };

  // nullopt: the connection is over, nothing to answer.
  awaitable<std::optional<Outcome<size_t>>> read_head();
  Outcome<Request> parse_head(size_t size);
  awaitable<bool> answer(Outcome<Request> request);
  void note(const Request& request, int status, SteadyClock::time_point began);
  awaitable<Outcome<Response>> respond(Request& request);
  awaitable<Outcome<Response>> respond_whole(Request& request, const Handler& handler);
  awaitable<Outcome<Response>> respond_stream(const Request& request, const StreamHandler& handler);
  awaitable<Outcome<void>> read_whole_body(Request& request);
  awaitable<void> invite_body();
  // Fills `out` as far as the body goes; `n_read` counts also when it fails.
  awaitable<BodyEnd> read_body(std::span<std::byte> out, size_t& n_read);
  Problem body_problem(BodyEnd end) const;

  awaitable<bool> send(const Request& request, Response response);
  awaitable<bool> send_file(FileSlice slice);
  awaitable<bool> send_events(EventSource& source);
  // nullopt: the client left.
  awaitable<std::optional<Outcome<Response>>> wait_for_reply(std::unique_ptr<PendingReply> pending);
  bool has_client_left();
  awaitable<bool> send_event_text(std::string text);
  awaitable<bool> write(std::string_view first, std::string_view second = {});
  awaitable<void> linger();
  void expire_after(std::chrono::milliseconds time) { deadline_ = SteadyClock::now() + time; }

  House& house_;
  const Limits& limits_;
  tcp::socket socket_;
  std::string address_;
  beast::flat_buffer buffer_;
  std::optional<Parser> parser_;
  // Nobody needs chunk extensions, and parsers differ in reading them (request smuggling).
  std::function<void(uint64_t, beast::string_view, error_code&)> refuse_extensions_ =
      [](uint64_t, beast::string_view extensions, error_code& error) {
        if (!extensions.empty()) error = beast::http::error::bad_chunk_extension;
      };
  SteadyClock::time_point deadline_ = SteadyClock::time_point::max();
  SteadyClock::time_point body_window_end_;
  size_t body_window_bytes_ = 0;
  bool has_expired_ = false;
  bool is_idle_ = true;
  bool is_invited_ = false;  // 100 Continue was sent, or is not wanted
  bool is_http_1_0_ = false;
  bool keeps_alive_ = true;
  uint64_t n_sent_ = 0;
};

// Whether the bytes are wrong, rather than missing.
bool is_malformed(const error_code& error) {
  using beast::http::error::end_of_stream;
  using beast::http::error::partial_message;
  const bool is_from_parser = error.category() == beast::http::make_error_code(end_of_stream).category();
  return is_from_parser && error != end_of_stream && error != partial_message;
}

std::string_view readable(const beast::flat_buffer& buffer) {
  return {static_cast<const char*>(buffer.data().data()), buffer.size()};
}

void HttpConnection::sweep(SteadyClock::time_point now) {
  if (now < deadline_) return;
  has_expired_ = true;
  error_code ignored;
  socket_.cancel(ignored);
}

void HttpConnection::stop(Stop how) {
  error_code ignored;
  if (how == Stop::kNow) socket_.close(ignored);
  if (is_idle_) socket_.cancel(ignored);
}

awaitable<void> HttpConnection::serve() {
  error_code ignored;
  socket_.set_option(tcp::no_delay(true), ignored);
  bool goes_on = true;
  while (goes_on && !house_.is_stopping()) {
    auto head = co_await read_head();
    if (!head) break;
    Outcome<Request> request = *head ? parse_head(**head) : Outcome<Request>(refuse(head->error()));
    goes_on = co_await answer(std::move(request));
  }
  socket_.shutdown(tcp::socket::shutdown_both, ignored);
}

awaitable<void> HttpConnection::turn_away() {
  Response response = problem_response({ErrorCode::kUnavailable, "too many connections; try again in a few seconds"});
  keeps_alive_ = false;
  Request request;
  co_await send(request, std::move(response));
  co_await linger();
}

awaitable<std::optional<Outcome<size_t>>> HttpConnection::read_head() {
  is_idle_ = true;
  has_expired_ = false;
  const bool is_first = n_sent_ == 0;
  expire_after(is_first ? limits_.header_time : limits_.idle_time);
  for (;;) {
    const auto scan = scan_head(readable(buffer_), limits_.head);
    if (!scan) co_return Outcome<size_t>(refuse(scan.error()));
    if (*scan) co_return Outcome<size_t>(**scan);
    if (is_idle_ && buffer_.size() > 0) {
      is_idle_ = false;
      if (!is_first) expire_after(limits_.header_time);
    }
    error_code error;
    const auto space = buffer_.prepare(kReadBytes);
    const size_t n = co_await socket_.async_read_some(space, redirect_error(use_awaitable, error));
    buffer_.commit(n);
    if (!error) continue;
    if (has_expired_ && !is_idle_)
      co_return Outcome<size_t>(
          refuse({408,
                  {ErrorCode::kTimeout,
                   "the request's head took longer than " + std::to_string(limits_.header_time.count()) + " ms"}}));
    co_return std::nullopt;
  }
}

Outcome<Request> HttpConnection::parse_head(size_t size) {
  is_idle_ = false;
  parser_.emplace();
  parser_->header_limit(static_cast<uint32_t>(size + 1));
  parser_->body_limit(boost::none);
  parser_->on_chunk_header(refuse_extensions_);
  error_code error;
  const size_t used = parser_->put(asio::const_buffer(buffer_.data().data(), size), error);
  buffer_.consume(used);
  if (error == beast::http::error::bad_version)
    return refuse({505, {ErrorCode::kInvalidArgument, "only HTTP/1.0 and HTTP/1.1 are spoken"}});
  if (error || !parser_->is_header_done())
    return refuse({ErrorCode::kInvalidArgument, "the request is not HTTP/1.1: " + error.message()});
  const auto& message = parser_->get();
  is_http_1_0_ = message.version() == 10;
  Request request;
  request.method = std::string(message.method_string());
  for (const auto& field : message) request.headers.add(std::string(field.name_string()), std::string(field.value()));
  ATTEMPT_VOID(check_framing(request.headers, is_http_1_0_));
  keeps_alive_ = message.keep_alive();
  is_invited_ = !request.headers.find("Expect");
  ATTEMPT(Target target, parse_target(std::string_view(message.target().data(), message.target().size())));
  request.path = std::move(target.path);
  request.query = parse_query(target.query);
  request.client = address_;
  request.method = effective_method(request);
  apply_proxy_headers(request, house_.site().policy);
  return request;
}

awaitable<bool> HttpConnection::answer(Outcome<Request> parsed) {
  const auto began = SteadyClock::now();
  const bool is_parsed = parsed.has_value();
  Outcome<Response> outcome = refuse(is_parsed ? Problem{} : parsed.error());
  Request request = is_parsed ? *std::move(parsed) : Request{};
  request.id = house_.next_request_id();
  if (is_parsed)
    outcome = co_await respond(request);
  else
    keeps_alive_ = false;
  if (outcome)
    if (auto* pending = std::get_if<std::unique_ptr<PendingReply>>(&outcome->body)) {
      const Headers known = std::move(outcome->headers);
      auto reply = co_await wait_for_reply(std::move(*pending));
      if (!reply) note(request, kClientLeft, began);
      if (!reply) co_return false;
      outcome = std::move(*reply);
      for (const auto& [name, value] : known.fields())
        if (outcome) outcome->headers.set(name, value);
    }
  const bool is_our_fault = !outcome && (outcome.error().status == 500 || outcome.error().status == 507);
  if (is_our_fault)
    log::error("request failed",
               {{"id", request.id}, {"path", request.path}, {"error", outcome.error().error.message}});
  const bool body_was_read = is_parsed && parser_->is_done();
  if (!body_was_read || house_.is_stopping()) keeps_alive_ = false;
  Response response = outcome ? *std::move(outcome) : problem_response(outcome.error());
  const int status = response.status;
  response.headers.set("X-Request-Id", request.id);
  const bool was_sent = co_await send(request, std::move(response));
  note(request, status, began);
  if (was_sent && !body_was_read) co_await linger();
  const bool goes_on = was_sent && keeps_alive_;
  co_return goes_on;
}

void HttpConnection::note(const Request& request, int status, SteadyClock::time_point began) {
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(SteadyClock::now() - began);
  if (const auto& counts = house_.site().counts)
    counts->add(request.route.empty() ? "none" : request.route, status, took);
  log::debug("request", {{"id", request.id},
                         {"method", request.method},
                         {"path", request.path},
                         {"status", std::to_string(status)},
                         {"ms", std::to_string(took.count())},
                         {"client", request.client}});
}

awaitable<Outcome<Response>> HttpConnection::respond(Request& request) {
  if (auto access = check_access(request, house_.site().policy); !access) co_return refuse(access.error());
  auto match = house_.site().router.match(request.method, request.path);
  if (!match) co_return refuse(match.error());
  request.parameters = std::move(match->parameters);
  request.route = std::move(match->route);
  if (const auto expected = request.headers.find("Expect"); expected && *expected != "100-continue")
    co_return refuse({417, {ErrorCode::kInvalidArgument, "the only Expect taken is 100-continue"}, "Expect"});
  if (const auto* handler = std::get_if<Handler>(match->handler)) co_return co_await respond_whole(request, *handler);
  co_return co_await respond_stream(request, std::get<StreamHandler>(*match->handler));
}

// Handlers do not throw; what a library throws is caught here, at one request.
template <class Function>
std::invoke_result_t<Function> guarded(Function function) {
  try {
    return function();
  } catch (const std::exception& exception) {
    return refuse({ErrorCode::kInternal, std::string("unexpected: ") + exception.what()});
  }
}

awaitable<Outcome<Response>> HttpConnection::respond_whole(Request& request, const Handler& handler) {
  const auto read = co_await read_whole_body(request);
  if (!read) co_return refuse(read.error());
  co_return co_await on_pool(house_.pool(), [&] { return guarded([&] { return handler(request); }); });
}

awaitable<Outcome<void>> HttpConnection::read_whole_body(Request& request) {
  const Problem too_large(ErrorCode::kTooLarge,
                          "the body is larger than " + std::to_string(limits_.body_bytes) + " bytes");
  if (parser_->content_length().value_or(0) > limits_.body_bytes) co_return refuse(too_large);
  if (parser_->is_done()) co_return Outcome<void>();
  co_await invite_body();
  std::vector<std::byte> piece(kReadBytes);
  BodyEnd end = BodyEnd::kMore;
  while (end == BodyEnd::kMore) {
    size_t n = 0;
    end = co_await read_body(piece, n);
    if (request.body.size() + n > limits_.body_bytes) co_return refuse(too_large);
    request.body.append(reinterpret_cast<const char*>(piece.data()), n);
  }
  if (end != BodyEnd::kComplete) co_return refuse(body_problem(end));
  co_return Outcome<void>();
}

awaitable<Outcome<Response>> HttpConnection::respond_stream(const Request& request, const StreamHandler& handler) {
  auto sink = co_await on_pool(house_.pool(), [&] { return guarded([&] { return handler(request); }); });
  if (!sink) co_return refuse(sink.error());
  BodySink& body = **sink;
  co_await invite_body();
  std::vector<std::byte> piece(limits_.piece_bytes);
  BodyEnd end = parser_->is_done() ? BodyEnd::kComplete : BodyEnd::kMore;
  while (end == BodyEnd::kMore) {
    size_t n = 0;
    end = co_await read_body(piece, n);
    if (n == 0) continue;
    const auto bytes = std::span<const std::byte>(piece).first(n);
    auto written = co_await on_pool(house_.pool(), [&] { return guarded([&] { return body.write(bytes); }); });
    if (!written) co_return refuse(written.error());
  }
  if (end == BodyEnd::kComplete)
    co_return co_await on_pool(house_.pool(), [&] { return guarded([&] { return body.finish(); }); });
  co_await on_pool(house_.pool(), [&] {
    return guarded([&] {
      body.abandon();
      return Outcome<void>();
    });
  });
  co_return refuse(body_problem(end));
}

awaitable<void> HttpConnection::invite_body() {
  body_window_end_ = SteadyClock::now() + limits_.body_window;
  body_window_bytes_ = 0;
  const bool is_needed = !is_invited_ && !is_http_1_0_ && !parser_->is_done() && buffer_.size() == 0;
  is_invited_ = true;
  if (is_needed) co_await write("HTTP/1.1 100 Continue\r\n\r\n");
}

awaitable<HttpConnection::BodyEnd> HttpConnection::read_body(std::span<std::byte> out, size_t& n_read) {
  n_read = 0;
  while (n_read < out.size() && !parser_->is_done()) {
    const auto now = SteadyClock::now();
    if (now >= body_window_end_) {
      if (body_window_bytes_ < limits_.body_window_bytes) co_return BodyEnd::kSlow;
      body_window_end_ = now + limits_.body_window;
      body_window_bytes_ = 0;
    }
    deadline_ = body_window_end_;
    has_expired_ = false;
    auto& body = parser_->get().body();
    body.data = out.data() + n_read;
    body.size = out.size() - n_read;
    const size_t wanted = body.size;
    error_code error;
    co_await beast::http::async_read_some(socket_, buffer_, *parser_, redirect_error(use_awaitable, error));
    const size_t n = wanted - body.size;
    n_read += n;
    body_window_bytes_ += n;
    if (!error || error == beast::http::error::need_buffer || has_expired_) continue;
    co_return is_malformed(error) ? BodyEnd::kInvalid : BodyEnd::kBroken;
  }
  co_return parser_->is_done() ? BodyEnd::kComplete : BodyEnd::kMore;
}

Problem HttpConnection::body_problem(BodyEnd end) const {
  if (end == BodyEnd::kSlow)
    return {408, {ErrorCode::kTimeout, "the body came too slowly; ask for the offset and go on from there"}};
  if (end == BodyEnd::kInvalid) return {ErrorCode::kInvalidArgument, "the body's chunks are malformed"};
  return {ErrorCode::kInvalidArgument, "the connection ended before the body"};
}

awaitable<bool> HttpConnection::send(const Request& request, Response response) {
  const bool is_head = request.method == "HEAD";
  auto& headers = response.headers;
  const bool is_stream = std::holds_alternative<std::unique_ptr<EventSource>>(response.body);
  const bool has_no_body = response.status == 204 || response.status == 304;
  if (is_stream && is_http_1_0_) keeps_alive_ = false;
  if (const auto* slice = std::get_if<FileSlice>(&response.body))
    headers.set("Content-Length", std::to_string(slice->length));
  else if (is_stream && !is_http_1_0_)
    headers.set("Transfer-Encoding", "chunked");
  else if (const auto* text = std::get_if<std::string>(&response.body); text != nullptr && !has_no_body)
    headers.set("Content-Length", std::to_string(text->size()));
  headers.set("Date", http_date(std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now())));
  if (!keeps_alive_ || is_http_1_0_) headers.set("Connection", keeps_alive_ ? "keep-alive" : "close");
  add_security_headers(request.path, headers);
  ++n_sent_;
  const std::string head = write_head(response.status, headers);
  const auto* text = std::get_if<std::string>(&response.body);
  std::string_view content;
  if (text != nullptr && !is_head && !has_no_body) content = *text;
  const bool head_was_sent = co_await write(head, content);
  if (!head_was_sent || is_head) co_return head_was_sent;
  if (auto* slice = std::get_if<FileSlice>(&response.body)) co_return co_await send_file(std::move(*slice));
  if (!is_stream) co_return true;
  auto& source = std::get<std::unique_ptr<EventSource>>(response.body);
  const bool was_sent = co_await send_events(*source);
  co_await on_pool(house_.pool(), [&] { source.reset(); });
  co_return was_sent;
}

awaitable<bool> HttpConnection::send_file(FileSlice slice) {
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

// A client that has closed its side will not read: the rest of the protocol knows no half-closed requests.
bool HttpConnection::has_client_left() {
  char byte = 0;
  const ssize_t n = ::recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return n == 0 || (n < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR);
}

awaitable<std::optional<Outcome<Response>>> HttpConnection::wait_for_reply(std::unique_ptr<PendingReply> pending) {
  using Patience = PendingReply::Patience;
  const auto end = SteadyClock::now() + limits_.heartbeat;
  std::optional<Outcome<Response>> reply;
  bool is_gone = false;
  while (!reply && !is_gone && !house_.is_stopping()) {
    const uint64_t seen = house_.wakes();
    const auto patience = SteadyClock::now() < end ? Patience::kLeft : Patience::kOver;
    reply = co_await on_pool(house_.pool(), [&] { return guarded([&] { return pending->poll(patience); }); });
    if (reply) break;
    co_await house_.wait_for_wake(seen, std::min(end, SteadyClock::now() + limits_.absence_check));
    is_gone = has_client_left();
  }
  co_await on_pool(house_.pool(), [&] { pending.reset(); });
  if (reply || is_gone) co_return reply;
  co_return Outcome<Response>(refuse({ErrorCode::kUnavailable, "the server is stopping; send the request again"}));
}

// The stream asks its source whenever it has sent all it had: a slow client costs one batch, however much happens.
awaitable<bool> HttpConnection::send_events(EventSource& source) {
  const bool is_whole = source.length() == EventSource::Length::kWhole;
  const auto silence = is_whole ? limits_.heartbeat : limits_.comment_interval;
  const auto end = is_whole ? SteadyClock::time_point::max() : SteadyClock::now() + limits_.stream_time;
  auto next_heartbeat = SteadyClock::now() + silence;
  bool is_complete = false;
  bool was_sent = co_await send_event_text(std::string(source.opening()));
  while (was_sent && !house_.is_stopping() && SteadyClock::now() < end) {
    const uint64_t seen = house_.wakes();
    EventSource::Batch batch = co_await on_pool(house_.pool(), [&] { return source.next(); });
    if (batch.is_broken) co_return false;
    if (batch.text.empty() && !batch.is_last && SteadyClock::now() >= next_heartbeat) batch.text = source.heartbeat();
    if (!batch.text.empty()) {
      was_sent = co_await send_event_text(std::move(batch.text));
      next_heartbeat = SteadyClock::now() + silence;
    }
    is_complete = batch.is_last;
    if (is_complete) break;
    if (!was_sent || batch.has_more) continue;
    const auto look = SteadyClock::now() + limits_.absence_check;
    const auto until = std::min(next_heartbeat, is_whole ? look : end);
    co_await house_.wait_for_wake(seen, until);
    if (is_whole && has_client_left()) co_return false;
  }
  if (is_whole && !is_complete) co_return false;
  if (was_sent && !is_http_1_0_) was_sent = co_await write("0\r\n\r\n");
  co_return was_sent;
}

awaitable<bool> HttpConnection::send_event_text(std::string text) {
  if (is_http_1_0_) co_return co_await write(text);
  std::array<char, 20> size{};
  std::snprintf(size.data(), size.size(), "%zx\r\n", text.size());
  text += "\r\n";
  co_return co_await write(size.data(), text);
}

awaitable<bool> HttpConnection::write(std::string_view first, std::string_view second) {
  expire_after(limits_.write_time);
  has_expired_ = false;
  const std::array<asio::const_buffer, 2> buffers{asio::buffer(first), asio::buffer(second)};
  error_code error;
  co_await asio::async_write(socket_, buffers, redirect_error(use_awaitable, error));
  deadline_ = SteadyClock::time_point::max();
  co_return !error;
}

// A socket closed with unread bytes is reset, and the answer may be lost with it: read on for a while.
awaitable<void> HttpConnection::linger() {
  error_code error;
  socket_.shutdown(tcp::socket::shutdown_send, error);
  expire_after(limits_.linger_time);
  has_expired_ = false;
  std::vector<char> scrap(kReadBytes);
  while (!error && !has_expired_)
    co_await socket_.async_read_some(asio::buffer(scrap), redirect_error(use_awaitable, error));
}

}  // namespace

std::unique_ptr<Connection> make_connection(House& house, tcp::socket socket, std::string address) {
  return std::make_unique<HttpConnection>(house, std::move(socket), std::move(address));
}

}  // namespace v2t::http
