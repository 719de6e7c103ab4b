// Tests of what concerns every route: sessions, strangers, other sites, limits, and what the server says of itself.
#include "app/http/testing/api_fixture.h"

namespace v2t::http {
namespace {

using testing::ApiTest;
using ::testing::HasSubstr;
using testing::RawClient;
using testing::Reply;
using ::testing::StartsWith;

TEST_F(ApiTest, ASessionIsFoundAgainByCookieAndByHeader) {
  const Reply first = post("/session", "", "");
  const std::string token(body_of(first).at("token").as_string());
  EXPECT_TRUE(body_of(first).at("is_new").as_bool());
  EXPECT_THAT(std::string(*first.headers.find("Set-Cookie")), StartsWith("v2t_session=" + token + "; Path=/"));
  EXPECT_FALSE(body_of(post("/session", "", token)).at("is_new").as_bool());
  const Reply by_cookie =
      server_.ask("GET /api/v1/jobs HTTP/1.1\r\nHost: localhost\r\nCookie: v2t_session=" + token + "\r\n\r\n");
  EXPECT_EQ(by_cookie.status, 200);
  EXPECT_EQ(server_.ask("GET /api/v1/jobs?session=" + token + " HTTP/1.1\r\nHost: localhost\r\n\r\n").status, 200);
}

TEST_F(ApiTest, WithoutASessionNothingIsAnswered) {
  for (const char* path : {"/jobs", "/models", "/jobs/aaaaaaaaaaaaaaaaaaaaaaaaaa/events"}) {
    EXPECT_EQ(server_.ask(head("GET", path, "") + "\r\n").status, 401) << path;
    EXPECT_EQ(server_.ask(head("GET", path, "wrong") + "\r\n").status, 401) << path;
  }
}

TEST_F(ApiTest, TheServerTellsWhatItIs) {
  const auto server = body_of(server_.ask(head("GET", "/server", "") + "\r\n"));
  EXPECT_EQ(server.at("version"), "1.2.3");
  EXPECT_EQ(server.at("default_model"), "base");
  EXPECT_EQ(server.at("max_upload_bytes"), 10'000'000);
  EXPECT_EQ(server.at("is_ready"), false);
  EXPECT_TRUE(server.at("error").is_null());
  EXPECT_EQ(server.at("media_kept_hours"), 24);
  EXPECT_TRUE(server.at("transcripts_kept_days").is_null());
  EXPECT_EQ(server.at("is_ephemeral"), false);
  EXPECT_EQ(server.at("has_sample"), false);
}

TEST_F(ApiTest, ReadinessIsToldWithItsReason) {
  const Reply before = server_.ask("GET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_EQ(before.status, 503);
  EXPECT_THAT(before.body, HasSubstr("being loaded"));
  is_ready_ = true;
  EXPECT_EQ(server_.ask("GET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n").status, 200);
  EXPECT_EQ(server_.ask("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n").body, R"({"status":"ok"})");
}

TEST_F(ApiTest, TheServerTellsWhyItsModelCannotBeUsed) {
  has_no_model_ = true;
  const auto server = body_of(server_.ask(head("GET", "/server", "") + "\r\n"));
  EXPECT_EQ(server.at("is_ready"), false);
  EXPECT_EQ(server.at("error").at("code"), "model_unavailable");
  EXPECT_EQ(server.at("error").at("message"), "no way");
}

TEST_F(ApiTest, ModelsAreListedWithTheirDownloads) {
  const auto list = body_of(get("/models"));
  EXPECT_EQ(list.at("models").at(0).at("is_default"), true);
  EXPECT_EQ(list.at("models").at(1).at("is_downloaded"), false);
  EXPECT_EQ(list.at("downloads").at(0).at("bytes_total"), 486);
}

TEST_F(ApiTest, ForeignAndUnknownIdsGiveTheSame404OnEveryRoute) {
  const std::string job = queued_job();
  for (const char* path :
       {"", "/transcript", "/exports/srt", "/subtitles", "/media", "/events", "/versions", "/peaks"}) {
    const auto status = [&](const std::string& id, const std::string& token) {
      return server_.ask(head("GET", "/jobs/" + id + path, token) + "\r\n").status;
    };
    EXPECT_EQ(status(job, stranger_), 404) << path;
    EXPECT_EQ(status(new_id(), token_), 404) << path;
    EXPECT_EQ(status("..%2f..%2fetc%2fpasswd", token_), 404) << path;
  }
  EXPECT_EQ(post("/jobs/" + job + "/cancel", "", stranger_).status, 404);
  EXPECT_EQ(post("/jobs/" + job + "/versions/0/restore", "", stranger_).status, 404);
  EXPECT_EQ(send_json("PATCH", "/jobs/" + job + "/transcript", "", stranger_).status, 404);
  EXPECT_EQ(send_json("PATCH", "/jobs/" + job, R"({"name":"x"})", stranger_).status, 404);
  EXPECT_EQ(send_json("DELETE", "/jobs/" + job, "", stranger_).status, 404);
  EXPECT_EQ(post("/jobs", R"({"upload":")" + new_upload(3) + "\"}", stranger_).status, 404);
}

TEST_F(ApiTest, OtherSitesCannotChangeAnything) {
  const std::string job = queued_job();
  EXPECT_EQ(server_.ask(head("DELETE", "/jobs/" + job, token_, "Sec-Fetch-Site: cross-site\r\n") + "\r\n").status, 403);
  EXPECT_EQ(state_of(job), "queued");
}

TEST_F(ApiTest, AFullDiskIs507) {
  const std::string upload = new_upload(3);
  store_.fail_writes_with(Error{ErrorCode::kDiskFull, "no space"});
  EXPECT_EQ(post("/jobs", R"({"upload":")" + upload + "\"}", token_).status, 507);
}

TEST_F(ApiTest, HeadAnswersLikeGetWithoutBody) {
  RawClient client = server_.connect();
  const Reply reply = client.ask(head("HEAD", "/jobs", token_) + "\r\n");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.headers.find("Content-Type"), "application/json");
  EXPECT_EQ(client.ask(head("GET", "/jobs", token_) + "\r\n").status, 200);
}

}  // namespace
}  // namespace v2t::http
