// Tests of what reads untrusted text: heads, ranges, tags, tus headers, cookies, queries.
#include <gtest/gtest.h>

#include "app/http/head.h"
#include "app/http/range.h"
#include "app/http/router.h"
#include "app/http/security.h"
#include "app/http/tus.h"

namespace v2t::http {
namespace {

int refused_with(const Outcome<std::optional<size_t>>& scan) { return scan ? 0 : scan.error().status; }

int scan_status(std::string_view bytes) { return refused_with(scan_head(bytes, {})); }

TEST(Head, IsCompleteAtTheEmptyLine) {
  const std::string head = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  EXPECT_EQ(*scan_head(head + "rest", {}), head.size());
}

TEST(Head, NeedsMoreUntilTheEmptyLine) {
  const std::string head = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  for (size_t size = 0; size < head.size(); ++size) {
    const auto scan = scan_head(std::string_view(head).substr(0, size), {});
    ASSERT_TRUE(scan);
    EXPECT_FALSE(*scan) << size;
  }
}

TEST(Head, RefusesBareLineFeedsAtOnce) { EXPECT_EQ(scan_status("GET / HTTP/1.1\nHost: a\n\n"), 400); }
TEST(Head, RefusesABareCarriageReturn) { EXPECT_EQ(scan_status("GET / HTTP/1.1\r\nHost: a\rb\r\n\r\n"), 400); }
TEST(Head, RefusesNul) { EXPECT_EQ(scan_status(std::string_view("GET /\0 HTTP/1.1\r\n", 17)), 400); }
TEST(Head, RefusesFoldedLines) { EXPECT_EQ(scan_status("GET / HTTP/1.1\r\nHost: a\r\n b\r\n\r\n"), 400); }

TEST(Head, RefusesALongRequestLineBeforeItsEnd) { EXPECT_EQ(scan_status("GET /" + std::string(9000, 'a')), 414); }

TEST(Head, RefusesLargeFieldsBeforeTheirEnd) {
  EXPECT_EQ(scan_status("GET / HTTP/1.1\r\nA: " + std::string(17000, 'a')), 431);
}

TEST(Head, RefusesManyFields) {
  std::string head = "GET / HTTP/1.1\r\n";
  for (int i = 0; i < 101; ++i) head += "A: b\r\n";
  EXPECT_EQ(scan_status(head + "\r\n"), 431);
}

Headers headers_of(std::initializer_list<std::pair<std::string, std::string>> fields) {
  Headers headers;
  for (const auto& [name, value] : fields) headers.add(name, value);
  return headers;
}

bool is_framed(std::initializer_list<std::pair<std::string, std::string>> fields) {
  return check_framing(headers_of(fields), /*is_http_1_0=*/false).has_value();
}

TEST(Framing, TakesOneLengthOrChunks) {
  EXPECT_TRUE(is_framed({{"Host", "a"}}));
  EXPECT_TRUE(is_framed({{"Host", "a"}, {"Content-Length", "5"}}));
  EXPECT_TRUE(is_framed({{"Host", "a"}, {"Transfer-Encoding", "Chunked"}}));
}

TEST(Framing, RefusesWhatTwoReadersMaySeeDifferently) {
  EXPECT_FALSE(is_framed({{"Host", "a"}, {"Content-Length", "5"}, {"Transfer-Encoding", "chunked"}}));
  EXPECT_FALSE(is_framed({{"Host", "a"}, {"Content-Length", "5"}, {"Content-Length", "5"}}));
  EXPECT_FALSE(is_framed({{"Host", "a"}, {"Content-Length", "5, 5"}}));
  EXPECT_FALSE(is_framed({{"Host", "a"}, {"Content-Length", "+5"}}));
  EXPECT_FALSE(is_framed({{"Host", "a"}, {"Content-Length", "99999999999999999999"}}));
  EXPECT_FALSE(is_framed({{"Host", "a"}, {"Transfer-Encoding", "gzip, chunked"}}));
  EXPECT_FALSE(is_framed({{"Host", "a"}, {"Transfer-Encoding", "xchunked"}}));
  EXPECT_FALSE(is_framed({{"Host", "a"}, {"Transfer-Encoding", "chunked"}, {"Transfer-Encoding", "chunked"}}));
  EXPECT_FALSE(is_framed({{"Host", "a"}, {"Host", "b"}}));
  EXPECT_FALSE(is_framed({}));
}

TEST(Target, TakesPathsAndWholeAddresses) {
  EXPECT_EQ(parse_target("/a/b?c=d?e")->path, "/a/b");
  EXPECT_EQ(parse_target("/a/b?c=d?e")->query, "c=d?e");
  EXPECT_EQ(parse_target("http://host:80/a")->path, "/a");
  EXPECT_EQ(parse_target("http://host")->path, "/");
  EXPECT_FALSE(parse_target("*"));
  EXPECT_FALSE(parse_target(""));
}

TEST(Head, WritesNoControlCharacters) {
  const auto head = write_head(200, headers_of({{"A", "x\r\nSet-Cookie: y"}}));
  EXPECT_EQ(head, "HTTP/1.1 200 OK\r\nA: x  Set-Cookie: y\r\n\r\n");
}

TEST(Head, WritesDatesOfTheRfc) {
  EXPECT_EQ(http_date(std::chrono::sys_seconds(std::chrono::seconds(784111777))), "Sun, 06 Nov 1994 08:49:37 GMT");
}

using Range = std::variant<WholeFile, ByteRange, Unsatisfiable>;

TEST(Range, TakesOneRangeInAllItsForms) {
  EXPECT_EQ(parse_range("bytes=0-9", 100), Range(ByteRange{0, 9}));
  EXPECT_EQ(parse_range("bytes=90-", 100), Range(ByteRange{90, 99}));
  EXPECT_EQ(parse_range("bytes=90-1000", 100), Range(ByteRange{90, 99}));
  EXPECT_EQ(parse_range("bytes=-10", 100), Range(ByteRange{90, 99}));
  EXPECT_EQ(parse_range("bytes=-1000", 100), Range(ByteRange{0, 99}));
  EXPECT_EQ(parse_range("Bytes=0-0", 1), Range(ByteRange{0, 0}));
}

TEST(Range, BeyondTheEndIsUnsatisfiable) {
  EXPECT_EQ(parse_range("bytes=100-", 100), Range(Unsatisfiable{}));
  EXPECT_EQ(parse_range("bytes=-0", 100), Range(Unsatisfiable{}));
  EXPECT_EQ(parse_range("bytes=0-", 0), Range(Unsatisfiable{}));
}

TEST(Range, IgnoresWhatItDoesNotTake) {
  for (const char* header : {"", "bytes", "bytes=", "bytes=-", "bytes=5-4", "bytes=a-b", "lines=0-1", "bytes=0-1,5-6",
                             "bytes=0-99999999999999999999", "bytes=0 -1", "bytes=-+5"})
    EXPECT_EQ(parse_range(header, 100), Range(WholeFile{})) << header;
}

TEST(Tag, IsFoundInAListByWeakComparison) {
  EXPECT_TRUE(has_tag("\"a\", W/\"b\"", "\"b\""));
  EXPECT_TRUE(has_tag("*", "\"b\""));
  EXPECT_FALSE(has_tag("\"a\"", "\"b\""));
}

TEST(Base64, DecodesWithPadding) {
  EXPECT_EQ(decode_base64("bGVjdHVyZS5tcDQ="), "lecture.mp4");
  EXPECT_EQ(decode_base64("YQ=="), "a");
  EXPECT_EQ(decode_base64(""), "");
}

TEST(Base64, RefusesWhatIsNot) {
  for (const char* text : {"YQ", "YQ=", "Y===", "====", "Y=Q=", "YQ==YQ==", "Y!==", "ab c"})
    EXPECT_EQ(decode_base64(text), std::nullopt) << text;
}

TEST(Tus, FindsTheFileName) {
  EXPECT_EQ(*upload_metadata("filename bGVjdHVyZS5tcDQ=,lang cnU=", "filename"), "lecture.mp4");
  EXPECT_EQ(*upload_metadata("is_private, filename YQ==", "filename"), "a");
  EXPECT_EQ(*upload_metadata("", "filename"), "");
  EXPECT_EQ(*upload_metadata("lang cnU=", "filename"), "");
}

TEST(Tus, RefusesBrokenMetadata) {
  EXPECT_FALSE(upload_metadata("filename not-base64", "filename"));
  EXPECT_FALSE(upload_metadata("filename YQ==,,", "filename"));
}

TEST(Tus, RefusesOtherVersionsAndSaysWhichItSpeaks) {
  const auto refused = check_tus_version(headers_of({{"Tus-Resumable", "0.2.2"}}));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().status, 412);
  EXPECT_EQ(refused.error().headers.find("Tus-Version"), "1.0.0");
  EXPECT_TRUE(check_tus_version(headers_of({{"tus-resumable", "1.0.0"}})));
}

TEST(Tus, NumbersAreDigitsThatFit) {
  EXPECT_EQ(*number_header(headers_of({{"Upload-Offset", "42"}}), "Upload-Offset"), 42u);
  for (const char* text : {"", "-1", "+1", "1e3", " 1", "9223372036854775808"})
    EXPECT_FALSE(number_header(headers_of({{"Upload-Offset", text}}), "Upload-Offset")) << text;
  EXPECT_FALSE(number_header({}, "Upload-Offset"));
}

TEST(Cookie, IsFoundAmongOthers) {
  EXPECT_EQ(session_cookie(headers_of({{"Cookie", "a=b; v2t_session=t0ken ;c=d"}})), "t0ken");
  EXPECT_EQ(session_cookie(headers_of({{"Cookie", "xv2t_session=a"}})), std::nullopt);
  EXPECT_EQ(session_cookie(headers_of({{"Cookie", ";;=;v2t_session"}})), std::nullopt);
  EXPECT_EQ(session_cookie({}), std::nullopt);
}

TEST(Cookie, WorksInAnIframeOverHttps) {
  EXPECT_TRUE(make_session_cookie("t", true).ends_with("HttpOnly; SameSite=None; Secure; Partitioned"));
  EXPECT_TRUE(make_session_cookie("t", false).ends_with("HttpOnly; SameSite=Lax"));
}

TEST(Query, IsDecoded) {
  const auto values = parse_query("a=b+c&%D0%B0=%2F&empty&=x&bad=%zz");
  ASSERT_EQ(values.size(), 3u);
  EXPECT_EQ(values[0], std::make_pair(std::string("a"), std::string("b c")));
  EXPECT_EQ(values[1], std::make_pair(std::string("а"), std::string("/")));
  EXPECT_EQ(values[2], std::make_pair(std::string("empty"), std::string()));
}

TEST(Percent, DecodesOnlyCleanText) {
  EXPECT_EQ(percent_decode("a%20b"), "a b");
  for (const char* text : {"%", "%2", "%zz", "%00", "%ff"}) EXPECT_EQ(percent_decode(text), std::nullopt) << text;
}

TEST(Percent, EncodesAllButUnreserved) { EXPECT_EQ(percent_encode("a b/é~"), "a%20b%2F%C3%A9~"); }

}  // namespace
}  // namespace v2t::http
