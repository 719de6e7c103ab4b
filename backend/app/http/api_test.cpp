// Tests of the whole API over loopback, with the real services on stores in memory.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <fstream>

#include "app/http/testing/running_server.h"
#include "base/temp_folder.h"
#include "domain/testing/manual_clock.h"
#include "domain/testing/memory_blob_store.h"
#include "domain/testing/memory_job_store.h"
#include "domain/testing/memory_owner_store.h"

namespace v2t::http {
namespace {

namespace json = boost::json;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::RawClient;
using testing::Reply;
using testing::RunningServer;
using ::testing::StartsWith;

class TwoModels final : public ModelLibrary {
 public:
  Result<ModelFiles> get(const std::string&, const ModelProgressCallback&, std::stop_token) override {
    return fail(ErrorCode::kModelUnavailable, "never asked for");
  }
  Result<ModelFiles> verify(const std::string&, const ModelProgressCallback&, std::stop_token) override {
    return fail(ErrorCode::kModelUnavailable, "never asked for");
  }
  Result<std::vector<ModelEntry>> list() override {
    return std::vector<ModelEntry>{{"base", "Systran/faster-whisper-base", 148, true, "/models/base"},
                                   {"small", "Systran/faster-whisper-small", 486, false, ""}};
  }
};

class ApiTest : public ::testing::Test {
 protected:
  ApiTest() {
    token_ = std::string(body_of(post("/session", "", "")).at("token").as_string());
    stranger_ = std::string(body_of(post("/session", "", "")).at("token").as_string());
  }

  static QuotaLimits quota_limits() { return {.uploads_at_once = 100, .bytes_per_day = 50'000'000}; }
  static ServerOptions options() {
    ServerOptions options;
    options.port = 0;
    options.version = "1.2.3";
    options.media_kept_hours = 24;
    return options;
  }

  static json::object body_of(const Reply& reply) { return json::parse(reply.body).as_object(); }
  static std::string error_of(const Reply& reply) {
    return std::string(body_of(reply).at("error").at("code").as_string());
  }

  std::string head(const std::string& method, const std::string& path, const std::string& token,
                   const std::string& more = "") const {
    const std::string session = token.empty() ? "" : "X-V2T-Session: " + token + "\r\n";
    return method + " /api/v1" + path + " HTTP/1.1\r\nHost: localhost\r\n" + session + more;
  }
  Reply get(const std::string& path, const std::string& more = "") const {
    return server_.ask(head("GET", path, token_, more) + "\r\n");
  }
  Reply post(const std::string& path, const std::string& body, const std::string& token) const {
    return send_json("POST", path, body, token);
  }
  Reply send_json(const std::string& method, const std::string& path, const std::string& body,
                  const std::string& token) const {
    return server_.ask(head(method, path, token, "Content-Type: application/json\r\nContent-Length: ") +
                       std::to_string(body.size()) + "\r\n\r\n" + body);
  }
  Reply edit(const std::string& path, const std::string& more, const std::string& body) const {
    return server_.ask(head("PATCH", path, token_, more + "Content-Type: application/json\r\nContent-Length: ") +
                       std::to_string(body.size()) + "\r\n\r\n" + body);
  }
  Reply tus(const std::string& method, const std::string& path, const std::string& more, const std::string& body = "") {
    return server_.ask(head(method, path, token_, "Tus-Resumable: 1.0.0\r\n" + more) +
                       "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
  }
  Reply append(const std::string& upload, uint64_t offset, const std::string& body) {
    return tus("PATCH", "/uploads/" + upload,
               "Content-Type: application/offset+octet-stream\r\nUpload-Offset: " + std::to_string(offset) + "\r\n",
               body);
  }

  std::string new_upload(size_t size) {
    const Reply reply =
        tus("POST", "/uploads",
            "Upload-Length: " + std::to_string(size) + "\r\nUpload-Metadata: filename bGVjdHVyZS5tcDQ=\r\n");
    return std::string(reply.headers.find("Location").value_or("none")).substr(std::string("/api/v1/uploads/").size());
  }
  std::string new_job(const std::string& upload) {
    return std::string(body_of(post("/jobs", R"({"upload":")" + upload + "\"}", token_)).at("id").as_string());
  }
  // A job whose media is there.
  std::string queued_job(const std::string& media = "media") {
    const std::string upload = new_upload(media.size());
    append(upload, 0, media);
    return new_job(upload);
  }
  std::string state_of(const std::string& job) {
    return std::string(body_of(get("/jobs/" + job)).at("state").as_string());
  }

  Segment segment(uint64_t window, const std::string& text) {
    Segment segment;
    segment.window = window;
    segment.start = Millis(1000 * window);
    segment.end = Millis(1000 * window + 900);
    segment.text = text;
    return segment;
  }

  v2t::testing::ManualClock clock_;
  v2t::testing::MemoryBlobStore blobs_{clock_};
  v2t::testing::MemoryJobStore store_{clock_};
  v2t::testing::MemoryOwnerStore owners_{clock_};
  std::unique_ptr<Doorbell> bell_ = make_doorbell();
  ActivityBoard activities_{*bell_};
  Sessions sessions_{owners_, clock_};
  Keys keys_{owners_, clock_};
  Uploads uploads_{blobs_, store_, *bell_, {.max_size_bytes = 10'000'000, .max_incomplete = 100}};
  Jobs jobs_{{store_, blobs_, *bell_, activities_, clock_}, {}};
  Editing editing_{store_, *bell_};
  Search search_{store_};
  Quotas quotas_{quota_limits(),
                 clock_,
                 {[this](const OwnerId& owner, const BlobId& id) {
                    const auto upload = uploads_.find(owner, id);
                    return upload && !upload->is_complete;
                  },
                  [](const OwnerId&, const JobId&) { return std::optional<Millis>(); }}};
  TwoModels models_;
  std::atomic<bool> is_ready_ = false;
  std::atomic<bool> has_no_model_ = false;
  RunningServer server_{start_server(
      options(),
      Services{sessions_, keys_, quotas_, uploads_, jobs_, activities_, models_, *bell_,
               [this] {
                 return has_no_model_
                            ? Readiness{false, "no way to the hub", Error{ErrorCode::kModelUnavailable, "no way"}}
                            : Readiness{is_ready_, "the model base is being loaded", {}};
               },
               [] { return std::vector<ModelProgress>{{"small", "model.bin", 5, 486}}; }, editing_, search_})};
  std::string token_;
  std::string stranger_;
};

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

TEST_F(ApiTest, TusTellsWhatItSpeaks) {
  const Reply reply = server_.ask("OPTIONS /api/v1/uploads HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_EQ(reply.status, 204);
  EXPECT_EQ(reply.headers.find("Tus-Version"), "1.0.0");
  EXPECT_EQ(reply.headers.find("Tus-Extension"), "creation,termination");
  EXPECT_EQ(reply.headers.find("Tus-Max-Size"), "10000000");
}

TEST_F(ApiTest, AnUploadArrivesInPiecesAndResumesAfterACut) {
  const std::string upload = new_upload(12);
  EXPECT_EQ(append(upload, 0, "hello").headers.find("Upload-Offset"), "5");
  {
    RawClient cut = server_.connect();
    cut.send(head("PATCH", "/uploads/" + upload, token_,
                  "Tus-Resumable: 1.0.0\r\nContent-Type: application/offset+octet-stream\r\nUpload-Offset: 5\r\n"
                  "Content-Length: 7\r\n\r\n wo"));
    cut.end_sending();
    cut.receive();
  }
  const Reply offset = tus("HEAD", "/uploads/" + upload, "");
  EXPECT_EQ(offset.headers.find("Upload-Offset"), "8");
  EXPECT_EQ(offset.headers.find("Upload-Length"), "12");
  EXPECT_EQ(offset.headers.find("Cache-Control"), "no-store");
  EXPECT_EQ(append(upload, 8, "rld!").status, 204);
  EXPECT_EQ(get("/jobs/" + new_job(upload) + "/media").body, "hello world!");
}

TEST_F(ApiTest, AWrongOffsetIsAConflictThatTellsTheRightOne) {
  const std::string upload = new_upload(10);
  append(upload, 0, "abc");
  const Reply reply = append(upload, 1, "x");
  EXPECT_EQ(reply.status, 409);
  EXPECT_EQ(error_of(reply), "conflict");
  EXPECT_EQ(reply.headers.find("Upload-Offset"), "3");
}

TEST_F(ApiTest, UploadsRefuseWhatDoesNotFit) {
  EXPECT_EQ(tus("POST", "/uploads", "Upload-Length: 10000001\r\n").status, 413);
  EXPECT_EQ(tus("POST", "/uploads", "").status, 400);
  EXPECT_EQ(tus("POST", "/uploads", "Upload-Length: -1\r\n").status, 400);
  EXPECT_EQ(tus("POST", "/uploads", "Upload-Length: 1\r\nUpload-Metadata: filename !!\r\n").status, 400);
  const std::string upload = new_upload(3);
  EXPECT_EQ(append(upload, 0, "four").status, 413);
  EXPECT_EQ(tus("PATCH", "/uploads/" + upload, "Content-Type: text/plain\r\nUpload-Offset: 0\r\n", "abc").status, 415);
  EXPECT_EQ(server_.ask(head("HEAD", "/uploads/" + upload, token_) + "\r\n").status, 412);
  blobs_.set_free_bytes(1);
  EXPECT_EQ(tus("POST", "/uploads", "Upload-Length: 1000\r\n").status, 507);
}

TEST_F(ApiTest, AnUploadCanBeDeletedAlsoByMethodOverride) {
  const std::string upload = new_upload(3);
  EXPECT_EQ(tus("POST", "/uploads/" + upload, "X-HTTP-Method-Override: DELETE\r\n").status, 204);
  EXPECT_EQ(tus("HEAD", "/uploads/" + upload, "").status, 404);
}

TEST_F(ApiTest, AJobMayBeMadeBeforeItsBytesAreThere) {
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

TEST_F(ApiTest, BadJobsNameTheField) {
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

TEST_F(ApiTest, JobsAreListedNewestFirstInPages) {
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

TEST_F(ApiTest, AJobIsRenamedCancelledAndDeleted) {
  const std::string job = queued_job();
  EXPECT_EQ(body_of(send_json("PATCH", "/jobs/" + job, R"({"name":"Lecture 3"})", token_)).at("name"), "Lecture 3");
  EXPECT_EQ(send_json("PATCH", "/jobs/" + job, R"({"name":""})", token_).status, 400);
  EXPECT_EQ(body_of(post("/jobs/" + job + "/cancel", "", token_)).at("state"), "cancelled");
  EXPECT_EQ(send_json("DELETE", "/jobs/" + job, "", token_).status, 204);
  EXPECT_EQ(get("/jobs/" + job).status, 404);
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

TEST_F(ApiTest, TheTranscriptAndItsFilesAreThereWhileTheJobRuns) {
  const std::string job = queued_job();
  const auto claim = store_.claim_next(1h);
  ASSERT_TRUE(store_.set_language(**claim, "en"));
  ASSERT_TRUE(store_.append_segments(**claim, 0, {segment(0, "Hello.")}, {Millis(1000), Millis(5000), 2.0}));
  const auto transcript = body_of(get("/jobs/" + job + "/transcript"));
  EXPECT_EQ(transcript.at("job"), json::value(job));
  EXPECT_EQ(transcript.at("is_complete"), false);
  EXPECT_EQ(transcript.at("language"), "en");
  EXPECT_EQ(transcript.at("segments").at(0).at("text"), "Hello.");
  const Reply subtitles = get("/jobs/" + job + "/exports/srt");
  EXPECT_THAT(subtitles.body, HasSubstr("Hello."));
  EXPECT_THAT(std::string(*subtitles.headers.find("Content-Disposition")), HasSubstr("filename=\"lecture.srt\""));
  EXPECT_EQ(get("/jobs/" + job + "/exports/exe").status, 404);
}

TEST_F(ApiTest, FilesFollowTheCallersWishes) {
  const std::string job = queued_job();
  const auto claim = store_.claim_next(1h);
  ASSERT_TRUE(
      store_.append_segments(**claim, 0, {segment(0, "Hello, this is a text.")}, {Millis(1000), Millis(5000), 2.0}));
  const std::string files = "/jobs/" + job + "/exports/";
  EXPECT_EQ(get(files + "txt?layout=times").body, "[00:00] Hello, this is a text.\n");
  EXPECT_THAT(get(files + "srt?line_columns=10&max_lines=3").body, HasSubstr("Hello,\nthis is\na text."));
  EXPECT_THAT(std::string(*get(files + "docx").headers.find("Content-Type")), HasSubstr("wordprocessingml"));
  const Reply wild = get(files + "srt?line_columns=5");
  EXPECT_EQ(wild.status, 400);
  EXPECT_EQ(body_of(wild).at("error").at("param"), "line_columns");
  for (const char* query :
       {"layout=x", "words=1", "max_cps=nan", "max_cps=1", "max_lines=-1", "preset=hbo", "min_ms=99999999999"})
    EXPECT_EQ(get(files + "srt?" + query).status, 400) << query;
}

TEST_F(ApiTest, SubtitlesComeWithTheirRulesAndProblems) {
  const std::string job = queued_job();
  const auto claim = store_.claim_next(1h);
  ASSERT_TRUE(store_.append_segments(**claim, 0, {segment(0, "Hello.")}, {Millis(1000), Millis(5000), 2.0}));
  const auto body = body_of(get("/jobs/" + job + "/subtitles?preset=netflix&min_ms=6000"));
  EXPECT_EQ(body.at("rules").at("line_columns"), 42);
  EXPECT_EQ(body.at("rules").at("min_ms"), 6000);
  EXPECT_EQ(body.at("cues").at(0).at("lines").at(0), "Hello.");
  EXPECT_TRUE(body.at("problems").as_array().empty());
  EXPECT_EQ(body_of(server_.ask(head("GET", "/subtitle-presets", "") + "\r\n")).at("presets").at(0).at("name"),
            "standard");
}

TEST_F(ApiTest, ATranscriptIsEditedVersionByVersion) {
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

TEST_F(ApiTest, VersionsAreListedAndRestored) {
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

TEST_F(ApiTest, WhatWasSaidIsFound) {
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

TEST_F(ApiTest, PeaksComeOnceTheyAreThere) {
  const std::string job = queued_job();
  EXPECT_EQ(get("/jobs/" + job + "/peaks").status, 404);
  const Claim claim = store_.claim_next(1s).value().value();
  ASSERT_TRUE(store_.save_peaks(claim, {Millis(50), true, {0, 255}}));
  EXPECT_EQ(get("/jobs/" + job + "/peaks").body, R"({"peak_ms":50,"is_complete":true,"peaks":[0,255]})");
}

TEST_F(ApiTest, StorageIsToldInBytes) {
  queued_job("media");
  const auto storage = body_of(get("/storage"));
  EXPECT_EQ(storage.at("media_bytes"), 5);
  EXPECT_EQ(storage.at("jobs"), 1);
  EXPECT_TRUE(storage.at("quota_bytes").is_null());
}

TEST_F(ApiTest, JobsAreFiltered) {
  const std::string job = queued_job();
  new_job(new_upload(5));
  EXPECT_EQ(body_of(get("/jobs?state=queued,running")).at("total"), 1);
  EXPECT_EQ(body_of(get("/jobs?state=queued")).at("jobs").at(0).at("id"), json::value(job));
  EXPECT_EQ(body_of(get("/jobs?q=LECT")).at("total"), 2);
  EXPECT_EQ(body_of(get("/jobs?q=nothing")).at("total"), 0);
  EXPECT_EQ(get("/jobs?state=sleeping").status, 400);
}

TEST_F(ApiTest, ARequestSentTwiceMakesOneJob) {
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

TEST_F(ApiTest, AJobMadeAgainNamesItsSource) {
  const std::string upload = new_upload(5);
  const std::string source = new_job(upload);
  const Reply again = post("/jobs", R"({"upload":")" + upload + R"(","source":")" + source + "\"}", token_);
  EXPECT_EQ(body_of(again).at("source"), json::value(source));
  const Reply unknown = post("/jobs", R"({"upload":")" + upload + R"(","source":")" + new_id() + "\"}", token_);
  EXPECT_EQ(unknown.status, 404);
  EXPECT_EQ(body_of(unknown).at("error").at("param"), "source");
}

TEST_F(ApiTest, ATranscriptWithoutLanguageSaysNull) {
  const auto transcript = body_of(get("/jobs/" + queued_job() + "/transcript"));
  EXPECT_TRUE(transcript.at("language").is_null());
  EXPECT_TRUE(transcript.at("duration_ms").is_null());
  EXPECT_TRUE(transcript.at("segments").as_array().empty());
}

TEST_F(ApiTest, MediaComesInRangesWithASafeType) {
  const std::string media = std::string(
                                "\0\0\0\x20"
                                "ftypisom",
                                12) +
                            "0123456789";
  const std::string path = "/jobs/" + queued_job(media) + "/media";
  const Reply part = get(path, "Range: bytes=12-14\r\n");
  EXPECT_EQ(part.status, 206);
  EXPECT_EQ(part.body, "012");
  EXPECT_EQ(part.headers.find("Content-Range"), "bytes 12-14/22");
  EXPECT_EQ(part.headers.find("Content-Type"), "video/mp4");
  EXPECT_EQ(get(path).body, media);
  EXPECT_EQ(get(path, "Range: bytes=0-1,4-5\r\n").body, media);
  const Reply beyond = get(path, "Range: bytes=22-\r\n");
  EXPECT_EQ(beyond.status, 416);
  EXPECT_EQ(beyond.headers.find("Content-Range"), "bytes */22");
  const std::string tag(*part.headers.find("ETag"));
  EXPECT_EQ(get(path, "If-None-Match: " + tag + "\r\n").status, 304);
  EXPECT_EQ(get(path, "Range: bytes=0-0\r\nIf-Range: " + tag + "\r\n").status, 206);
  EXPECT_EQ(get(path, "Range: bytes=0-0\r\nIf-Range: \"other\"\r\n").status, 200);
}

TEST_F(ApiTest, MediaThatIsHtmlIsNotSentAsHtml) {
  EXPECT_EQ(get("/jobs/" + queued_job("<!doctype html><script>") + "/media").headers.find("Content-Type"),
            "application/octet-stream");
}

TEST_F(ApiTest, EventsAreReplayedFromTheLastOneSeenAndEndWithTheJob) {
  const std::string job = queued_job();
  const auto claim = store_.claim_next(1h);
  ASSERT_TRUE(store_.append_segments(**claim, 0, {segment(0, "One.")}, {Millis(1000), Millis(2000), 2.0}));
  ASSERT_TRUE(store_.append_segments(**claim, 1, {segment(1, "Two.")}, {Millis(2000), Millis(2000), 2.0}));
  ASSERT_TRUE(store_.finish(**claim, Millis(2000), {}));
  const std::string all = get("/jobs/" + job + "/events").body;
  EXPECT_THAT(all, StartsWith("retry: 1000\n\n"));
  EXPECT_THAT(all, HasSubstr("One."));
  EXPECT_THAT(all, HasSubstr("Two."));
  EXPECT_THAT(all, HasSubstr(R"("state":"done")"));
  const size_t second = all.find("event: segments", all.find("event: segments") + 1);
  const size_t id = all.rfind("id: ", all.rfind("\n\n", second));
  const std::string last_id = all.substr(id + 4, all.find('\n', id) - id - 4);
  const std::string rest = get("/jobs/" + job + "/events", "Last-Event-ID: " + last_id + "\r\n").body;
  EXPECT_THAT(rest, Not(HasSubstr("One.")));
  EXPECT_THAT(rest, HasSubstr("Two."));
  EXPECT_EQ(get("/jobs/" + job + "/events?after=" + last_id).body, rest);
  EXPECT_EQ(get("/jobs/" + job + "/events?after=x").status, 400);
}

TEST_F(ApiTest, AFinishedJobWithNothingNewTellsItsStateAndEnds) {
  const std::string job = queued_job();
  post("/jobs/" + job + "/cancel", "", token_);
  EXPECT_THAT(get("/jobs/" + job + "/events?after=1000000").body, HasSubstr(R"("state":"cancelled")"));
}

TEST_F(ApiTest, ALongBacklogComesWholeAndInOrder) {
  const std::string job = queued_job();
  const auto claim = store_.claim_next(1h);
  for (uint64_t window = 0; window < 200; ++window)
    ASSERT_TRUE(store_.append_segments(**claim, window, {segment(window, "Text " + std::to_string(window) + ".")},
                                       {Millis(1000 * window), std::nullopt, std::nullopt}));
  ASSERT_TRUE(store_.finish(**claim, Millis(200'000), {}));
  const std::string events = get("/jobs/" + job + "/events").body;
  size_t position = 0;
  for (uint64_t window = 0; window < 200; ++window) {
    position = events.find("Text " + std::to_string(window) + ".", position);
    ASSERT_NE(position, std::string::npos) << window;
  }
  EXPECT_GT(events.find("event: state"), position);
}

TEST_F(ApiTest, EventsComeAsTheyHappen) {
  const std::string job = queued_job();
  RawClient client = server_.connect();
  client.send(head("GET", "/jobs/" + job + "/events", token_) + "\r\n");
  EXPECT_TRUE(client.take_until(R"("state":"queued")"));
  const auto claim = store_.claim_next(1h);
  bell_->ring();
  EXPECT_TRUE(client.take_until(R"("state":"running")"));
  activities_.set(job, {Activity::Phase::kTranscribing, 0, 0});
  EXPECT_TRUE(client.take_until("event: activity\ndata: {\"phase\":\"transcribing\"}\n\n"));
  ASSERT_TRUE(store_.append_segments(**claim, 0, {segment(0, "Now.")}, {Millis(1000), Millis(2000), 2.0}));
  bell_->ring();
  EXPECT_TRUE(client.take_until("Now."));
  activities_.clear(job);
  EXPECT_TRUE(client.take_until("event: activity\ndata: null\n\n"));
  send_json("DELETE", "/jobs/" + job, "", token_);
  EXPECT_TRUE(client.take_until("event: deleted\ndata: {\"id\":\"" + job + "\"}\n\n"));
  EXPECT_TRUE(client.take_until("0\r\n\r\n"));
}

TEST_F(ApiTest, AQueuedJobIsToldWhenItMovesUp) {
  const std::string first = queued_job();
  const std::string second = queued_job();
  RawClient client = server_.connect();
  client.send(head("GET", "/jobs/" + second + "/events", token_) + "\r\n");
  EXPECT_TRUE(client.take_until(R"("queue_position":1)"));
  post("/jobs/" + first + "/cancel", "", token_);
  EXPECT_TRUE(client.take_until(R"("queue_position":0)"));
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
