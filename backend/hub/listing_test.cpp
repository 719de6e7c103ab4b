// What the hub says is parsed strictly.
#include "hub/listing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace v2t::hub {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const std::string kCommit(40, 'a');

std::string listing_of(const std::string& files) {
  return R"({"id":"o/n","sha":")" + kCommit + R"(","siblings":[)" + files + "]}";
}

std::string file(const std::string& name) { return R"({"rfilename":")" + name + R"("})"; }

const std::string kUsual = file("config.json") + "," + file("model.bin") + "," + file("tokenizer.json");

TEST(Listing, NamesTheCommitAndTheNeededFilesOnly) {
  const auto listing = parse_listing(
      listing_of(file(".gitattributes") + "," + file("README.md") + "," + kUsual + "," + file("vocabulary.txt")),
      "o/n");
  ASSERT_TRUE(listing) << listing.error().message;
  EXPECT_EQ(listing->commit, kCommit);
  EXPECT_THAT(listing->files, ElementsAre("config.json", "tokenizer.json", "vocabulary.txt", "model.bin"));
}

TEST(Listing, PrefersTheJsonVocabularyAndTakesThePreprocessor) {
  const auto listing = parse_listing(listing_of(kUsual + "," + file("vocabulary.txt") + "," + file("vocabulary.json") +
                                                "," + file("preprocessor_config.json")),
                                     "o/n");
  EXPECT_THAT(listing->files,
              ElementsAre("config.json", "tokenizer.json", "vocabulary.json", "preprocessor_config.json", "model.bin"));
}

TEST(Listing, OfAnotherKindOfModelIsRefusedByName) {
  const auto error = parse_listing(listing_of(file("pytorch_model.bin")), "o/old").error();
  EXPECT_EQ(error.code, ErrorCode::kModelInvalid);
  EXPECT_THAT(error.message, HasSubstr("o/old"));
  EXPECT_THAT(error.message, HasSubstr("only pytorch_model.bin, which is not read"));
}

TEST(Listing, TakesTheHuggingFaceLayout) {
  const auto listing = parse_listing(
      listing_of(file("model.safetensors") + "," + file("pytorch_model.bin") + "," + file("config.json") + "," +
                 file("generation_config.json") + "," + file("tokenizer.json") + "," + file("vocab.json")),
      "o/n");
  ASSERT_TRUE(listing) << listing.error().message;
  EXPECT_THAT(listing->files,
              ElementsAre("config.json", "tokenizer.json", "generation_config.json", "model.safetensors"));
}

TEST(Listing, WithoutVocabularyIsRefused) {
  EXPECT_EQ(parse_listing(listing_of(kUsual), "o/n").error().code, ErrorCode::kModelInvalid);
}

TEST(Listing, ThatIsSomethingElseIsRefused) {
  for (const std::string& text :
       {std::string("<html>"), std::string(""), std::string("[]"), std::string("{}"), std::string(R"({"sha":5})"),
        std::string(R"({"sha":"../../x","siblings":[]})"), R"({"sha":")" + kCommit + R"("})", std::string(100000, '[')})
    EXPECT_EQ(parse_listing(text, "o/n").error().code, ErrorCode::kUnavailable) << text.substr(0, 60);
}

TEST(Etag, IsBaredOfQuotesAndWeakness) {
  EXPECT_EQ(bare_etag("\"abc\""), "abc");
  EXPECT_EQ(bare_etag("W/\"abc\""), "abc");
  EXPECT_EQ(bare_etag("abc"), "abc");
  EXPECT_EQ(bare_etag("\""), "\"");
}

TEST(ContentHash, IsFortyOrSixtyFourLowerCaseDigits) {
  EXPECT_TRUE(is_content_hash(std::string(40, '0')));
  EXPECT_TRUE(is_content_hash(std::string(64, 'f')));
  EXPECT_FALSE(is_content_hash(std::string(63, 'f')));
  EXPECT_FALSE(is_content_hash(std::string(64, 'F')));
  EXPECT_FALSE(is_content_hash("../" + std::string(61, 'a')));
}

TEST(ContentRange, GivesTheFirstByteAndTheTotal) {
  const auto range = parse_content_range("bytes 100-199/200");
  ASSERT_TRUE(range);
  EXPECT_EQ(range->first, 100u);
  EXPECT_EQ(range->total, 200u);
}

TEST(ContentRange, ThatIsImpossibleIsRefused) {
  for (const char* text : {"", "bytes", "bytes 5-4/10", "bytes 0-10/10", "bytes 0-9/*", "items 0-9/10", "bytes -9/10",
                           "bytes 0-99999999999999999999/10", "bytes 0/9-10"})
    EXPECT_FALSE(parse_content_range(text)) << text;
}

TEST(Size, IsDecimalDigitsOnly) {
  EXPECT_EQ(parse_size("18446744073709551615"), UINT64_MAX);
  for (const char* text : {"", "-1", "+1", " 1", "1 ", "0x1", "18446744073709551616"})
    EXPECT_FALSE(parse_size(text)) << text;
}

}  // namespace
}  // namespace v2t::hub
