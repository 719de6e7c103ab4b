// Tests of the form reader.
#include "app/http/multipart.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace v2t::http {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// "name=content" or "name(filename)=content" of each part, and the longest content held at once.
class Collector final : public FormReceiver {
 public:
  Outcome<void> begin_part(const FormPart& part) override {
    parts.push_back(part.name + (part.filename ? "(" + *part.filename + ")" : "") + "=");
    return {};
  }
  Outcome<void> take(std::string_view content) override {
    parts.back() += content;
    longest = std::max(longest, content.size());
    return {};
  }
  Outcome<void> end_part() override {
    ++n_ended;
    return {};
  }

  std::vector<std::string> parts;
  size_t longest = 0;
  size_t n_ended = 0;
};

const std::string kForm =
    "preamble\r\n--xyz\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nwhisper-1\r\n"
    "--xyz  \r\ncontent-disposition: form-data; name=file; filename=\"a \\\"b\\\".mp3\"\r\n"
    "Content-Type: audio/mpeg\r\n\r\n\r\n--xy\r\n-\r\n--xyz\r\n"
    "Content-Disposition: form-data; name=\"empty\"\r\n\r\n\r\n--xyz--\r\nepilogue";

Outcome<void> read_in_pieces(const std::string& body, size_t piece, FormReceiver& receiver) {
  MultipartReader reader("xyz", receiver);
  for (size_t i = 0; i < body.size(); i += piece) ATTEMPT_VOID(reader.write(std::string_view(body).substr(i, piece)));
  return reader.finish();
}

int status_of_form(const std::string& body) {
  Collector collector;
  const auto read = read_in_pieces(body, body.size(), collector);
  return read ? 200 : read.error().status;
}

std::string part(const std::string& name) {
  return "--xyz\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n1\r\n";
}

class MultipartPieces : public ::testing::TestWithParam<size_t> {};

TEST_P(MultipartPieces, ReadsTheSamePartsHoweverTheyArrive) {
  Collector collector;
  ASSERT_TRUE(read_in_pieces(kForm, GetParam(), collector));
  EXPECT_THAT(collector.parts, ElementsAre("model=whisper-1", "file(a \"b\".mp3)=\r\n--xy\r\n-", "empty="));
  EXPECT_EQ(collector.n_ended, 3U);
}
INSTANTIATE_TEST_SUITE_P(Sizes, MultipartPieces, ::testing::Values(1, 2, 3, 7, 16, 64, 1000));

TEST(Multipart, HoldsNoMoreThanAPiece) {
  const std::string body =
      "--xyz\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\n" + std::string(100'000, 'a') + "\r\n--xyz--";
  Collector collector;
  ASSERT_TRUE(read_in_pieces(body, 1000, collector));
  EXPECT_EQ(collector.parts.front().size(), 100'000U + 5);
  EXPECT_LE(collector.longest, 1100U);
}

TEST(Multipart, WhatIsNoFormIsRefused) {
  EXPECT_EQ(status_of_form(""), 400);
  EXPECT_EQ(status_of_form("hello"), 400);
  EXPECT_EQ(status_of_form(part("a")), 400) << "no end";
  EXPECT_EQ(status_of_form("--xyzzy\r\n"), 400);
  EXPECT_EQ(status_of_form("--xyz\r\n\r\n1\r\n--xyz--"), 400) << "no head";
  EXPECT_EQ(status_of_form("--xyz\r\nContent-Disposition: form-data\r\n\r\n1\r\n--xyz--"), 400) << "no name";
  EXPECT_EQ(status_of_form("--xyz\r\nContent-Disposition: form-data; name=\"a\r\n\r\n1\r\n--xyz--"), 400);
  EXPECT_EQ(status_of_form("--xyz\r\nContent-Disposition: attachment; name=\"a\"\r\n\r\n1\r\n--xyz--"), 400);
}

TEST(Multipart, PartsAndTheirHeadsAreLimited) {
  std::string body;
  for (int i = 0; i < 32; ++i) body += part("a");
  EXPECT_EQ(status_of_form(body + "--xyz--"), 200);
  EXPECT_EQ(status_of_form(body + part("a") + "--xyz--"), 413);
  EXPECT_EQ(status_of_form("--xyz\r\nA: " + std::string(9000, 'a')), 413);
}

// Found by multipart_fuzz: a limit must not count the first bytes of the end that is still to come.
TEST(Multipart, TheLimitsAreTheSameHoweverThePiecesAreCut) {
  const std::string disposition = "Content-Disposition: form-data; name=\"a\"\r\n";
  const auto form = [&](size_t n_blanks, size_t head_bytes) {
    const std::string head = disposition + "A: " + std::string(head_bytes - disposition.size() - 3, 'x');
    return "--xyz" + std::string(n_blanks, ' ') + "\r\n" + head + "\r\n\r\n1\r\n--xyz--";
  };
  const auto is_read = [](const std::string& body, size_t piece) {
    Collector collector;
    return read_in_pieces(body, piece, collector).has_value();
  };
  for (const size_t piece : {1U, 2U, 3U, 5U, 64U, 20'000U}) {
    EXPECT_TRUE(is_read(form(64, 1000), piece)) << piece;
    EXPECT_FALSE(is_read(form(65, 1000), piece)) << piece;
    // The line's end of the delimiter is the head's first two bytes.
    EXPECT_TRUE(is_read(form(0, 8190), piece)) << piece;
    EXPECT_FALSE(is_read(form(0, 8191), piece)) << piece;
  }
}

TEST(Multipart, AFormWithoutPartsIsEmpty) { EXPECT_EQ(status_of_form("--xyz--"), 200); }

TEST(Multipart, NamesOutsideAsciiAreRead) {
  Collector collector;
  const std::string body =
      "--xyz\r\nContent-Disposition: form-data; name=\"file\"; filename=\"x\"; filename*=UTF-8''%D0%B0.mp3\r\n\r\n"
      "\r\n--xyz--\r\n";
  ASSERT_TRUE(read_in_pieces(body, 5, collector));
  EXPECT_THAT(collector.parts, ElementsAre("file(а.mp3)="));
}

TEST(Multipart, TheReceiversErrorEndsTheReading) {
  class Refuser final : public FormReceiver {
   public:
    Outcome<void> begin_part(const FormPart&) override { return refuse({ErrorCode::kTooLarge, "no more"}); }
    Outcome<void> take(std::string_view) override { return {}; }
    Outcome<void> end_part() override { return {}; }
  } refuser;
  EXPECT_EQ(read_in_pieces(kForm, 1000, refuser).error().error.message, "no more");
}

Outcome<std::string> boundary_of(const std::string& content_type) {
  Headers headers;
  headers.add("Content-Type", content_type);
  return multipart_boundary(headers);
}

TEST(MultipartBoundary, IsAParameterOfTheContentType) {
  EXPECT_EQ(boundary_of("multipart/form-data; boundary=xyz").value(), "xyz");
  EXPECT_EQ(boundary_of("Multipart/Form-Data; charset=utf-8; Boundary=\"a b;c\"").value(), "a b;c");
  EXPECT_EQ(boundary_of("application/json").error().status, 415);
  EXPECT_EQ(boundary_of("").error().status, 415);
  EXPECT_EQ(boundary_of("multipart/form-data").error().status, 400);
  EXPECT_EQ(boundary_of("multipart/form-data; boundary=" + std::string(71, 'a')).error().status, 400);
}

}  // namespace
}  // namespace v2t::http
