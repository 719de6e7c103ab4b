// Tests of keys, of /v1, of quotas and of /metrics over loopback, with the real services on stores in memory. The
// worker is the test itself.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <thread>

#include "app/http/testing/served_api.h"
#include "domain/testing/fake_speech.h"

namespace v2t::http {
namespace {

namespace json = boost::json;
using ::testing::HasSubstr;
using testing::RawClient;
using testing::Reply;
using ::testing::StartsWith;
using namespace std::chrono_literals;

class AudioApiTest : public testing::ServedApi {
 protected:
  AudioApiTest() : ServedApi(options()) { is_ready_ = true; }

  static testing::ServedApiOptions options() {
    testing::ServedApiOptions options;
    options.server.limits.heartbeat = 200ms;
    options.server.limits.absence_check = 20ms;
    options.server.metrics_token = "let me in, please";
    options.quotas = {.uploads_at_once = 10, .audio_per_day = 1h, .bytes_per_day = 200'000};
    options.largest_upload_bytes = 1000;
    return options;
  }

  static std::string part(const std::string& name, const std::string& value) {
    return "--b\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n";
  }
  static std::string file(const std::string& content) {
    return "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"talk.mp3\"\r\n\r\n" + content + "\r\n";
  }
  static std::string request(const std::string& parts, const std::string& more = "") {
    const std::string body = parts + part("model", "whisper-1") + "--b--\r\n";
    return "POST /v1/audio/transcriptions HTTP/1.1\r\nHost: localhost\r\n" + more +
           "Content-Type: multipart/form-data; boundary=b\r\nContent-Length: " + std::to_string(body.size()) +
           "\r\n\r\n" + body;
  }
  static std::string get(const std::string& path, const std::string& more = "") {
    return "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n" + more + "\r\n";
  }
  static json::object error_of(const Reply& reply) { return json::parse(reply.body).at("error").as_object(); }

  // The job of a request, once it is queued.
  Claim claim() {
    for (;;) {
      if (auto claim = store_.claim_next(30s).value()) return *std::move(claim);
      bell_->wait(bell_->rings(), 10ms, {});
    }
  }
  void say(const Claim& claim, uint64_t window, const std::string& text) {
    Segment segment = v2t::testing::fake_segment(window, "en");
    segment.text = text;
    EXPECT_TRUE(store_.append_segments(claim, window, {segment}, {Millis(30'000 * (window + 1)), {}, {}}));
    bell_->ring();
  }
  void finish(const Claim& claim) {
    EXPECT_TRUE(store_.set_language(claim, "en"));
    EXPECT_TRUE(store_.finish(claim, Millis(1500), {}));
    bell_->ring();
  }
  void wait_until_nothing_is_left() {
    const auto is_left = [&] {
      return !store_.transient(10).value().empty() || !blobs_.completed(clock_.now() + 1h).value().empty();
    };
    while (is_left()) bell_->wait(bell_->rings(), 10ms, {});
  }
};

TEST_F(AudioApiTest, ARequestIsAnsweredWithItsText) {
  RawClient client = server_.connect();
  client.send(request(file("30")));
  const Claim job = claim();
  EXPECT_TRUE(job.job.is_transient);
  EXPECT_EQ(job.job.name, "talk.mp3");
  say(job, 0, "Hello there.");
  say(job, 1, "Goodbye.");
  finish(job);
  const Reply reply = client.receive();
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(json::parse(reply.body).at("text"), "Hello there. Goodbye.");
  wait_until_nothing_is_left();
}

TEST_F(AudioApiTest, AJobMayBeKept) {
  RawClient client = server_.connect();
  client.send(request(part("keep", "true") + file("30")));
  const Claim job = claim();
  EXPECT_FALSE(job.job.is_transient);
  finish(job);
  EXPECT_EQ(client.receive().headers.find("X-V2T-Job"), job.job.id);
  EXPECT_TRUE(store_.find(job.job.owner, job.job.id));
}

TEST_F(AudioApiTest, AnAnswerThatTakesItsTimeBeginsWithBlanks) {
  RawClient client = server_.connect();
  client.send(request(file("30")));
  const Claim job = claim();
  const auto head = client.take_until("\r\n\r\n");
  EXPECT_THAT(*head, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(*head, HasSubstr("Content-Type: application/json\r\n"));
  EXPECT_EQ(client.take_until("\r\n2\r\n \n\r\n"), "1\r\n\n\r\n2\r\n \n\r\n");
  finish(job);
  EXPECT_THAT(*client.take_until("0\r\n\r\n"), HasSubstr(R"({"text":"")"));
}

TEST_F(AudioApiTest, AStreamTellsWindowByWindow) {
  RawClient client = server_.connect();
  client.send(request(part("stream", "true") + file("30")));
  const Claim job = claim();
  say(job, 0, "Hello there.");
  EXPECT_THAT(*client.take_until("\n\n\r\n"), HasSubstr("text/event-stream"));
  EXPECT_THAT(*client.take_until("\n\n\r\n"), HasSubstr(R"("delta":"Hello there.")"));
  say(job, 1, "Goodbye.");
  EXPECT_THAT(*client.take_until("\n\n\r\n"), HasSubstr(R"("delta":" Goodbye.")"));
  finish(job);
  const auto end = client.take_until("data: [DONE]\n\n");
  EXPECT_THAT(*end, HasSubstr(R"("text":"Hello there. Goodbye.")"));
  wait_until_nothing_is_left();
}

TEST_F(AudioApiTest, AFailureHasItsStatus) {
  RawClient client = server_.connect();
  client.send(request(file("30")));
  ASSERT_TRUE(store_.fail_job(claim(), {ErrorCode::kNotMedia, "talk.mp3 is no media"}));
  bell_->ring();
  const Reply reply = client.receive();
  EXPECT_EQ(reply.status, 400);
  EXPECT_EQ(reply.headers.find("X-Should-Retry"), "false");
  const auto error = error_of(reply);
  EXPECT_EQ(error.at("type"), "invalid_request_error");
  EXPECT_EQ(error.at("param"), "file");
  EXPECT_EQ(error.at("code"), "not_media");
  wait_until_nothing_is_left();
}

TEST_F(AudioApiTest, AFailureInAStreamIsAnEvent) {
  RawClient client = server_.connect();
  client.send(request(part("stream", "true") + file("30")));
  const Claim job = claim();
  say(job, 0, "Hello.");
  client.take_until("Hello.");
  ASSERT_TRUE(store_.fail_job(job, {ErrorCode::kDecoderFailed, "it broke"}));
  bell_->ring();
  EXPECT_THAT(*client.take_until("0\r\n\r\n"),
              HasSubstr("event: error\ndata: {\"error\":{\"code\":\"decoder_failed\""));
}

TEST_F(AudioApiTest, WhoLeavesCancels) {
  {
    RawClient client = server_.connect();
    client.send(request(file("30")));
    claim();
  }
  wait_until_nothing_is_left();
}

TEST_F(AudioApiTest, WhatCannotBeDoneIsToldBeforeAnyWork) {
  EXPECT_EQ(error_of(server_.ask(request(""))).at("param"), "file");
  EXPECT_EQ(server_.ask(request(file(""))).status, 400);
  EXPECT_EQ(server_.ask(request(file("30") + file("30"))).status, 400);
  EXPECT_EQ(server_.ask(request(file(std::string(1001, 'a')))).status, 413);
  EXPECT_EQ(server_.ask(request(part("prompt", std::string(70'000, 'a')) + file("30"))).status, 413);
  EXPECT_EQ(error_of(server_.ask(request(file("30") + part("temperature", "9")))).at("param"), "temperature");
  EXPECT_EQ(
      server_.ask("POST /v1/audio/transcriptions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}").status,
      415);
  EXPECT_TRUE(blobs_.abandoned(clock_.now() + 1h).value().empty());
  EXPECT_TRUE(store_.transient(10).value().empty());
}

TEST_F(AudioApiTest, ModelsAreListedWithTheAliases) {
  const auto list = json::parse(server_.ask(get("/v1/models")).body).as_object();
  EXPECT_EQ(list.at("object"), "list");
  EXPECT_EQ(json::parse(server_.ask(get("/v1/models/whisper-1")).body).at("id"), "whisper-1");
  EXPECT_EQ(server_.ask(get("/v1/models/nobody%2Fnothing")).status, 404);
  EXPECT_EQ(server_.ask(get("/v1/models/nobody/nothing")).status, 404);
  EXPECT_EQ(server_.ask(get("/v1/nothing")).status, 404);
}

TEST_F(AudioApiTest, OnceThereIsAKeyOthersStayOutside) {
  EXPECT_EQ(server_.ask(get("/v1/models", "Authorization: Bearer sk-any\r\n")).status, 200);
  const std::string key = keys_.create("laptop").value();
  const Reply refused = server_.ask(get("/v1/models", "Authorization: Bearer sk-any\r\n"));
  EXPECT_EQ(refused.status, 401);
  EXPECT_EQ(error_of(refused).at("type"), "authentication_error");
  EXPECT_EQ(server_.ask(get("/v1/models")).status, 401);
  EXPECT_EQ(server_.ask(get("/v1/models", "Authorization: Bearer " + key + "\r\n")).status, 200);
  EXPECT_EQ(server_.ask(get("/v1/models", "X-API-Key: " + key + "\r\n")).status, 200);
  const std::string token = sessions_.open("").value().token;
  EXPECT_EQ(server_.ask(get("/v1/models", "X-V2T-Session: " + token + "\r\n")).status, 200);
}

TEST_F(AudioApiTest, AKeyIsAnOwnerOnEveryPath) {
  const std::string key = keys_.create("laptop").value();
  const std::string token = sessions_.open("").value().token;
  EXPECT_EQ(server_.ask(get("/api/v1/jobs", "X-API-Key: " + key + "\r\n")).status, 200);
  EXPECT_EQ(server_.ask(get("/api/v1/jobs", "Authorization: bearer  " + key + "\r\n")).status, 200);
  EXPECT_EQ(server_.ask(get("/api/v1/jobs", "Authorization: Bearer hf_other\r\n")).status, 401);
  EXPECT_EQ(
      server_.ask(get("/api/v1/jobs", "Authorization: Bearer hf_other\r\nX-V2T-Session: " + token + "\r\n")).status,
      200);
  EXPECT_EQ(server_.ask(get("/api/v1/jobs", "X-API-Key: wrong\r\nX-V2T-Session: " + token + "\r\n")).status, 401);
  ASSERT_TRUE(keys_.revoke("laptop"));
  EXPECT_EQ(server_.ask(get("/api/v1/jobs", "X-API-Key: " + key + "\r\n")).status, 401);
}

TEST_F(AudioApiTest, WhoHasUsedUpTheDayIsToldWhenToComeBack) {
  const std::string key = keys_.create("laptop").value();
  const Caller caller{owners_.keys().value().at(0).owner, ""};
  quotas_.add_upload(caller, "earlier", 199'990);
  const Reply refused = server_.ask(request(file("30"), "X-API-Key: " + key + "\r\n"));
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.headers.find("Retry-After"), "86400");
  EXPECT_EQ(error_of(refused).at("code"), "rate_limited");
}

TEST_F(AudioApiTest, MetricsAreForThisMachineOrItsToken) {
  server_.ask(get("/healthz"));
  const Reply page = server_.ask(get("/metrics"));
  EXPECT_EQ(page.status, 200);
  EXPECT_THAT(page.body, HasSubstr("\nvideo2text_jobs{state=\"queued\"} 0\n"));
  EXPECT_THAT(page.body, HasSubstr("\nvideo2text_http_requests_total{route=\"GET /healthz\",status=\"200\"} 1\n"));
  EXPECT_THAT(page.body, HasSubstr("\nprocess_resident_memory_bytes "));
  const std::string far = "X-Forwarded-For: 10.0.0.1\r\n";
  EXPECT_EQ(server_.ask(get("/metrics", far)).status, 403);
  EXPECT_EQ(server_.ask(get("/metrics", far + "Authorization: Bearer let me in, please\r\n")).status, 200);
  EXPECT_EQ(server_.ask(get("/metrics", far + "Authorization: Bearer let me in\r\n")).status, 403);
}

}  // namespace
}  // namespace v2t::http
