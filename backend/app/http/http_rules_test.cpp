// Tests of routing, access, errors, file types and static files.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "app/http/event_frame.h"
#include "app/http/media_type.h"
#include "app/http/router.h"
#include "app/http/security.h"
#include "app/http/static_files.h"
#include "base/temp_folder.h"

namespace v2t::http {
namespace {

using namespace std::string_view_literals;

Handler says(std::string text) {
  return [text = std::move(text)](const Request&) -> Outcome<Response> {
    Response response;
    response.body = text;
    return response;
  };
}

std::string answer_of(const Router& router, std::string_view method, std::string_view path) {
  const auto match = router.match(method, path);
  if (!match) return std::to_string(match.error().status);
  return std::get<std::string>(std::get<Handler>(*match->handler)({})->body);
}

Router small_router() {
  Router router;
  router.add("GET", "/api/v1/jobs", says("list"));
  router.add("POST", "/api/v1/jobs", says("create"));
  router.add("GET", "/api/v1/jobs/{id}", says("show"));
  router.add("HEAD", "/api/v1/uploads/{id}", says("offset"));
  router.set_fallback(says("page"));
  return router;
}

TEST(Router, FindsByMethodAndPath) {
  const Router router = small_router();
  EXPECT_EQ(answer_of(router, "GET", "/api/v1/jobs"), "list");
  EXPECT_EQ(answer_of(router, "POST", "/api/v1/jobs"), "create");
  EXPECT_EQ(answer_of(router, "GET", "/api/v1/jobs/x"), "show");
}

TEST(Router, HeadWorksWhereverGetDoes) {
  const Router router = small_router();
  EXPECT_EQ(answer_of(router, "HEAD", "/api/v1/jobs"), "list");
  EXPECT_EQ(answer_of(router, "HEAD", "/api/v1/uploads/x"), "offset");
}

TEST(Router, DecodesParametersWithoutSplittingThem) {
  EXPECT_EQ(small_router().match("GET", "/api/v1/jobs/a%2Fb")->parameters.front(), "a/b");
}

TEST(Router, AnEmptySegmentIsNoParameter) { EXPECT_EQ(answer_of(small_router(), "GET", "/api/v1/jobs/"), "404"); }

TEST(Router, KnownPathWithAnotherMethodTellsWhichAreAllowed) {
  const auto match = small_router().match("DELETE", "/api/v1/jobs");
  ASSERT_FALSE(match);
  EXPECT_EQ(match.error().status, 405);
  EXPECT_EQ(match.error().headers.find("Allow"), "GET, POST, HEAD");
}

TEST(Router, UnknownPathsOfTheApiAreNotThePage) {
  EXPECT_EQ(answer_of(small_router(), "GET", "/api/v1/nothing"), "404");
  EXPECT_EQ(answer_of(small_router(), "GET", "/%61pi/x"), "404");
  EXPECT_EQ(answer_of(small_router(), "GET", "/jobs/x"), "page");
  EXPECT_EQ(answer_of(small_router(), "POST", "/jobs/x"), "405");
  EXPECT_EQ(answer_of(small_router(), "GET", "/%ff"), "400");
}

Request request_of(std::string method, std::initializer_list<std::pair<std::string, std::string>> headers) {
  Request request;
  request.method = std::move(method);
  for (const auto& [name, value] : headers) request.headers.add(name, value);
  return request;
}

bool is_let_in(const Request& request, AccessPolicy policy = {}) { return check_access(request, policy).has_value(); }

TEST(Access, UnsafeMethodsFromOtherSitesAreRefused) {
  EXPECT_FALSE(is_let_in(request_of("POST", {{"Host", "a.hf.space"}, {"Sec-Fetch-Site", "cross-site"}})));
  EXPECT_FALSE(is_let_in(request_of("POST", {{"Host", "a.hf.space"}, {"Sec-Fetch-Site", "same-site"}})));
  EXPECT_FALSE(is_let_in(request_of("DELETE", {{"Host", "a.hf.space"}, {"Origin", "https://evil.example"}})));
  EXPECT_FALSE(is_let_in(request_of("PATCH", {{"Host", "a.hf.space"}, {"Origin", "null"}})));
}

TEST(Access, ThePageAndProgramsPass) {
  EXPECT_TRUE(
      is_let_in(request_of("POST", {{"Host", "a"}, {"Sec-Fetch-Site", "same-origin"}, {"Origin", "https://b"}})));
  EXPECT_TRUE(is_let_in(request_of("POST", {{"Host", "localhost:1"}, {"Origin", "http://localhost:1"}})));
  EXPECT_TRUE(is_let_in(request_of("POST", {{"Host", "a"}})));
  EXPECT_TRUE(is_let_in(request_of("GET", {{"Host", "a"}, {"Sec-Fetch-Site", "cross-site"}})));
}

TEST(Access, OnLoopbackOnlyNamesOfLoopbackAreHosts) {
  const AccessPolicy loopback{.is_loopback = true};
  for (const char* host : {"localhost", "LOCALHOST:7860", "127.0.0.1:7860", "[::1]:7860"})
    EXPECT_TRUE(is_let_in(request_of("GET", {{"Host", host}}), loopback)) << host;
  for (const char* host : {"evil.example", "localhost.evil.example", "127.0.0.2", "[::2]", ""})
    EXPECT_FALSE(is_let_in(request_of("GET", {{"Host", host}}), loopback)) << host;
}

TEST(Access, ProxyHeadersCountOnlyWhenTrusted) {
  Request request = request_of("GET", {{"X-Forwarded-Proto", "https"}, {"X-Forwarded-For", "6.6.6.6, 1.2.3.4"}});
  apply_proxy_headers(request, {});
  EXPECT_FALSE(request.is_https);
  apply_proxy_headers(request, {.trust_proxy = true});
  EXPECT_TRUE(request.is_https);
  EXPECT_EQ(request.client, "1.2.3.4");
}

TEST(Problems, NameCodeMessageAndParameter) {
  const Response response = problem_response({ErrorCode::kInvalidArgument, "bad \"x\"", "limit"});
  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(
      std::get<std::string>(response.body),
      R"({"error":{"code":"invalid_argument","message":"bad \"x\"","param":"limit","type":"invalid_request_error"}})");
}

TEST(Problems, ThatPassTellWhenToTryAgain) {
  EXPECT_TRUE(problem_response({ErrorCode::kUnavailable, "x"}).headers.find("Retry-After"));
  EXPECT_FALSE(problem_response({ErrorCode::kNotFound, "x"}).headers.find("Retry-After"));
}

TEST(MediaType, IsFoundByTheBytes) {
  EXPECT_EQ(sniff_media_type("\0\0\0\x20"
                             "ftypisom...."sv),
            "video/mp4");
  EXPECT_EQ(sniff_media_type("\0\0\0\x20"
                             "ftypM4A ...."sv),
            "audio/mp4");
  EXPECT_EQ(sniff_media_type("\0\0\0\x20"
                             "ftypqt  ...."sv),
            "video/quicktime");
  EXPECT_EQ(sniff_media_type("\x1A\x45\xDF\xA3....webm"sv), "video/webm");
  EXPECT_EQ(sniff_media_type("\x1A\x45\xDF\xA3....matroska"sv), "video/x-matroska");
  EXPECT_EQ(sniff_media_type("RIFF....WAVEfmt "), "audio/wav");
  EXPECT_EQ(sniff_media_type("OggS\0\2....OpusHead"sv), "audio/ogg");
  EXPECT_EQ(sniff_media_type("ID3\x04"), "audio/mpeg");
  EXPECT_EQ(sniff_media_type("\xFF\xFB\x90"), "audio/mpeg");
  EXPECT_EQ(sniff_media_type("\xFF\xF1\x50"), "audio/aac");
}

TEST(MediaType, IsNeverWhatABrowserRuns) {
  for (const std::string_view text :
       {"<!doctype html><script>"sv, "<svg onload=x>"sv, "%PDF-1.7"sv, ""sv, "G"sv, "\xFF"sv})
    EXPECT_EQ(sniff_media_type(text), "application/octet-stream") << text;
}

TEST(Attachment, CarriesAnyNameSafely) {
  EXPECT_EQ(attachment("lecture.mp4", "srt"), "attachment; filename=\"lecture.srt\"; filename*=UTF-8''lecture.srt");
  EXPECT_EQ(attachment("a\"b\\c.mp4", "srt"), "attachment; filename=\"a_b_c.srt\"; filename*=UTF-8''a%22b%5Cc.srt");
  EXPECT_EQ(attachment("Тест", "txt"),
            "attachment; filename=\"________.txt\"; filename*=UTF-8''%D0%A2%D0%B5%D1%81%D1%82.txt");
  EXPECT_EQ(attachment("Meeting v1.2 final", "txt"),
            "attachment; filename=\"Meeting v1.2 final.txt\"; filename*=UTF-8''Meeting%20v1.2%20final.txt");
}

TEST(EventFrame, HasAnIdOnlyWhenStored) {
  EXPECT_EQ(event_frame(7, "state", "{}"), "id: 7\nevent: state\ndata: {}\n\n");
  EXPECT_EQ(event_frame(std::nullopt, "activity", "null"), "event: activity\ndata: null\n\n");
}

class StaticFiles : public testing::Test {
 protected:
  StaticFiles() {
    std::filesystem::create_directories(folder_ / "assets");
    write("index.html", "<!doctype html>");
    write("assets/app.js", "let a");
    write("assets/app.js.gz", "packed");
    write("../secret.txt", "secret");
    std::filesystem::create_symlink("../secret.txt", folder_ / "link.txt");
  }

  void write(const std::string& name, std::string_view text) { std::ofstream(folder_ / name) << text; }

  Response get(const std::string& path, std::initializer_list<std::pair<std::string, std::string>> headers = {}) {
    Request request = request_of("GET", headers);
    request.path = path;
    auto response = serve_static(folder_, request);
    return response ? *std::move(response) : problem_response(response.error());
  }

  TempFolder temp_;
  std::filesystem::path folder_ = temp_.path() / "dist";
};

TEST_F(StaticFiles, HaveTypeTagAndCaching) {
  const Response response = get("/assets/app.js");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.headers.find("Content-Type"), "text/javascript; charset=utf-8");
  EXPECT_EQ(response.headers.find("Cache-Control"), "public, max-age=31536000, immutable");
  EXPECT_TRUE(response.headers.find("ETag"));
  EXPECT_EQ(std::get<FileSlice>(response.body).length, 5u);
}

TEST_F(StaticFiles, ArePackedForClientsThatTakeIt) {
  const Response response = get("/assets/app.js", {{"Accept-Encoding", "br, gzip;q=0.8"}});
  EXPECT_EQ(response.headers.find("Content-Encoding"), "gzip");
  EXPECT_EQ(response.headers.find("Content-Type"), "text/javascript; charset=utf-8");
  EXPECT_EQ(std::get<FileSlice>(response.body).length, 6u);
  EXPECT_FALSE(get("/assets/app.js", {{"Accept-Encoding", "gzip;q=0"}}).headers.find("Content-Encoding"));
}

TEST_F(StaticFiles, AreNotSentAgainToAClientThatHasThem) {
  const std::string tag(*get("/").headers.find("ETag"));
  EXPECT_EQ(get("/", {{"If-None-Match", tag}}).status, 304);
}

TEST_F(StaticFiles, PathsOfThePageGetItsIndex) {
  EXPECT_EQ(get("/").headers.find("Content-Type"), "text/html; charset=utf-8");
  EXPECT_EQ(get("/").headers.find("Cache-Control"), "no-cache");
  EXPECT_EQ(get("/jobs/abc").status, 200);
  EXPECT_EQ(get("/missing.js").status, 404);
}

TEST_F(StaticFiles, NothingOutsideTheFolderIsOpened) {
  for (const char* path : {"/../secret.txt", "/assets/../../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt",
                           "//secret.txt", "/link.txt", "/.hidden", "/assets\\..\\x.txt", "/./index.html"})
    EXPECT_EQ(get(path).status, 404) << path;
}

TEST_F(StaticFiles, AMissingFolderSaysHowToBuildThePage) {
  folder_ = temp_.path() / "nothing";
  const Response response = get("/");
  EXPECT_EQ(response.status, 503);
  EXPECT_NE(std::get<std::string>(response.body).find("make start"), std::string::npos);
}

}  // namespace
}  // namespace v2t::http
