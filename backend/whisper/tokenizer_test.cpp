// Tests of the tokenizer on a small vocabulary of the test's own.
#include "whisper/tokenizer.h"

#include <gmock/gmock.h>

#include "whisper/testing/small_tokenizer.h"

namespace v2t::whisper {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::kSmallVocabulary;
using testing::MergeForm;
using testing::small_tokenizer;
using testing::small_tokenizer_json;

// Ġ stands for the space.
const std::vector<std::string> kMerges{"h e", "l l", "he ll", "hell o", "Ġ w", "o r"};
constexpr int kHe = 256, kLl = 257, kHello = 259, kSpaceW = 260, kOr = 261, kEnd = 262;

std::string error_of(std::string_view json) {
  const auto tokenizer = Tokenizer::parse(json, kSmallVocabulary, "t.json");
  if (tokenizer) return "no error";
  EXPECT_EQ(tokenizer.error().code, ErrorCode::kModelInvalid);
  EXPECT_THAT(tokenizer.error().message, HasSubstr("t.json"));
  return tokenizer.error().message;
}

std::string replaced(std::string text, std::string_view what, std::string_view with) {
  const size_t at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return text.replace(at, what.size(), with);
}

TEST(Tokenizer, MergesByRank) {
  const auto t = small_tokenizer(kMerges);
  EXPECT_THAT(t.encode("hello wor"), ElementsAre(kHello, kSpaceW, kOr));
  EXPECT_THAT(t.encode("hell"), ElementsAre(258));
  EXPECT_THAT(t.encode("llhe"), ElementsAre(kLl, kHe));
}

TEST(Tokenizer, ReadsMergesAsTextsAndAsPairs) {
  const auto pairs = Tokenizer::parse(small_tokenizer_json(kMerges, MergeForm::kPair), kSmallVocabulary, "t").value();
  EXPECT_EQ(pairs.encode("hello world"), small_tokenizer(kMerges).encode("hello world"));
}

TEST(Tokenizer, ReadsEscapedTextsAndAnyOrderOfMembers) {
  std::string json = small_tokenizer_json(kMerges);
  for (size_t at = json.find("Ġ"); at != std::string::npos; at = json.find("Ġ")) json.replace(at, 2, "\\u0120");
  const size_t added = json.find("\"added_tokens\"");
  const size_t model = json.find("\"model\"");
  ASSERT_LT(added, model);
  const std::string end = json.substr(json.rfind('}'));
  const std::string turned = json.substr(0, added) + json.substr(model, json.rfind('}') - model) + "," +
                             json.substr(added, json.rfind(',', model) - added) + end;
  const auto t = Tokenizer::parse(turned, kSmallVocabulary, "t").value();
  EXPECT_EQ(t.encode("hello wor"), small_tokenizer(kMerges).encode("hello wor"));
}

TEST(Tokenizer, GivesBackEveryText) {
  const auto t = small_tokenizer(kMerges);
  for (const char* text : {"hello world", "Привет, мир!", "  two  spaces ", "日本語\n", "a\tb", "👍🏽", "", "it's '90"})
    EXPECT_EQ(t.decode(t.encode(text)), text);
}

TEST(Tokenizer, ReplacesInvalidUtf8) {
  const auto t = small_tokenizer();
  EXPECT_EQ(t.decode(t.encode("a\xFFz")), "a\xEF\xBF\xBDz");
}

TEST(Tokenizer, FindsSpecialTokensByContent) {
  const SpecialTokens s = small_tokenizer(kMerges).special();
  EXPECT_EQ(s.end_of_text, kEnd);
  EXPECT_EQ(s.start_of_transcript, kEnd + 1);
  EXPECT_EQ(s.translate, kEnd + 5);
  EXPECT_EQ(s.transcribe, kEnd + 6);
  EXPECT_EQ(s.start_of_previous, kEnd + 8);
  EXPECT_EQ(s.no_speech, kEnd + 9);
  EXPECT_EQ(s.no_timestamps, kEnd + 10);
  EXPECT_EQ(s.timestamp_begin, kEnd + 11);
  EXPECT_THAT(s.languages,
              ElementsAre(std::pair<std::string, int>("en", kEnd + 2), std::pair<std::string, int>("ru", kEnd + 3),
                          std::pair<std::string, int>("ja", kEnd + 4)));
}

TEST(Tokenizer, KnowsTheOlderNameOfNoSpeech) {
  const auto json = replaced(small_tokenizer_json(kMerges), "<|nospeech|>", "<|nocaptions|>");
  EXPECT_EQ(Tokenizer::parse(json, kSmallVocabulary, "t").value().special().no_speech, kEnd + 9);
}

TEST(Tokenizer, TakesSpecialTokensInTextAsText) {
  const auto t = small_tokenizer();
  for (const int token : t.encode("<|endoftext|>")) EXPECT_TRUE(t.is_text(token));
}

TEST(Tokenizer, DecodesTextTokensOnly) {
  const auto t = small_tokenizer(kMerges);
  const std::vector<int> tokens{t.special().timestamp_begin, kHello, t.special().end_of_text, -1, 1 << 20};
  EXPECT_EQ(t.decode(tokens), "hello");
}

TEST(Tokenizer, EncodesTheEndOfALongText) {
  const auto t = small_tokenizer(kMerges);
  std::string text;
  for (int i = 0; i < 10000; ++i) text += "hello";
  text += " hello w";
  EXPECT_EQ(t.encode_last(text, 4), (std::vector<int>{kHello, t.encode(" ")[0], kHello, kSpaceW}));
  EXPECT_EQ(t.encode_last("hello", 4), (std::vector<int>{kHello}));
  EXPECT_TRUE(t.encode_last("hello", 0).empty());
}

TEST(Tokenizer, RefusesBrokenFiles) {
  const std::string good = small_tokenizer_json(kMerges);
  EXPECT_EQ(error_of(good), "no error");
  EXPECT_THAT(error_of(""), HasSubstr("not valid JSON"));
  EXPECT_THAT(error_of("[]"), HasSubstr("not a JSON object"));
  EXPECT_THAT(error_of("{}"), HasSubstr("no model"));
  EXPECT_THAT(error_of(replaced(good, "\"vocab\"", "\"other\"")), HasSubstr("no vocabulary"));
  EXPECT_THAT(error_of(replaced(good, "\"merges\"", "\"other\"")), HasSubstr("no merges"));
  EXPECT_THAT(error_of(replaced(good, "\"added_tokens\"", "\"other\"")), HasSubstr("no added_tokens"));
}

TEST(Tokenizer, RefusesMergesAndAddedTokensThatAreNone) {
  const std::string good = small_tokenizer_json(kMerges);
  for (const char* merge : {"1", "null", "{}", "[]", "[\"h\"]", "[\"h\",\"e\",\"l\"]", "[\"h\",1]", "[[\"h\",\"e\"]]"})
    EXPECT_THAT(error_of(replaced(good, "\"h e\"", merge)), HasSubstr("neither a text nor a pair")) << merge;
  EXPECT_THAT(error_of(replaced(good, "\"content\"", "\"other\"")), HasSubstr("an added token is incomplete"));
  EXPECT_THAT(error_of(replaced(good, "\"id\"", "\"other\"")), HasSubstr("an added token is incomplete"));
  EXPECT_THAT(error_of(replaced(good, "\"added_tokens\":[", "\"added_tokens\":[7,")), HasSubstr("incomplete"));
  EXPECT_THAT(error_of(good + "x"), HasSubstr("not valid JSON"));
}

TEST(Tokenizer, RefusesNumbersOutOfRangeAndTwice) {
  const std::string good = small_tokenizer_json(kMerges);
  EXPECT_THAT(error_of(replaced(good, "\"B\":33", "\"B\":2048")), HasSubstr("not below the model's 2048"));
  EXPECT_THAT(error_of(replaced(good, "\"B\":33", "\"B\":-1")), HasSubstr("not below"));
  EXPECT_THAT(error_of(replaced(good, "\"B\":33", "\"B\":\"x\"")), HasSubstr("not below"));
  EXPECT_THAT(error_of(replaced(good, "\"B\":33", "\"B\":34")), HasSubstr("has two tokens"));
}

TEST(Tokenizer, RefusesMissingBytesMergesAndSpecialTokens) {
  const std::string good = small_tokenizer_json(kMerges);
  EXPECT_THAT(error_of(replaced(good, "\"B\":33", "\"BBB\":33")), HasSubstr("token of a byte"));
  EXPECT_THAT(error_of(replaced(good, "\"h e\"", "\"q e\"")), HasSubstr("unknown token"));
  EXPECT_THAT(error_of(replaced(good, "\"h e\"", "\"he\"")), HasSubstr("one part"));
  EXPECT_THAT(error_of(replaced(good, "\"h e\"", "7")), HasSubstr("neither a text nor a pair"));
  EXPECT_THAT(error_of(replaced(good, "<|translate|>", "<|else|>")), HasSubstr("<|translate|>"));
}

TEST(Tokenizer, RefusesSpecialTokensAmongTheText) {
  std::string json = small_tokenizer_json(kMerges);
  json = replaced(json, "{\"id\":" + std::to_string(kEnd) + ",", "{\"id\":2000,");
  EXPECT_THAT(error_of(json), HasSubstr("stand"));
}

const std::string kVocabulary = [] {
  const std::string json = small_tokenizer_json({"h e"});
  const size_t begin = json.find("\"vocab\":") + 8;
  return json.substr(begin, json.find("},", begin) - begin + 1);
}();
const std::string kAdded =
    R"({"<|endoftext|>":257,"<|startoftranscript|>":258,"<|en|>":259,"<|translate|>":260,"<|transcribe|>":261,)"
    R"("<|startoflm|>":262,"<|startofprev|>":263,"<|nospeech|>":264,"<|notimestamps|>":265})";

std::string error_of(const VocabularyFiles& files) {
  const auto tokenizer = Tokenizer::parse(files, kSmallVocabulary, "m");
  return tokenizer ? "no error" : tokenizer.error().message;
}

TEST(VocabularyFiles, MakeTheSameTokenizer) {
  const VocabularyFiles files{kVocabulary, "#version: 0.2\nh e\n", kAdded};
  const auto t = Tokenizer::parse(files, kSmallVocabulary, "m").value();
  EXPECT_THAT(t.encode("he"), ElementsAre(256));
  EXPECT_EQ(t.special().end_of_text, 257);
  EXPECT_EQ(t.special().timestamp_begin, 266);
  EXPECT_THAT(t.special().languages, ElementsAre(std::pair<std::string, int>("en", 259)));
}

TEST(VocabularyFiles, NameWhatIsWrongInWhich) {
  EXPECT_THAT(error_of({"{", "", "{}"}), HasSubstr("m/vocab.json"));
  EXPECT_THAT(error_of({kVocabulary, "he\n", kAdded}), HasSubstr("m/merges.txt: a merge has one part"));
  EXPECT_THAT(error_of({kVocabulary, "q q\n", kAdded}), HasSubstr("unknown token"));
  EXPECT_THAT(error_of({kVocabulary, "", "[]"}), HasSubstr("m/added_tokens.json"));
  EXPECT_THAT(error_of({kVocabulary, "", R"({"<|en|>":99999})"}), HasSubstr("not below"));
  EXPECT_THAT(error_of({kVocabulary, "", "{}"}), HasSubstr("<|endoftext|>"));
}

TEST(Vocabulary, AgreesAsJsonAndAsText) {
  auto t = small_tokenizer();
  EXPECT_TRUE(t.check_vocabulary(R"(["!","\""])", "v.json"));
  EXPECT_TRUE(t.check_vocabulary("!\n\"\n", "v.txt"));
}

TEST(Vocabulary, RefusesAnotherModelsTokens) {
  auto t = small_tokenizer();
  EXPECT_THAT(t.check_vocabulary(R"(["!","x"])", "v.json").error().message, HasSubstr("token 1 differs"));
  EXPECT_THAT(t.check_vocabulary(R"(["!",)", "v.json").error().message, HasSubstr("not valid JSON"));
  EXPECT_THAT(t.check_vocabulary("[1]", "v.json").error().message, HasSubstr("not a text"));
}

TEST(Vocabulary, NamesTokensThatTheTokenizerLacks) {
  const std::string json = replaced(small_tokenizer_json({"h e"}), ",\"he\":256", "");
  auto t = Tokenizer::parse(replaced(json, "\"h e\"", ""), kSmallVocabulary, "t").value();
  std::string vocabulary;
  for (int i = 0; i < 256; ++i) vocabulary += "\n";
  ASSERT_TRUE(t.check_vocabulary(vocabulary + "he\n", "v.txt"));
  EXPECT_EQ(t.bytes(256), "he");
}

}  // namespace
}  // namespace v2t::whisper
