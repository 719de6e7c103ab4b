// Redirects are followed to safe places only.
#include "hub/url.h"

#include <gtest/gtest.h>

namespace v2t::hub {
namespace {

const Origin kSecure{"https", "huggingface.co", "443"};
const Origin kPlain{"http", "127.0.0.1", "8000"};

TEST(Origin, IsSchemeHostAndPort) {
  EXPECT_EQ(*origin_of("https://HuggingFace.co/a?b"), kSecure);
  EXPECT_EQ(*origin_of("http://127.0.0.1:8000/x"), kPlain);
  EXPECT_NE(*origin_of("https://huggingface.co:8443"), kSecure);
}

TEST(Origin, OfOtherSchemesAndOfCredentialsIsRefused) {
  for (const char* url : {"ftp://host/x", "file:///etc/passwd", "huggingface.co", "", "https://", "https://u:p@host/"})
    EXPECT_EQ(origin_of(url).error().code, ErrorCode::kInvalidArgument) << url;
}

TEST(Endpoint, LosesItsFinalSlashes) {
  EXPECT_EQ(*parse_endpoint("https://huggingface.co/"), "https://huggingface.co");
  EXPECT_EQ(*parse_endpoint("https://mirror.example/hub//"), "https://mirror.example/hub");
}

TEST(Endpoint, ThatIsNoPlainUrlIsRefused) {
  for (const char* url : {"huggingface.co", "https://host/?a=b", "https://host/#a", "file:///x"})
    EXPECT_EQ(parse_endpoint(url).error().code, ErrorCode::kInvalidArgument) << url;
}

TEST(Redirect, IsResolvedAgainstTheUrlItCameFrom) {
  EXPECT_EQ(*resolve_redirect("https://huggingface.co/a/b", "/c/d?e", kSecure), "https://huggingface.co/c/d?e");
  EXPECT_EQ(*resolve_redirect("https://huggingface.co/a/b", "https://cdn.example/x", kSecure), "https://cdn.example/x");
}

TEST(Redirect, FromHttpsToHttpIsNotFollowed) {
  EXPECT_FALSE(resolve_redirect("https://huggingface.co/a", "http://huggingface.co/a", kSecure));
  EXPECT_FALSE(resolve_redirect("https://huggingface.co/a", "http://127.0.0.1/a", kSecure));
  EXPECT_TRUE(resolve_redirect("http://127.0.0.1:8000/a", "http://127.0.0.1:9000/a", kPlain));
}

TEST(Redirect, ToOtherSchemesIsNotFollowed) {
  for (const char* location : {"file:///etc/passwd", "ftp://host/x", "https://user:secret@host/", "", "gopher://x"})
    EXPECT_EQ(resolve_redirect("http://127.0.0.1:8000/a", location, kPlain).error().code, ErrorCode::kUnavailable)
        << location;
}

}  // namespace
}  // namespace v2t::hub
