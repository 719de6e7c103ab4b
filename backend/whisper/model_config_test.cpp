// Tests of what a model's tensors and config.json say of it.
#include "whisper/model_config.h"

#include <gmock/gmock.h>

#include "whisper/ct2_model.h"
#include "whisper/testing/ct2_bytes.h"

namespace v2t::whisper {
namespace {

using testing::Ct2Bytes;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

struct Given {
  std::string file = Ct2Bytes().add_whisper(80, 128, 2, 4, 3000).build();
  std::string config = "{}";
  std::optional<std::string_view> preprocessor;
};

Result<ModelConfig> read(const Given& given) {
  const auto model = Ct2Model::parse("m/model.bin", std::as_bytes(std::span(given.file))).value();
  return read_model_config(*model, given.config, given.preprocessor, "m");
}

std::string error_of(const Given& given) {
  const auto config = read(given);
  if (config) return "no error";
  EXPECT_EQ(config.error().code, ErrorCode::kModelInvalid);
  return config.error().message;
}

Result<ModelConfig> read_hugging_face(const std::string& config, std::optional<std::string_view> generation = {},
                                      std::optional<std::string_view> preprocessor = {}) {
  const std::string file = Given().file;
  const auto model = Ct2Model::parse("m/model.bin", std::as_bytes(std::span(file))).value();
  return read_hugging_face_config(*model, {config, generation, preprocessor}, "m");
}

TEST(HuggingFaceConfig, TakesDecodingSettingsFromGenerationConfig) {
  const auto config = read_hugging_face(R"({"model_type":"whisper","suppress_tokens":[9],"encoder_attention_heads":2})",
                                        R"({"suppress_tokens":[1,2],"begin_suppress_tokens":[3],)"
                                        R"("lang_to_id":{"<|en|>":5},"alignment_heads":[[1,0]]})")
                          .value();
  EXPECT_THAT(config.suppressed_tokens, ElementsAre(1, 2));
  EXPECT_THAT(config.suppressed_at_begin, ElementsAre(3));
  EXPECT_THAT(config.language_tokens, ElementsAre(5));
  EXPECT_EQ(config.alignment_heads.size(), 1U);
}

TEST(HuggingFaceConfig, OfOlderModelsIsInConfigJson) {
  const auto config = read_hugging_face(R"({"suppress_tokens":[9],"begin_suppress_tokens":[8]})").value();
  EXPECT_THAT(config.suppressed_tokens, ElementsAre(9));
  EXPECT_THAT(config.suppressed_at_begin, ElementsAre(8));
  EXPECT_EQ(config.alignment_heads.size(), 4U);  // all of the last half of the layers
  const auto without = read_hugging_face(R"({"suppress_tokens":[9]})", R"({"suppress_tokens":null})").value();
  EXPECT_THAT(without.suppressed_tokens, ElementsAre(9));
}

TEST(HuggingFaceConfig, RefusesOtherModels) {
  const auto message = [](const auto& config) { return config ? std::string("no error") : config.error().message; };
  EXPECT_THAT(message(read_hugging_face(R"({"model_type":"bert"})")), HasSubstr("not a Whisper"));
  EXPECT_THAT(message(read_hugging_face(R"({"tie_word_embeddings":false})")), HasSubstr("tie_word_embeddings"));
  EXPECT_THAT(message(read_hugging_face(R"({"decoder_attention_heads":5})")), HasSubstr("64 wide"));
  EXPECT_THAT(message(read_hugging_face("{}", R"({"lang_to_id":{"<|en|>":99999}})")), HasSubstr("lang_to_id"));
  EXPECT_THAT(message(read_hugging_face("{}", R"({"suppress_tokens":[-1]})")), HasSubstr("generation_config.json"));
  EXPECT_THAT(message(read_hugging_face("{}", "{}", R"({"feature_size":128})")), HasSubstr("preprocessor_config.json"));
}

TEST(ModelConfig, TakesDimensionsFromTensorShapes) {
  const auto d = read({}).value().dimensions;
  EXPECT_EQ(d.n_mels, 80);
  EXPECT_EQ(d.n_audio_positions, 1500);
  EXPECT_EQ(d.n_text_positions, 448);
  EXPECT_EQ(d.n_state, 128);
  EXPECT_EQ(d.n_heads, 2);
  EXPECT_EQ(d.n_encoder_layers, 2);
  EXPECT_EQ(d.n_decoder_layers, 4);
  EXPECT_EQ(d.n_vocabulary, 3000);
}

TEST(ModelConfig, WithoutAlignmentHeadsTakesTheLastHalfOfTheLayers) {
  const auto heads = read({}).value().alignment_heads;
  ASSERT_EQ(heads.size(), 4U);
  EXPECT_EQ(heads.front().layer, 2);
  EXPECT_EQ(heads.back().layer, 3);
  EXPECT_EQ(heads.back().head, 1);
}

TEST(ModelConfig, LeavesOutHeadsThatTheModelDoesNotHave) {
  const auto heads = read({.config = R"({"alignment_heads":[[1,1],[30,0]]})"}).value().alignment_heads;
  ASSERT_EQ(heads.size(), 1U);
  EXPECT_EQ(heads[0].layer, 1);
}

TEST(ModelConfig, ReadsTokenLists) {
  const auto config = read({.config = R"({"suppress_ids":[1,2],"suppress_ids_begin":[7],"lang_ids":[9,8]})"}).value();
  EXPECT_THAT(config.suppressed_tokens, ElementsAre(1, 2));
  EXPECT_THAT(config.suppressed_at_begin, ElementsAre(7));
  EXPECT_THAT(config.language_tokens, ElementsAre(9, 8));
}

TEST(ModelConfig, RefusesBrokenConfig) {
  EXPECT_THAT(error_of({.config = "{"}), HasSubstr("m/config.json: it is not valid JSON"));
  EXPECT_THAT(error_of({.config = "[]"}), HasSubstr("not a JSON object"));
  EXPECT_THAT(error_of({.config = R"({"suppress_ids":[3000]})"}), HasSubstr("suppress_ids"));
  EXPECT_THAT(error_of({.config = R"({"suppress_ids":[-1]})"}), HasSubstr("suppress_ids"));
  EXPECT_THAT(error_of({.config = R"({"lang_ids":"en"})"}), HasSubstr("lang_ids"));
  EXPECT_THAT(error_of({.config = R"({"alignment_heads":[[1]]})"}), HasSubstr("alignment_heads"));
  EXPECT_THAT(error_of({.config = R"({"alignment_heads":5})"}), HasSubstr("alignment_heads"));
}

TEST(ModelConfig, ComparesMelBinsWithThePreprocessor) {
  EXPECT_TRUE(read({.preprocessor = R"({"feature_size":80})"}));
  EXPECT_TRUE(read({.preprocessor = R"({})"}));
  EXPECT_THAT(error_of({.preprocessor = R"({"feature_size":128})"}), HasSubstr("number of mel bins, 80"));
}

TEST(ModelConfig, RefusesModelsWithoutTheirTensors) {
  EXPECT_THAT(error_of({.file = Ct2Bytes().build()}), HasSubstr("encoder/conv1/weight is missing"));
  EXPECT_THAT(error_of({.file = Ct2Bytes().add_whisper(80, 128, 0, 4, 3000).build()}), HasSubstr("no layers"));
  EXPECT_THAT(error_of({.file = Ct2Bytes().add_whisper(80, 100, 1, 1, 3000).build()}), HasSubstr("multiple of 64"));
  EXPECT_THAT(error_of({.file = Ct2Bytes().add("encoder/conv1/weight", {1}, 1, "1").build()}),
              HasSubstr("unexpected shape"));
}

TEST(ModelConfig, RefusesAnotherNumberOfPositions) {
  const auto with_positions = [](uint32_t audio, uint32_t text) {
    return Ct2Bytes()
        .add("encoder/conv1/weight", {64, 1, 3}, 4, std::string(384, '\0'))
        .add("encoder/position_encodings/encodings", {audio, 64}, 4, std::string(audio * 128, '\0'))
        .add("decoder/position_encodings/encodings", {text, 64}, 4, std::string(text * 128, '\0'))
        .add("decoder/embeddings/weight", {1, 64}, 4, std::string(128, '\0'))
        .add("encoder/layer_0/self_attention/linear_0/weight", {1}, 4, "ab")
        .add("decoder/layer_0/self_attention/linear_0/weight", {1}, 4, "ab")
        .build();
  };
  EXPECT_THAT(error_of({.file = with_positions(500, 448)}), HasSubstr("500 positions, not 1500"));
  EXPECT_THAT(error_of({.file = with_positions(1500, 15)}), HasSubstr("too few text positions"));
  EXPECT_EQ(error_of({.file = with_positions(1500, 16)}), "no error");
}

TEST(ModelConfig, RefusesHeadsOfAnotherWidth) {
  const auto file = Ct2Bytes().add_whisper(80, 128, 1, 1, 3000).add("decoder/num_heads", {}, 2, {"\4\0", 2}).build();
  EXPECT_THAT(error_of({.file = file}), HasSubstr("not 64 wide"));
}

}  // namespace
}  // namespace v2t::whisper
