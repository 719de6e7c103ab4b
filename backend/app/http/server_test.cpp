// Tests of the protocol over loopback: framing, limits, deadlines, streams, stopping.
#include "app/http/server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mman.h>

#include <atomic>
#include <condition_variable>
#include <mutex>

#include "app/http/event_frame.h"
#include "app/http/testing/running_server.h"

namespace v2t::http {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using testing::RawClient;
using testing::Reply;
using testing::RunningServer;
using ::testing::StartsWith;

const std::string kHost = "Host: localhost\r\n";

// What an upload's sink was given.
struct Received {
  std::string bytes;  // read after the reply came, or after `was_abandoned`
  bool finished = false;
  std::mutex mutex;
  std::condition_variable changed;
  bool was_abandoned = false;  // guarded by mutex

  void wait_until_abandoned() {
    std::unique_lock lock(mutex);
    changed.wait(lock, [this] { return was_abandoned; });
  }
};

class RecordingSink final : public BodySink {
 public:
  explicit RecordingSink(Received& received) : received_(received) {}
  Outcome<void> write(std::span<const std::byte> piece) override {
    received_.bytes.append(reinterpret_cast<const char*>(piece.data()), piece.size());
    if (received_.bytes.starts_with("full")) return refuse({ErrorCode::kDiskFull, "no space"});
    return {};
  }
  Outcome<Response> finish() override {
    received_.finished = true;
    return json_response(200, std::to_string(received_.bytes.size()));
  }
  void abandon() override {
    const std::scoped_lock lock(received_.mutex);
    received_.was_abandoned = true;
    received_.changed.notify_all();
  }

 private:
  Received& received_;
};

// Sends the number of rings so far as an event whenever it changes; ends at `last`.
class RingCounter final : public EventSource {
 public:
  RingCounter(Doorbell& bell, uint64_t last) : bell_(bell), last_(last) {}
  Batch next() override {
    const uint64_t rings = bell_.rings();
    if (rings == told_) return {};
    told_ = rings;
    return {.text = event_frame(rings, "ring", "{}"), .has_more = false, .is_last = rings >= last_};
  }

 private:
  Doorbell& bell_;
  uint64_t last_;
  uint64_t told_ = 0;
};

Response text_response(std::string text) {
  Response response;
  response.body = std::move(text);
  return response;
}

FileSlice file_of(std::string_view text) {
  UniqueFd file(::memfd_create("test", MFD_CLOEXEC));
  CHECK(::write(file.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size()));
  return {std::move(file), 0, text.size()};
}

class ServerTest : public ::testing::Test {
 protected:
  ServerTest() { options_.port = 0; }

  Router routes() {
    Router router;
    router.add("GET", "/hello", Handler([](const Request&) -> Outcome<Response> { return text_response("hello"); }));
    router.add("POST", "/echo",
               Handler([](const Request& request) -> Outcome<Response> { return text_response(request.body); }));
    router.add("GET", "/throw", Handler([](const Request&) -> Outcome<Response> { throw std::runtime_error("oops"); }));
    router.add("GET", "/file", Handler([this](const Request&) -> Outcome<Response> {
                 Response response;
                 response.body = file_of(file_);
                 return response;
               }));
    router.add("GET", "/events", Handler([this](const Request&) -> Outcome<Response> {
                 Response response;
                 response.headers.add("Content-Type", "text/event-stream");
                 response.body = std::make_unique<RingCounter>(*bell_, last_ring_);
                 ++streams_;
                 streams_.notify_all();
                 return response;
               }));
    router.add("PATCH", "/upload", StreamHandler([this](const Request& request) -> Outcome<std::unique_ptr<BodySink>> {
                 if (request.headers.find("X-Refuse")) return refuse({ErrorCode::kConflict, "refused"});
                 return std::make_unique<RecordingSink>(received_);
               }));
    return router;
  }

  RunningServer start() { return RunningServer(start_server(options_, routes(), *bell_)); }

  void wait_for_streams(int count) {
    for (int n = streams_; n < count; n = streams_) streams_.wait(n);
  }

  ServerOptions options_;
  std::unique_ptr<Doorbell> bell_ = make_doorbell();
  uint64_t last_ring_ = 1;
  std::string file_;
  Received received_;
  std::atomic<int> streams_ = 0;
};

TEST_F(ServerTest, ServesManyRequestsOnOneConnection) {
  const auto server = start();
  RawClient client = server.connect();
  EXPECT_EQ(client.ask("GET /hello HTTP/1.1\r\n" + kHost + "\r\n").body, "hello");
  EXPECT_EQ(client.ask("GET http://localhost/hello HTTP/1.1\r\n" + kHost + "\r\n").body, "hello");
  EXPECT_EQ(client.ask("POST /echo HTTP/1.1\r\n" + kHost + "Content-Length: 3\r\n\r\nabc").body, "abc");
}

TEST_F(ServerTest, AnswersPipelinedRequestsInOrder) {
  const auto server = start();
  RawClient client = server.connect();
  client.send("POST /echo HTTP/1.1\r\n" + kHost + "Content-Length: 3\r\n\r\nabcGET /hello HTTP/1.1\r\n" + kHost +
              "\r\n");
  EXPECT_EQ(client.receive().body, "abc");
  EXPECT_EQ(client.receive().body, "hello");
}

TEST_F(ServerTest, JoinsChunksOfABody) {
  const auto server = start();
  EXPECT_EQ(
      server.ask("POST /echo HTTP/1.1\r\n" + kHost + "Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n")
          .body,
      "abc");
}

TEST_F(ServerTest, HeadHasTheHeadOfGetWithoutBody) {
  const auto server = start();
  RawClient client = server.connect();
  const Reply reply = client.ask("HEAD /hello HTTP/1.1\r\n" + kHost + "\r\n");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.headers.find("Content-Length"), "5");
  EXPECT_EQ(client.ask("GET /hello HTTP/1.1\r\n" + kHost + "\r\n").body, "hello");
}

TEST_F(ServerTest, EveryAnswerIsProtectedAndNamed) {
  const Reply reply = start().ask("GET /nothing HTTP/1.1\r\n" + kHost + "\r\n");
  EXPECT_EQ(reply.status, 404);
  EXPECT_THAT(reply.body, StartsWith(R"({"error":{"code":"not_found")"));
  EXPECT_EQ(reply.headers.find("X-Content-Type-Options"), "nosniff");
  EXPECT_THAT(std::string(*reply.headers.find("Content-Security-Policy")), HasSubstr("frame-ancestors 'self'"));
  EXPECT_THAT(std::string(*reply.headers.find("Content-Security-Policy")), Not(HasSubstr("unsafe")));
  EXPECT_TRUE(reply.headers.find("X-Request-Id"));
  EXPECT_TRUE(reply.headers.find("Date"));
}

TEST_F(ServerTest, ClosesAfterHttp10UnlessAskedNotTo) {
  const auto server = start();
  RawClient client = server.connect();
  EXPECT_EQ(client.ask("GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").body, "hello");
  EXPECT_EQ(client.ask("GET /hello HTTP/1.0\r\n\r\n").body, "hello");
  EXPECT_TRUE(client.is_closed_by_server());
}

TEST_F(ServerTest, KnownPathWithAnotherMethodIs405) {
  const Reply reply = start().ask("DELETE /hello HTTP/1.1\r\n" + kHost + "\r\n");
  EXPECT_EQ(reply.status, 405);
  EXPECT_EQ(reply.headers.find("Allow"), "GET, HEAD");
}

TEST_F(ServerTest, AThrowingHandlerCostsOneRequest) {
  const auto server = start();
  RawClient client = server.connect();
  EXPECT_EQ(client.ask("GET /throw HTTP/1.1\r\n" + kHost + "\r\n").status, 500);
  EXPECT_EQ(client.ask("GET /hello HTTP/1.1\r\n" + kHost + "\r\n").status, 200);
}

// One request that must be refused, after which the connection is closed.
class RefusedRequest : public ServerTest, public ::testing::WithParamInterface<std::pair<int, std::string>> {
 protected:
  RefusedRequest() { options_.limits.body_bytes = 1000; }
};

TEST_P(RefusedRequest, IsAnsweredAndTheConnectionClosed) {
  const auto server = start();
  RawClient client = server.connect();
  const Reply reply = client.ask(GetParam().second);
  EXPECT_EQ(reply.status, GetParam().first);
  EXPECT_THAT(reply.body, StartsWith("{\"error\":"));
  EXPECT_EQ(reply.headers.find("Connection"), "close");
  client.end_sending();
  EXPECT_TRUE(client.is_closed_by_server());
  EXPECT_EQ(server.ask("GET /hello HTTP/1.1\r\n" + kHost + "\r\n").status, 200);
}

std::string chunked(const std::string& body) {
  return "POST /echo HTTP/1.1\r\n" + kHost + "Transfer-Encoding: chunked\r\n\r\n" + body;
}

INSTANTIATE_TEST_SUITE_P(
    Smuggling, RefusedRequest,
    ::testing::Values(
        std::pair{400, "POST /echo HTTP/1.1\r\n" + kHost +
                           "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
        std::pair{400, "POST /echo HTTP/1.1\r\n" + kHost + "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello"},
        std::pair{400, "POST /echo HTTP/1.1\r\n" + kHost + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello"},
        std::pair{400, "POST /echo HTTP/1.1\r\n" + kHost + "Content-Length: 5, 5\r\n\r\nhello"},
        std::pair{400, "POST /echo HTTP/1.1\r\n" + kHost + "Content-Length: -1\r\n\r\n"},
        std::pair{400, "POST /echo HTTP/1.1\r\n" + kHost + "Content-Length : 5\r\n\r\nhello"},
        std::pair{400, "POST /echo HTTP/1.1\r\n" + kHost + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"},
        std::pair{400, "POST /echo HTTP/1.1\r\n" + kHost + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"},
        std::pair{400, std::string("GET /hello HTTP/1.1\nHost: localhost\n\n")},
        std::pair{400, std::string("GET /hello HTTP/1.1\r\nHost: localhost\n\r\n")},
        std::pair{400, "GET /hello HTTP/1.1\r\n" + kHost + kHost + "\r\n"},
        std::pair{400, std::string("GET /hello HTTP/1.1\r\n\r\n")},
        std::pair{400, "GET /hello HTTP/1.1\r\n" + kHost + "A: b\r\n c\r\n\r\n"},
        std::pair{400, chunked("5;a=b\r\nhello\r\n0\r\n\r\n")}, std::pair{400, chunked("zz\r\nhello\r\n0\r\n\r\n")},
        std::pair{400, chunked("5\nhello\r\n0\r\n\r\n")}, std::pair{400, chunked("5\r\nhelloX\r\n0\r\n\r\n")},
        std::pair{400, std::string("GARBAGE\r\n\r\n")}, std::pair{400, "GET hello HTTP/1.1\r\n" + kHost + "\r\n"},
        std::pair{505, "GET /hello HTTP/1.2\r\n" + kHost + "\r\n"}));

INSTANTIATE_TEST_SUITE_P(
    Limits, RefusedRequest,
    ::testing::Values(std::pair{413, "POST /echo HTTP/1.1\r\n" + kHost + "Content-Length: 1001\r\n\r\n"},
                      std::pair{413, chunked("8000\r\n" + std::string(0x8000, 'a') + "\r\n0\r\n\r\n")},
                      std::pair{414, "GET /" + std::string(9000, 'a') + " HTTP/1.1\r\n" + kHost + "\r\n"},
                      std::pair{431, "GET / HTTP/1.1\r\n" + kHost + "A: " + std::string(20000, 'a') + "\r\n\r\n"},
                      std::pair{417,
                                "POST /echo HTTP/1.1\r\n" + kHost + "Expect: 200-ok\r\nContent-Length: 3\r\n\r\n"}));

TEST_F(ServerTest, AForeignHostIsRefusedOnLoopback) {
  EXPECT_EQ(start().ask("GET /hello HTTP/1.1\r\nHost: evil.example\r\n\r\n").status, 403);
}

TEST_F(ServerTest, InvitesTheBodyOfAClientThatAsks) {
  const auto server = start();
  RawClient client = server.connect();
  client.send("POST /echo HTTP/1.1\r\n" + kHost + "Expect: 100-continue\r\nContent-Length: 3\r\n\r\n");
  EXPECT_EQ(client.receive().status, 100);
  EXPECT_EQ(client.ask("abc").body, "abc");
}

TEST_F(ServerTest, DoesNotInviteABodyThatItRefuses) {
  const auto server = start();
  EXPECT_EQ(server
                .ask("PATCH /upload HTTP/1.1\r\n" + kHost +
                     "X-Refuse: 1\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n")
                .status,
            409);
}

TEST_F(ServerTest, ASlowHeadIsToldAndClosed) {
  options_.limits.header_time = 100ms;
  const auto server = start();
  RawClient client = server.connect();
  EXPECT_EQ(client.ask("GET /hello HT").status, 408);
  client.end_sending();
  EXPECT_TRUE(client.is_closed_by_server());
}

TEST_F(ServerTest, ASilentConnectionIsClosed) {
  options_.limits.header_time = 100ms;
  const auto server = start();
  EXPECT_TRUE(server.connect().is_closed_by_server());
}

TEST_F(ServerTest, AnIdleConnectionIsClosed) {
  options_.limits.idle_time = 100ms;
  const auto server = start();
  RawClient client = server.connect();
  EXPECT_EQ(client.ask("GET /hello HTTP/1.1\r\n" + kHost + "\r\n").status, 200);
  EXPECT_TRUE(client.is_closed_by_server());
}

TEST_F(ServerTest, AStreamedBodyArrivesWhole) {
  const std::string body(3'000'000, 'x');
  const auto server = start();
  const Reply reply = server.ask("PATCH /upload HTTP/1.1\r\n" + kHost + "Content-Length: 3000000\r\n\r\n" + body);
  EXPECT_EQ(reply.body, "3000000");
  EXPECT_EQ(received_.bytes, body);
}

TEST_F(ServerTest, ACutBodyIsKeptAsFarAsItCame) {
  const auto server = start();
  {
    RawClient client = server.connect();
    client.send("PATCH /upload HTTP/1.1\r\n" + kHost + "Content-Length: 100\r\n\r\nfirst bytes");
  }
  received_.wait_until_abandoned();
  EXPECT_EQ(received_.bytes, "first bytes");
  EXPECT_FALSE(received_.finished);
}

TEST_F(ServerTest, ASlowBodyIsKeptAsFarAsItCameAndTheClientIsTold) {
  options_.limits.body_window = 100ms;
  const auto server = start();
  const Reply reply = server.ask("PATCH /upload HTTP/1.1\r\n" + kHost + "Content-Length: 100\r\n\r\nfirst bytes");
  EXPECT_EQ(reply.status, 408);
  received_.wait_until_abandoned();
  EXPECT_EQ(received_.bytes, "first bytes");
}

TEST_F(ServerTest, ASinkThatIsFullAnswersInTheMiddleOfTheBody) {
  const auto server = start();
  RawClient client = server.connect();
  client.send("PATCH /upload HTTP/1.1\r\n" + kHost + "Content-Length: 100000000\r\n\r\nfull" +
              std::string(600'000, 'x'));
  EXPECT_EQ(client.receive().status, 507);
}

TEST_F(ServerTest, SendsFilesLargerThanAPiece) {
  for (int i = 0; i < 200'000; ++i) file_ += std::to_string(i);
  EXPECT_EQ(start().ask("GET /file HTTP/1.1\r\n" + kHost + "\r\n").body, file_);
}

TEST_F(ServerTest, AnEventStreamTellsEachRingAndEnds) {
  last_ring_ = 2;
  const auto server = start();
  RawClient client = server.connect();
  client.send("GET /events HTTP/1.1\r\n" + kHost + "\r\n");
  EXPECT_TRUE(client.take_until("retry: 1000\n\n"));
  bell_->ring();
  EXPECT_TRUE(client.take_until("id: 1\nevent: ring\ndata: {}\n\n"));
  bell_->ring();
  EXPECT_TRUE(client.take_until("id: 2\nevent: ring\ndata: {}\n\n\r\n0\r\n\r\n"));
  EXPECT_EQ(client.ask("GET /hello HTTP/1.1\r\n" + kHost + "\r\n").body, "hello");
}

TEST_F(ServerTest, ASilentEventStreamIsKeptOpenByCommentsUntilItsTime) {
  options_.limits.comment_interval = 20ms;
  options_.limits.stream_time = 200ms;
  const Reply reply = start().ask("GET /events HTTP/1.1\r\n" + kHost + "\r\n");
  EXPECT_THAT(reply.body, StartsWith("retry: 1000\n\n: still here\n\n: still here\n\n"));
}

TEST_F(ServerTest, AnEventStreamForHttp10IsNotChunked) {
  bell_->ring();
  EXPECT_EQ(start().ask("GET /events HTTP/1.0\r\n\r\n").body, "retry: 1000\n\nid: 1\nevent: ring\ndata: {}\n\n");
}

TEST_F(ServerTest, HoldsTwoHundredEventStreamsBesideOtherRequests) {
  const auto server = start();
  std::vector<RawClient> clients;
  for (int i = 0; i < 200; ++i) clients.push_back(server.connect());
  for (auto& client : clients) client.send("GET /events HTTP/1.1\r\n" + kHost + "\r\n");
  wait_for_streams(200);
  EXPECT_EQ(server.ask("GET /hello HTTP/1.1\r\n" + kHost + "\r\n").status, 200);
  bell_->ring();
  for (auto& client : clients) EXPECT_THAT(client.receive().body, HasSubstr("event: ring"));
}

TEST_F(ServerTest, TooManyConnectionsAreToldToWait) {
  options_.limits.connections = 1;
  const auto server = start();
  RawClient first = server.connect();
  EXPECT_EQ(first.ask("GET /hello HTTP/1.1\r\n" + kHost + "\r\n").status, 200);
  const Reply reply = server.connect().receive();
  EXPECT_EQ(reply.status, 503);
  EXPECT_TRUE(reply.headers.find("Retry-After"));
  EXPECT_EQ(first.ask("GET /hello HTTP/1.1\r\n" + kHost + "\r\n").status, 200);
}

TEST_F(ServerTest, StoppingEndsStreamsAndIdleConnections) {
  auto server = start();
  RawClient idle = server.connect();
  EXPECT_EQ(idle.ask("GET /hello HTTP/1.1\r\n" + kHost + "\r\n").status, 200);
  RawClient stream = server.connect();
  stream.send("GET /events HTTP/1.1\r\n" + kHost + "\r\n");
  EXPECT_TRUE(stream.take_until("retry: 1000\n\n"));
  server.stop();
  EXPECT_TRUE(stream.take_until("0\r\n\r\n"));
  EXPECT_TRUE(idle.is_closed_by_server());
}

TEST_F(ServerTest, StoppingCutsAnUploadThatDoesNotEndAndKeepsItsBytes) {
  options_.limits.stop_time = 100ms;
  auto server = start();
  RawClient client = server.connect();
  client.send("PATCH /upload HTTP/1.1\r\n" + kHost + "Expect: 100-continue\r\nContent-Length: 100\r\n\r\n");
  EXPECT_EQ(client.receive().status, 100);
  server.stop();
  received_.wait_until_abandoned();
}

TEST_F(ServerTest, APortThatIsTakenIsNamed) {
  const auto server = start();
  options_.port = server.port();
  const auto second = start_server(options_, routes(), *bell_);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(second.error().message, HasSubstr("port " + std::to_string(server.port())));
  EXPECT_THAT(second.error().message, HasSubstr("--port"));
}

TEST_F(ServerTest, AHostThatIsNoAddressIsRefused) {
  options_.host = "no such host";
  EXPECT_EQ(start_server(options_, routes(), *bell_).error().code, ErrorCode::kInvalidArgument);
}

TEST_F(ServerTest, ListensBeforeItRuns) {
  const auto server = start_server(options_, routes(), *bell_);
  ASSERT_TRUE(server);
  EXPECT_NE((*server)->port(), 0);
  EXPECT_EQ((*server)->url(), "http://127.0.0.1:" + std::to_string((*server)->port()));
  RawClient client((*server)->port());
}

}  // namespace
}  // namespace v2t::http
