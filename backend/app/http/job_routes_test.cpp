// Tests of jobs over loopback: made, listed, changed.
#include "app/http/testing/api_fixture.h"

namespace v2t::http {
namespace {

namespace json = boost::json;
using ::testing::HasSubstr;
using testing::Reply;

class JobRoutes : public testing::ApiTest {};

TEST_F(JobRoutes, AJobMayBeMadeBeforeItsBytesAreThere) {
  const std::string upload = new_upload(3);
  const Reply reply = post("/jobs",
                           R"({"upload":")" + upload +
                               R"(","settings":{"language":"ru","audio_track":2,)"
                               R"("languages":["ru"],"hotwords":["Кулун"],"beam_size":3}})",
                           token_);
  EXPECT_EQ(reply.status, 201);
  const auto job = body_of(reply);
  EXPECT_EQ(job.at("state"), "uploading");
  EXPECT_EQ(job.at("name"), "lecture.mp4");
  EXPECT_EQ(job.at("settings").at("language"), "ru");
  EXPECT_EQ(job.at("settings").at("audio_track"), 2);
  EXPECT_EQ(job.at("settings").at("languages"), json::array({"ru"}));
  EXPECT_EQ(job.at("settings").at("hotwords"), json::array({"Кулун"}));
  EXPECT_EQ(job.at("settings").at("beam_size"), 3);
  EXPECT_EQ(job.at("upload").at("received_bytes"), 0);
  append(upload, 0, "abc");
  EXPECT_EQ(state_of(std::string(job.at("id").as_string())), "queued");
}

TEST_F(JobRoutes, BadJobsNameTheField) {
  const std::string upload = new_upload(3);
  const auto refused = [&](const std::string& body) { return post("/jobs", body, token_).body; };
  EXPECT_THAT(refused("{"), HasSubstr("not JSON"));
  EXPECT_THAT(refused("[]"), HasSubstr("JSON object"));
  EXPECT_THAT(refused("{}"), HasSubstr(R"("param":"upload")"));
  EXPECT_THAT(refused(R"({"upload":")" + upload + R"(","x":1})"), HasSubstr(R"("param":"x")"));
  const auto with = [&](const std::string& settings) {
    return refused(R"({"upload":")" + upload + R"(","settings":)" + settings + "}");
  };
  EXPECT_THAT(with("1"), HasSubstr(R"("param":"settings")"));
  EXPECT_THAT(with(R"({"task":"sing"})"), HasSubstr(R"("param":"settings.task")"));
  EXPECT_THAT(with(R"({"audio_track":0})"), HasSubstr(R"("param":"settings.audio_track")"));
  EXPECT_THAT(with(R"({"word_timestamps":1})"), HasSubstr(R"("param":"settings.word_timestamps")"));
  EXPECT_THAT(with(R"({"language":"xx"})"), HasSubstr(R"("param":"settings.language")"));
  EXPECT_THAT(with(R"({"languages":"ru"})"), HasSubstr(R"("param":"settings.languages")"));
  EXPECT_THAT(with(R"({"hotwords":[1]})"), HasSubstr(R"("param":"settings.hotwords")"));
  EXPECT_THAT(with(R"({"beam_size":0})"), HasSubstr(R"("param":"settings.beam_size")"));
  EXPECT_THAT(with(R"({"model":"../../etc"})"), HasSubstr(R"("param":"settings.model")"));
  EXPECT_EQ(post("/jobs", std::string(40, '[') + std::string(40, ']'), token_).status, 400);
}

TEST_F(JobRoutes, JobsAreListedNewestFirstInPages) {
  const std::string first = queued_job();
  const std::string second = queued_job();
  const auto page = body_of(get("/jobs?limit=1"));
  EXPECT_EQ(page.at("total"), 2);
  ASSERT_EQ(page.at("jobs").as_array().size(), 1u);
  EXPECT_EQ(page.at("jobs").at(0).at("id"), json::value(second));
  EXPECT_EQ(body_of(get("/jobs?limit=1&offset=1")).at("jobs").at(0).at("id"), json::value(first));
  for (const char* query : {"limit=0", "limit=201", "limit=x", "offset=-1"})
    EXPECT_EQ(get(std::string("/jobs?") + query).status, 400) << query;
}

TEST_F(JobRoutes, AJobIsRenamedCancelledAndDeleted) {
  const std::string job = queued_job();
  EXPECT_EQ(body_of(send_json("PATCH", "/jobs/" + job, R"({"name":"Lecture 3"})", token_)).at("name"), "Lecture 3");
  EXPECT_EQ(send_json("PATCH", "/jobs/" + job, R"({"name":""})", token_).status, 400);
  EXPECT_EQ(body_of(post("/jobs/" + job + "/cancel", "", token_)).at("state"), "cancelled");
  EXPECT_EQ(send_json("DELETE", "/jobs/" + job, "", token_).status, 204);
  EXPECT_EQ(get("/jobs/" + job).status, 404);
}

TEST_F(JobRoutes, JobsAreFiltered) {
  const std::string job = queued_job();
  new_job(new_upload(5));
  EXPECT_EQ(body_of(get("/jobs?state=queued,running")).at("total"), 1);
  EXPECT_EQ(body_of(get("/jobs?state=queued")).at("jobs").at(0).at("id"), json::value(job));
  EXPECT_EQ(body_of(get("/jobs?q=LECT")).at("total"), 2);
  EXPECT_EQ(body_of(get("/jobs?q=nothing")).at("total"), 0);
  EXPECT_EQ(get("/jobs?state=sleeping").status, 400);
}

TEST_F(JobRoutes, ARequestSentTwiceMakesOneJob) {
  const std::string upload = new_upload(5);
  const auto send = [&](const std::string& body) {
    return server_.ask(
        head("POST", "/jobs", token_, "Content-Type: application/json\r\nIdempotency-Key: k1\r\nContent-Length: ") +
        std::to_string(body.size()) + "\r\n\r\n" + body);
  };
  const std::string body = R"({"upload":")" + upload + "\"}";
  const Reply first = send(body);
  const Reply again = send(body);
  EXPECT_EQ(first.status, 201);
  EXPECT_EQ(again.status, 200);
  EXPECT_EQ(body_of(first).at("id"), body_of(again).at("id"));
  const Reply other = send(R"({"upload":")" + upload + "\",\"settings\":{}}");
  EXPECT_EQ(other.status, 422);
  EXPECT_EQ(error_of(other), "conflict");
  EXPECT_EQ(body_of(get("/jobs")).at("total"), 1);
}

TEST_F(JobRoutes, AJobMadeAgainNamesItsSource) {
  const std::string upload = new_upload(5);
  const std::string source = new_job(upload);
  const Reply again = post("/jobs", R"({"upload":")" + upload + R"(","source":")" + source + "\"}", token_);
  EXPECT_EQ(body_of(again).at("source"), json::value(source));
  const Reply unknown = post("/jobs", R"({"upload":")" + upload + R"(","source":")" + new_id() + "\"}", token_);
  EXPECT_EQ(unknown.status, 404);
  EXPECT_EQ(body_of(unknown).at("error").at("param"), "source");
}

TEST_F(JobRoutes, StorageIsToldInBytes) {
  queued_job("media");
  const auto storage = body_of(get("/storage"));
  EXPECT_EQ(storage.at("media_bytes"), 5);
  EXPECT_EQ(storage.at("jobs"), 1);
  EXPECT_TRUE(storage.at("quota_bytes").is_null());
}

}  // namespace
}  // namespace v2t::http
