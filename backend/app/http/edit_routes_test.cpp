// Tests of edits, versions and the search over loopback.
#include "app/http/testing/api_fixture.h"

namespace v2t::http {
namespace {

namespace json = boost::json;
using ::testing::HasSubstr;
using testing::Reply;

class EditRoutes : public testing::ApiTest {};

TEST_F(EditRoutes, ATranscriptIsEditedVersionByVersion) {
  const std::string job = queued_job();
  const Claim claim = store_.claim_next(1s).value().value();
  ASSERT_TRUE(store_.append_segments(claim, 0, {segment(0, "Helo.")}, {Millis(1000), Millis(2000), 2.0}));
  const std::string path = "/jobs/" + job + "/transcript";
  EXPECT_EQ(*get(path).headers.find("ETag"), "\"v0\"");
  const std::string change = R"({"changes":[{"segment":0,"text":"Hello."}]})";
  EXPECT_EQ(error_of(edit(path, "", change)), "precondition_required");
  const Reply edited = edit(path, "If-Match: \"v0\"\r\n", change);
  EXPECT_EQ(edited.status, 200);
  EXPECT_EQ(*edited.headers.find("ETag"), "\"v1\"");
  EXPECT_EQ(body_of(edited).at("segments").at(0).at("text"), "Hello.");
  EXPECT_EQ(body_of(edited).at("segments").at(0).at("edited"), true);
  const Reply late = edit(path, "If-Match: \"v0\"\r\n", change);
  EXPECT_EQ(late.status, 412);
  EXPECT_EQ(error_of(late), "stale");
  EXPECT_EQ(*late.headers.find("ETag"), "\"v1\"");
  const Reply conflict = edit(path, "If-Match: *\r\n", R"({"changes":[{"segment":5,"text":"x"}]})");
  EXPECT_EQ(conflict.status, 409);
  EXPECT_EQ(body_of(conflict).at("error").at("param"), "changes[0].segment");
  EXPECT_EQ(edit(path, "If-Match: *\r\n", R"({"changes":[]})").status, 400);
  EXPECT_EQ(body_of(get(path)).at("version"), 1);
  EXPECT_EQ(body_of(get(path + "?version=0")).at("segments").at(0).at("text"), "Helo.");
  EXPECT_EQ(get(path + "?version=2").status, 404);
  EXPECT_EQ(get(path + "?version=x").status, 400);
  EXPECT_THAT(get("/jobs/" + job + "/exports/txt").body, HasSubstr("Hello."));
  EXPECT_EQ(body_of(get("/jobs/" + job)).at("version"), 1);
}

TEST_F(EditRoutes, VersionsAreListedAndRestored) {
  const std::string job = queued_job();
  const Claim claim = store_.claim_next(1s).value().value();
  ASSERT_TRUE(store_.append_segments(claim, 0, {segment(0, "One.")}, {Millis(1000), Millis(2000), 2.0}));
  ASSERT_EQ(
      edit("/jobs/" + job + "/transcript", "If-Match: *\r\n", R"({"changes":[{"segment":0,"delete":true}]})").status,
      200);
  const std::string restore = "/jobs/" + job + "/versions/0/restore";
  EXPECT_EQ(server_.ask(head("POST", restore, token_) + "\r\n").status, 428);
  const Reply restored = server_.ask(head("POST", restore, token_, "If-Match: \"v1\"\r\n") + "\r\n");
  EXPECT_EQ(restored.status, 200);
  EXPECT_EQ(body_of(restored).at("version"), 2);
  const auto versions = body_of(get("/jobs/" + job + "/versions")).at("versions").as_array();
  ASSERT_EQ(versions.size(), 3u);
  EXPECT_EQ(versions[0].at("kind"), "restore");
  EXPECT_EQ(versions[0].at("restored"), 0);
  EXPECT_EQ(versions[1].at("n_changes"), 1);
  EXPECT_EQ(versions[2].at("kind"), "recognised");
  EXPECT_EQ(
      server_.ask(head("POST", "/jobs/" + job + "/versions/x/restore", token_, "If-Match: *\r\n") + "\r\n").status,
      404);
}

TEST_F(EditRoutes, WhatWasSaidIsFound) {
  const std::string job = queued_job();
  const Claim claim = store_.claim_next(1s).value().value();
  ASSERT_TRUE(store_.append_segments(claim, 0, {segment(0, "Добрый День")}, {Millis(1000), Millis(2000), 2.0}));
  const auto found = body_of(get("/search?q=%D0%B4%D0%B5%D0%BD%D1%8C"));
  EXPECT_EQ(found.at("total"), 1);
  const auto& hit = found.at("hits").at(0);
  EXPECT_EQ(hit.at("job"), json::value(job));
  EXPECT_EQ(hit.at("parts").at(1).at("text"), "День");
  EXPECT_EQ(hit.at("parts").at(1).at("match"), true);
  EXPECT_EQ(get("/search").status, 400);
  EXPECT_EQ(get("/search?q=").status, 400);
  EXPECT_EQ(get("/search?q=%22").status, 400);
  EXPECT_EQ(get("/search?q=x&limit=0").status, 400);
  EXPECT_EQ(body_of(server_.ask(head("GET", "/search?q=%D0%B4%D0%B5%D0%BD%D1%8C", stranger_) + "\r\n")).at("total"), 0);
}

}  // namespace
}  // namespace v2t::http
