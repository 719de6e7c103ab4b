// The one file that parses the protocol, by Beast's parser.
#include "app/http/request_reader.h"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <functional>
#include <vector>

namespace v2t::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::awaitable;
using asio::redirect_error;
using asio::use_awaitable;
using boost::system::error_code;
using SteadyClock = std::chrono::steady_clock;

constexpr size_t kReadBytes = 16 * 1024;

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

}  // namespace

struct RequestReader::Parser {
  using Message = beast::http::request_parser<beast::http::buffer_body>;

  beast::flat_buffer buffer;
  std::optional<Message> message;
  // Nobody needs chunk extensions, and parsers differ in reading them (request smuggling).
  std::function<void(uint64_t, beast::string_view, error_code&)> refuse_extensions =
      [](uint64_t, beast::string_view extensions, error_code& error) {
        if (!extensions.empty()) error = beast::http::error::bad_chunk_extension;
      };
};

RequestReader::RequestReader(Wire& wire, const Limits& limits)
    : wire_(wire), limits_(limits), parser_(std::make_unique<Parser>()) {}

RequestReader::~RequestReader() = default;

awaitable<std::optional<Outcome<Request>>> RequestReader::read_head() {
  auto size = co_await read_head_bytes();
  if (!size) co_return std::nullopt;
  is_first_ = false;
  if (*size) co_return parse_head(**size);
  co_return Outcome<Request>(refuse(size->error()));
}

awaitable<std::optional<Outcome<size_t>>> RequestReader::read_head_bytes() {
  is_idle_ = true;
  wire_.expire_after(is_first_ ? limits_.header_time : limits_.idle_time);
  for (;;) {
    const auto scan = scan_head(readable(parser_->buffer), limits_.head);
    if (!scan) co_return Outcome<size_t>(refuse(scan.error()));
    if (*scan) co_return Outcome<size_t>(**scan);
    if (is_idle_ && parser_->buffer.size() > 0) {
      is_idle_ = false;
      if (!is_first_) wire_.expire_after(limits_.header_time);
    }
    error_code error;
    const auto space = parser_->buffer.prepare(kReadBytes);
    const size_t n = co_await wire_.socket().async_read_some(space, redirect_error(use_awaitable, error));
    parser_->buffer.commit(n);
    if (!error) continue;
    if (wire_.has_expired() && !is_idle_)
      co_return Outcome<size_t>(
          refuse({408,
                  {ErrorCode::kTimeout,
                   "the request's head took longer than " + std::to_string(limits_.header_time.count()) + " ms"}}));
    co_return std::nullopt;
  }
}

Outcome<Request> RequestReader::parse_head(size_t size) {
  is_idle_ = false;
  keeps_alive_ = false;
  auto& parser = parser_->message.emplace();
  parser.header_limit(static_cast<uint32_t>(size + 1));
  parser.body_limit(boost::none);
  parser.on_chunk_header(parser_->refuse_extensions);
  error_code error;
  const size_t used = parser.put(asio::const_buffer(parser_->buffer.data().data(), size), error);
  parser_->buffer.consume(used);
  if (error == beast::http::error::bad_version)
    return refuse({505, {ErrorCode::kInvalidArgument, "only HTTP/1.0 and HTTP/1.1 are spoken"}});
  if (error || !parser.is_header_done())
    return refuse({ErrorCode::kInvalidArgument, "the request is not HTTP/1.1: " + error.message()});
  const auto& message = parser.get();
  is_http_1_0_ = message.version() == 10;
  Request request;
  request.method = std::string(message.method_string());
  for (const auto& field : message) request.headers.add(std::string(field.name_string()), std::string(field.value()));
  ATTEMPT_VOID(check_framing(request.headers, is_http_1_0_));
  is_invited_ = !request.headers.find("Expect");
  ATTEMPT(Target target, parse_target(std::string_view(message.target().data(), message.target().size())));
  request.path = std::move(target.path);
  request.query = parse_query(target.query);
  keeps_alive_ = message.keep_alive();
  return request;
}

bool RequestReader::is_complete() const { return parser_->message && parser_->message->is_done(); }

std::optional<uint64_t> RequestReader::content_length() const {
  const auto length = parser_->message->content_length();
  return length ? std::optional<uint64_t>(*length) : std::nullopt;
}

awaitable<void> RequestReader::invite_body() {
  body_window_end_ = SteadyClock::now() + limits_.body_window;
  body_window_bytes_ = 0;
  const bool is_needed = !is_invited_ && !is_http_1_0_ && !is_complete() && parser_->buffer.size() == 0;
  is_invited_ = true;
  if (is_needed) co_await wire_.write("HTTP/1.1 100 Continue\r\n\r\n", "", limits_.write_time);
}

awaitable<RequestReader::BodyEnd> RequestReader::read_body(std::span<std::byte> out, size_t& n_read) {
  auto& parser = *parser_->message;
  n_read = 0;
  while (n_read < out.size() && !parser.is_done()) {
    const auto now = SteadyClock::now();
    if (now >= body_window_end_) {
      if (body_window_bytes_ < limits_.body_window_bytes) co_return BodyEnd::kSlow;
      body_window_end_ = now + limits_.body_window;
      body_window_bytes_ = 0;
    }
    wire_.expire_at(body_window_end_);
    auto& body = parser.get().body();
    body.data = out.data() + n_read;
    body.size = out.size() - n_read;
    const size_t wanted = body.size;
    error_code error;
    co_await beast::http::async_read_some(wire_.socket(), parser_->buffer, parser,
                                          redirect_error(use_awaitable, error));
    const size_t n = wanted - body.size;
    n_read += n;
    body_window_bytes_ += n;
    if (!error || error == beast::http::error::need_buffer || wire_.has_expired()) continue;
    co_return is_malformed(error) ? BodyEnd::kInvalid : BodyEnd::kBroken;
  }
  co_return parser.is_done() ? BodyEnd::kComplete : BodyEnd::kMore;
}

awaitable<Outcome<std::string>> RequestReader::read_whole_body() {
  const Problem too_large(ErrorCode::kTooLarge,
                          "the body is larger than " + std::to_string(limits_.body_bytes) + " bytes");
  if (content_length().value_or(0) > limits_.body_bytes) co_return refuse(too_large);
  std::string whole;
  if (is_complete()) co_return whole;
  co_await invite_body();
  std::vector<std::byte> piece(kReadBytes);
  BodyEnd end = BodyEnd::kMore;
  while (end == BodyEnd::kMore) {
    size_t n = 0;
    end = co_await read_body(piece, n);
    if (whole.size() + n > limits_.body_bytes) co_return refuse(too_large);
    whole.append(reinterpret_cast<const char*>(piece.data()), n);
  }
  if (end != BodyEnd::kComplete) co_return refuse(body_problem(end));
  co_return whole;
}

Problem RequestReader::body_problem(BodyEnd end) {
  if (end == BodyEnd::kSlow)
    return {408, {ErrorCode::kTimeout, "the body came too slowly; ask for the offset and go on from there"}};
  if (end == BodyEnd::kInvalid) return {ErrorCode::kInvalidArgument, "the body's chunks are malformed"};
  return {ErrorCode::kInvalidArgument, "the connection ended before the body"};
}

}  // namespace v2t::http
