// One client's connection: request after request, each with its answer.
#include "app/http/connection.h"

#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>

#include "app/http/on_pool.h"
#include "app/http/request_reader.h"
#include "app/http/response_sender.h"
#include "app/http/tus.h"
#include "base/log.h"

namespace v2t::http {
namespace {

using boost::asio::awaitable;
using boost::asio::ip::tcp;
using SteadyClock = std::chrono::steady_clock;

constexpr int kClientLeft = 499;  // in counts and logs: nginx's number for a client that did not wait

class HttpConnection final : public Connection {
 public:
  HttpConnection(House& house, tcp::socket socket, std::string address)
      : house_(house), limits_(house.limits()), wire_(std::move(socket)), address_(std::move(address)) {}

  awaitable<void> serve() override;
  awaitable<void> turn_away() override;
  void sweep(SteadyClock::time_point now) override { wire_.sweep(now); }
  void stop(Stop how) override;

 private:
  void complete(Request& request) const;
  awaitable<bool> answer(Outcome<Request> request);
  void note(const Request& request, int status, SteadyClock::time_point began);
  awaitable<Outcome<Response>> respond(Request& request);
  awaitable<Outcome<Response>> respond_whole(Request& request, const Handler& handler);
  awaitable<Outcome<Response>> respond_stream(const Request& request, const StreamHandler& handler);
  // nullopt: the client left.
  awaitable<std::optional<Outcome<Response>>> wait_for_reply(std::unique_ptr<PendingReply> pending);

  House& house_;
  const Limits& limits_;
  Wire wire_;
  RequestReader reader_{wire_, limits_};
  ResponseSender sender_{house_, wire_};
  std::string address_;
};

void HttpConnection::stop(Stop how) {
  if (how == Stop::kNow) wire_.close();
  if (reader_.is_idle()) wire_.cancel();
}

awaitable<void> HttpConnection::serve() {
  bool goes_on = true;
  while (goes_on && !house_.is_stopping()) {
    auto head = co_await reader_.read_head();
    if (!head) break;
    goes_on = co_await answer(*std::move(head));
  }
  boost::system::error_code ignored;
  wire_.socket().shutdown(tcp::socket::shutdown_both, ignored);
}

awaitable<void> HttpConnection::turn_away() {
  Response response = problem_response({ErrorCode::kUnavailable, "too many connections; try again in a few seconds"});
  const Request request;
  const ResponseSender::Framing framing{.keeps_alive = false};
  co_await sender_.send(request, std::move(response), framing);
  co_await wire_.linger(limits_.linger_time);
}

// What the client cannot say of itself, or a proxy says for it.
void HttpConnection::complete(Request& request) const {
  request.client = address_;
  request.method = effective_method(request);
  apply_proxy_headers(request, house_.site().policy);
}

awaitable<bool> HttpConnection::answer(Outcome<Request> parsed) {
  const auto began = SteadyClock::now();
  const bool is_parsed = parsed.has_value();
  Outcome<Response> outcome = refuse(is_parsed ? Problem{} : parsed.error());
  Request request = is_parsed ? *std::move(parsed) : Request{};
  request.id = house_.next_request_id();
  if (is_parsed) {
    complete(request);
    outcome = co_await respond(request);
  }
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
  const bool body_was_read = is_parsed && reader_.is_complete();
  Response response = outcome ? *std::move(outcome) : problem_response(outcome.error());
  const bool is_stream = std::holds_alternative<std::unique_ptr<EventSource>>(response.body);
  const bool ends_by_closing = is_stream && reader_.is_http_1_0();
  const ResponseSender::Framing framing{
      .is_http_1_0 = reader_.is_http_1_0(),
      .keeps_alive = body_was_read && reader_.keeps_alive() && !ends_by_closing && !house_.is_stopping()};
  const int status = response.status;
  response.headers.set("X-Request-Id", request.id);
  const bool was_sent = co_await sender_.send(request, std::move(response), framing);
  note(request, status, began);
  if (was_sent && !body_was_read) co_await wire_.linger(limits_.linger_time);
  const bool goes_on = was_sent && framing.keeps_alive;
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
  auto body = co_await reader_.read_whole_body();
  if (!body) co_return refuse(body.error());
  request.body = *std::move(body);
  co_return co_await on_pool(house_.pool(), [&] { return guarded([&] { return handler(request); }); });
}

awaitable<Outcome<Response>> HttpConnection::respond_stream(const Request& request, const StreamHandler& handler) {
  auto sink = co_await on_pool(house_.pool(), [&] { return guarded([&] { return handler(request); }); });
  if (!sink) co_return refuse(sink.error());
  BodySink& body = **sink;
  co_await reader_.invite_body();
  std::vector<std::byte> piece(limits_.piece_bytes);
  RequestReader::BodyEnd end =
      reader_.is_complete() ? RequestReader::BodyEnd::kComplete : RequestReader::BodyEnd::kMore;
  while (end == RequestReader::BodyEnd::kMore) {
    size_t n = 0;
    end = co_await reader_.read_body(piece, n);
    if (n == 0) continue;
    const auto bytes = std::span<const std::byte>(piece).first(n);
    auto written = co_await on_pool(house_.pool(), [&] { return guarded([&] { return body.write(bytes); }); });
    if (!written) co_return refuse(written.error());
  }
  if (end == RequestReader::BodyEnd::kComplete)
    co_return co_await on_pool(house_.pool(), [&] { return guarded([&] { return body.finish(); }); });
  co_await on_pool(house_.pool(), [&] {
    return guarded([&] {
      body.abandon();
      return Outcome<void>();
    });
  });
  co_return refuse(RequestReader::body_problem(end));
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
    is_gone = wire_.has_peer_left();
  }
  // What it leaves behind is cleared away while the answer is on its way.
  boost::asio::post(house_.pool(), [over = std::move(pending)]() mutable { over.reset(); });
  if (reply || is_gone) co_return reply;
  co_return Outcome<Response>(refuse({ErrorCode::kUnavailable, "the server is stopping; send the request again"}));
}

}  // namespace

std::unique_ptr<Connection> make_connection(House& house, tcp::socket socket, std::string address) {
  return std::make_unique<HttpConnection>(house, std::move(socket), std::move(address));
}

}  // namespace v2t::http
