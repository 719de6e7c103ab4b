// Listening, accepting, deadlines, wake-ups, stopping. All runs on the loop thread, so nothing here needs a lock.
#include "app/http/server.h"

#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <list>
#include <map>

#include "app/http/connection.h"
#include "base/log.h"

namespace v2t::http {
namespace {

namespace asio = boost::asio;
using asio::awaitable;
using asio::redirect_error;
using asio::use_awaitable;
using asio::ip::tcp;
using boost::system::error_code;
using SteadyClock = std::chrono::steady_clock;

// Service calls wait for the disk (fsync), not for the processor: a few threads serve many connections.
constexpr size_t kServiceThreads = 4;
constexpr std::chrono::milliseconds kSweepInterval{100};

class Server final : public HttpServer, private House {
 public:
  Server(ServerOptions options, tcp::acceptor acceptor, std::unique_ptr<asio::io_context> io);
  ~Server() override;
  void prepare(Router router, Doorbell& doorbell);

  uint16_t port() const override { return port_; }
  std::string url() const override { return url_; }
  void run(std::stop_token stop) override;

 private:
  const Site& site() const override { return site_; }
  const Limits& limits() const override { return options_.limits; }
  asio::thread_pool& pool() override { return pool_; }
  bool is_stopping() const override { return is_stopping_; }
  uint64_t wakes() const override { return wakes_; }
  awaitable<void> wait_for_wake(uint64_t seen, SteadyClock::time_point until) override;
  std::string next_request_id() override { return id_prefix_ + '-' + std::to_string(++n_requests_); }

  awaitable<void> accept_loop();
  awaitable<void> serve(tcp::socket socket, std::string address);
  awaitable<void> sweep_loop();
  awaitable<void> wake_loop();
  bool is_crowded(const tcp::endpoint& client) const;
  void begin_stop();
  void wake_streams();

  ServerOptions options_;
  Site site_;
  std::unique_ptr<asio::io_context> io_;
  tcp::acceptor acceptor_;
  uint16_t port_ = 0;
  std::string url_;
  asio::thread_pool pool_{kServiceThreads};
  std::list<Connection*> connections_;
  std::map<std::string, size_t> per_address_;
  std::list<asio::steady_timer*> sleeping_streams_;
  asio::steady_timer sweep_timer_;
  asio::steady_timer wake_timer_;
  std::atomic<bool> wake_is_pending_{false};
  uint64_t wakes_ = 0;
  bool is_stopping_ = false;
  SteadyClock::time_point kill_time_ = SteadyClock::time_point::max();
  std::string id_prefix_ = new_id().substr(0, 6);
  uint64_t n_requests_ = 0;
  std::shared_ptr<void> doorbell_handle_;
};

Server::Server(ServerOptions options, tcp::acceptor acceptor, std::unique_ptr<asio::io_context> io)
    : options_(std::move(options)),
      io_(std::move(io)),
      acceptor_(std::move(acceptor)),
      sweep_timer_(*io_),
      wake_timer_(*io_) {}

Server::~Server() {
  doorbell_handle_.reset();
  pool_.join();
}

std::string url_of(const tcp::endpoint& endpoint) {
  const auto address = endpoint.address();
  const std::string host = address.is_v6() ? '[' + address.to_string() + ']' : address.to_string();
  return "http://" + (address.is_unspecified() ? "localhost" : host) + ':' + std::to_string(endpoint.port());
}

void Server::prepare(Router router, Doorbell& doorbell) {
  const auto endpoint = acceptor_.local_endpoint();
  port_ = endpoint.port();
  url_ = url_of(endpoint);
  site_.policy = {.is_loopback = endpoint.address().is_loopback(), .trust_proxy = options_.trust_proxy};
  site_.router = std::move(router);
  site_.counts = options_.counts;
  doorbell_handle_ = doorbell.subscribe([this] {
    if (!wake_is_pending_.exchange(true)) asio::post(*io_, [this] { wake_timer_.cancel(); });
  });
}

void Server::run(std::stop_token stop) {
  asio::co_spawn(*io_, accept_loop(), asio::detached);
  asio::co_spawn(*io_, sweep_loop(), asio::detached);
  asio::co_spawn(*io_, wake_loop(), asio::detached);
  const std::stop_callback on_stop(stop, [this] { asio::post(*io_, [this] { begin_stop(); }); });
  io_->run();
}

void Server::begin_stop() {
  is_stopping_ = true;
  kill_time_ = SteadyClock::now() + options_.limits.stop_time;
  error_code ignored;
  acceptor_.close(ignored);
  for (Connection* connection : connections_) connection->stop(Connection::Stop::kWhenIdle);
  wake_timer_.cancel();
  sweep_timer_.cancel();
  wake_streams();
}

bool Server::is_crowded(const tcp::endpoint& client) const {
  if (connections_.size() >= options_.limits.connections) return true;
  if (options_.trust_proxy || client.address().is_loopback()) return false;
  const auto count = per_address_.find(client.address().to_string());
  return count != per_address_.end() && count->second >= options_.limits.connections_per_address;
}

awaitable<void> Server::accept_loop() {
  while (!is_stopping_) {
    error_code error;
    tcp::endpoint client;
    tcp::socket socket = co_await acceptor_.async_accept(client, redirect_error(use_awaitable, error));
    if (!error && connections_.size() >= 2 * options_.limits.connections) continue;  // not even told
    if (!error) {
      asio::co_spawn(*io_, serve(std::move(socket), client.address().to_string()), asio::detached);
      continue;
    }
    if (is_stopping_) break;
    log::warning("cannot accept a connection", {{"error", error.message()}});
    asio::steady_timer pause(*io_, kSweepInterval);  // out of descriptors: others must end first
    co_await pause.async_wait(redirect_error(use_awaitable, error));
  }
}

awaitable<void> Server::serve(tcp::socket socket, std::string address) {
  error_code error;
  const auto client = socket.remote_endpoint(error);
  const bool crowded = is_crowded(client);
  const auto connection = make_connection(*this, std::move(socket), address);
  const auto place = connections_.insert(connections_.end(), connection.get());
  ++per_address_[address];
  try {
    if (crowded)
      co_await connection->turn_away();
    else
      co_await connection->serve();
  } catch (const std::exception& exception) {
    log::error("a connection failed", {{"client", address}, {"error", exception.what()}});
  }
  connections_.erase(place);
  if (--per_address_[address] == 0) per_address_.erase(address);
  if (is_stopping_) sweep_timer_.cancel();  // nothing may be left to wait for
}

awaitable<void> Server::sweep_loop() {
  while (!is_stopping_ || !connections_.empty()) {
    error_code error;
    sweep_timer_.expires_after(kSweepInterval);
    co_await sweep_timer_.async_wait(redirect_error(use_awaitable, error));
    const auto now = SteadyClock::now();
    for (Connection* connection : connections_) {
      connection->sweep(now);
      if (now >= kill_time_) connection->stop(Connection::Stop::kNow);
    }
  }
}

awaitable<void> Server::wake_loop() {
  while (!is_stopping_) {
    error_code error;
    if (!wake_is_pending_) {
      wake_timer_.expires_at(SteadyClock::time_point::max());
      co_await wake_timer_.async_wait(redirect_error(use_awaitable, error));
      continue;
    }
    wake_is_pending_ = false;
    const auto n_waiting = static_cast<int64_t>(sleeping_streams_.size());
    wake_streams();
    asio::steady_timer pause(*io_, std::min(options_.limits.wake_interval, options_.limits.wake_pause * n_waiting));
    co_await pause.async_wait(redirect_error(use_awaitable, error));
  }
}

void Server::wake_streams() {
  ++wakes_;
  for (asio::steady_timer* timer : sleeping_streams_) timer->cancel();
}

awaitable<void> Server::wait_for_wake(uint64_t seen, SteadyClock::time_point until) {
  if (wakes_ != seen || is_stopping_) co_return;
  asio::steady_timer timer(*io_, until);
  const auto place = sleeping_streams_.insert(sleeping_streams_.end(), &timer);
  error_code error;
  co_await timer.async_wait(redirect_error(use_awaitable, error));
  sleeping_streams_.erase(place);
}

Error listen_error(const ServerOptions& options, const error_code& error) {
  const std::string port = std::to_string(options.port);
  if (error == asio::error::address_in_use)
    return {ErrorCode::kUnavailable,
            "port " + port + " on " + options.host +
                " is taken by another program; stop that one, or choose another port with --port or PORT"};
  if (error == asio::error::access_denied)
    return {ErrorCode::kForbidden, "port " + port + " needs root; choose one above 1023 with --port or PORT"};
  return {ErrorCode::kInvalidArgument, "cannot listen on " + options.host + " port " + port + ": " + error.message() +
                                           "; choose an address of this machine with --host or HOST"};
}

}  // namespace

Result<std::unique_ptr<HttpServer>> start_server(const ServerOptions& options, Router router, Doorbell& doorbell) {
  error_code error;
  const auto address = asio::ip::make_address(options.host == "localhost" ? "127.0.0.1" : options.host, error);
  if (error)
    return fail(ErrorCode::kInvalidArgument,
                "--host takes an address such as 127.0.0.1 or 0.0.0.0, not " + options.host);
  auto io = std::make_unique<asio::io_context>(1);
  tcp::acceptor acceptor(*io);
  const tcp::endpoint endpoint(address, options.port);
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error) return tl::unexpected<Error>(listen_error(options, error));
  auto server = std::make_unique<Server>(options, std::move(acceptor), std::move(io));
  server->prepare(std::move(router), doorbell);
  return server;
}

}  // namespace v2t::http
