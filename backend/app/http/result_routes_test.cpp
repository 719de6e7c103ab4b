// Tests of what a job gives, over loopback: transcript, files, subtitles, waveform, media.
#include "app/http/testing/api_fixture.h"

namespace v2t::http {
namespace {

namespace json = boost::json;
using ::testing::HasSubstr;
using testing::Reply;

class ResultRoutes : public testing::ApiTest {};

TEST_F(ResultRoutes, TheTranscriptAndItsFilesAreThereWhileTheJobRuns) {
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

TEST_F(ResultRoutes, FilesFollowTheCallersWishes) {
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

TEST_F(ResultRoutes, SubtitlesComeWithTheirRulesAndProblems) {
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

TEST_F(ResultRoutes, ATranscriptWithoutLanguageSaysNull) {
  const auto transcript = body_of(get("/jobs/" + queued_job() + "/transcript"));
  EXPECT_TRUE(transcript.at("language").is_null());
  EXPECT_TRUE(transcript.at("duration_ms").is_null());
  EXPECT_TRUE(transcript.at("segments").as_array().empty());
}

TEST_F(ResultRoutes, PeaksAreNoneUntilTheSoundWasHeard) {
  const std::string job = queued_job();
  EXPECT_EQ(get("/jobs/" + job + "/peaks").body, R"({"peak_ms":50,"is_complete":false,"peaks":[]})");
  const Claim claim = store_.claim_next(1s).value().value();
  ASSERT_TRUE(store_.save_peaks(claim, {Millis(50), true, {0, 255}}));
  EXPECT_EQ(get("/jobs/" + job + "/peaks").body, R"({"peak_ms":50,"is_complete":true,"peaks":[0,255]})");
}

TEST_F(ResultRoutes, MediaComesInRangesWithASafeType) {
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

TEST_F(ResultRoutes, MediaThatIsHtmlIsNotSentAsHtml) {
  EXPECT_EQ(get("/jobs/" + queued_job("<!doctype html><script>") + "/media").headers.find("Content-Type"),
            "application/octet-stream");
}

}  // namespace
}  // namespace v2t::http
