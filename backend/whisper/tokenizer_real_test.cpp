// Tests of the tokenizer on a real multilingual model's tokenizer.json, where V2T_MODEL_DIR names its folder. The
// expected numbers are those of the PyPI package tokenizers 0.23.
#include <gmock/gmock.h>

#include <cstdlib>

#include "base/file.h"
#include "whisper/json_reading.h"
#include "whisper/openai_vocabulary.h"
#include "whisper/tokenizer.h"

namespace v2t::whisper {
namespace {

using ::testing::ElementsAre;

class RealTokenizer : public ::testing::Test {
 protected:
  void SetUp() override {
    const char* folder = std::getenv("V2T_MODEL_DIR");
    if (folder == nullptr) GTEST_SKIP() << "V2T_MODEL_DIR names no model";
    const auto text = read_file(std::filesystem::path(folder) / "tokenizer.json", 64 << 20);
    ASSERT_TRUE(text);
    auto tokenizer = Tokenizer::parse(*text, 51865, "tokenizer.json");
    ASSERT_TRUE(tokenizer) << tokenizer.error().message;
    tokenizer_ = std::move(*tokenizer);
    const auto vocabulary = read_file(std::filesystem::path(folder) / "vocabulary.json", 64 << 20);
    ASSERT_TRUE(vocabulary);
    ASSERT_TRUE(tokenizer_.check_vocabulary(*vocabulary, "vocabulary.json"));
  }
  Tokenizer tokenizer_;
};

TEST_F(RealTokenizer, EncodesAsTheReferenceDoes) {
  EXPECT_THAT(tokenizer_.encode(" Hello, world! It's 1984; don't stop…"),
              ElementsAre(2425, 11, 1002, 0, 467, 311, 27127, 26, 500, 380, 1590, 1260));
  EXPECT_THAT(tokenizer_.encode(" Привет, мир! Ёжик №5"),
              ElementsAre(38932, 11, 20536, 0, 333, 223, 1820, 3605, 672, 226, 244, 20));
  EXPECT_THAT(tokenizer_.encode("日本語のテスト。"), ElementsAre(27311, 31348, 2972, 22985, 40498, 1543));
  EXPECT_THAT(tokenizer_.encode("  two  spaces\n\nand\ttabs "),
              ElementsAre(220, 732, 220, 7673, 198, 198, 474, 197, 83, 17243, 220));
  EXPECT_THAT(tokenizer_.encode("naïve café — 50% of €20 👍🏽"),
              ElementsAre(629, 15487, 303, 25118, 3466, 2625, 4, 295, 17450, 2009, 36276, 235, 4222, 237, 121));
  EXPECT_THAT(tokenizer_.encode("สวัสดี"), ElementsAre(13715, 7643, 5981, 13715, 9345, 6033));
}

TEST_F(RealTokenizer, IsTheOneThatAGgmlFileGives) {
  std::vector<std::string> tokens;
  for (int token = 0; token < tokenizer_.special().end_of_text; ++token) tokens.emplace_back(tokenizer_.bytes(token));
  const auto derived = openai_tokenizer(tokens, 51865, "ggml").value();
  for (const char* text : {" Hello, world! It's 1984; don't stop…", " Привет, мир! Ёжик №5", "日本語のテスト。",
                           "naïve café — 50% of €20 👍🏽", "  two  spaces\n\nand\ttabs "})
    EXPECT_EQ(derived.encode(text), tokenizer_.encode(text)) << text;
  EXPECT_EQ(derived.special().languages, tokenizer_.special().languages);
  EXPECT_EQ(derived.special().start_of_previous, tokenizer_.special().start_of_previous);
}

TEST_F(RealTokenizer, HasTheDefaultTokensThatAreNeverSampled) {
  const auto text = read_file(std::filesystem::path(std::getenv("V2T_MODEL_DIR")) / "config.json", 1 << 20).value();
  const auto config = parse_object(text, "config.json").value();
  EXPECT_EQ(default_suppressed_tokens(tokenizer_), read_integers(config, "suppress_ids", 51865, "").value());
  EXPECT_EQ(default_suppressed_at_begin(tokenizer_), read_integers(config, "suppress_ids_begin", 51865, "").value());
}

TEST_F(RealTokenizer, GivesBackAText) {
  const std::string text = " नमस्ते दुनिया२३";
  EXPECT_EQ(tokenizer_.decode(tokenizer_.encode(text)), text);
}

TEST_F(RealTokenizer, KnowsNinetyNineLanguages) {
  EXPECT_EQ(tokenizer_.special().languages.size(), 99U);
  EXPECT_EQ(tokenizer_.special().timestamp_begin, 50364);
}

}  // namespace
}  // namespace v2t::whisper
