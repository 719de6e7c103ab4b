// What OpenAI fixed outside of its files, against the files of others.
#include "whisper/openai_vocabulary.h"

#include <gmock/gmock.h>

#include "whisper/testing/small_tokenizer.h"

namespace v2t::whisper {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// The bytes, then a few tokens: merged from pairs of earlier ones.
std::vector<std::string> text_tokens() {
  std::vector<std::string> tokens;
  for (int token = 0; token < 256; ++token) tokens.emplace_back(testing::small_tokenizer().bytes(token));
  tokens.insert(tokens.end(), {"he", "ll", "hell", "hello"});
  return tokens;
}

TEST(OpenAiTokenizer, MergesAsTheNumbersOfTheTokensSay) {
  const auto t = openai_tokenizer(text_tokens(), 51865, "x").value();
  EXPECT_THAT(t.encode("hello"), ElementsAre(259));
  EXPECT_THAT(t.encode("llhe"), ElementsAre(257, 256));
  EXPECT_EQ(t.decode(t.encode("hello, мир")), "hello, мир");
}

TEST(OpenAiTokenizer, OfAMultilingualModelHasNinetyNineLanguages) {
  const auto t = openai_tokenizer(text_tokens(), 51865, "x").value();
  EXPECT_EQ(t.special().end_of_text, 50257);
  EXPECT_EQ(t.special().translate, 50358);
  EXPECT_EQ(t.special().timestamp_begin, 50364);
  EXPECT_EQ(t.special().languages.size(), 99U);
  EXPECT_EQ(t.special().languages.back().first, "su");
}

TEST(OpenAiTokenizer, OfLargeV3KnowsCantonese) {
  const auto t = openai_tokenizer(text_tokens(), 51866, "x").value();
  EXPECT_EQ(t.special().languages.back(), (std::pair<std::string, int>("yue", 50358)));
  EXPECT_EQ(t.special().transcribe, 50360);
  EXPECT_EQ(t.special().timestamp_begin, 50365);
}

TEST(OpenAiTokenizer, OfAnEnglishModelIsOneTokenShorter) {
  const auto t = openai_tokenizer(text_tokens(), 51864, "x").value();
  EXPECT_EQ(t.special().end_of_text, 50256);
  EXPECT_EQ(t.special().transcribe, 50358);
  EXPECT_EQ(t.special().timestamp_begin, 50363);
}

TEST(OpenAiTokenizer, RefusesOtherSizesAndMissingBytes) {
  EXPECT_THAT(openai_tokenizer(text_tokens(), 51867, "x.bin").error().message, HasSubstr("51867 tokens"));
  EXPECT_THAT(openai_tokenizer({"a", "b"}, 51865, "x.bin").error().message, HasSubstr("token of a byte"));
}

TEST(DefaultAlignmentHeads, AreThoseOfTheModelOfThatSize) {
  const auto base = default_alignment_heads({});
  ASSERT_EQ(base.size(), 8U);
  EXPECT_EQ(base[0].layer, 3);
  EXPECT_EQ(base[0].head, 1);
  const Dimensions turbo{.n_mels = 128, .n_state = 1280, .n_heads = 20, .n_decoder_layers = 4, .n_vocabulary = 51866};
  EXPECT_EQ(default_alignment_heads(turbo).size(), 6U);
  const Dimensions distil{.n_mels = 128, .n_state = 1280, .n_heads = 20, .n_decoder_layers = 2, .n_vocabulary = 51866};
  EXPECT_EQ(default_alignment_heads(distil).size(), 20U);
}

}  // namespace
}  // namespace v2t::whisper
