// Tests of the reader of whisper.cpp's files.
#include "whisper/ggml_model.h"

#include <gmock/gmock.h>

#include "whisper/testing/ggml_bytes.h"

namespace v2t::whisper {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using testing::GgmlBytes;
using ::testing::HasSubstr;

std::string error_of(const std::string& bytes) {
  const auto model = GgmlModel::parse("ggml-x.bin", std::as_bytes(std::span(bytes)));
  if (model) return "no error";
  EXPECT_EQ(model.error().code, ErrorCode::kModelInvalid);
  EXPECT_THAT(model.error().message, AllOf(HasSubstr("ggml-x.bin"), HasSubstr("get it again")));
  return model.error().message;
}

TEST(GgmlModel, GivesSizesVocabularyAndTensors) {
  const std::string file = GgmlBytes().add("decoder.token_embedding.weight", {32, 2}, 8, std::string(68, 'x')).build();
  const auto model = GgmlModel::parse("x", std::as_bytes(std::span(file))).value();
  EXPECT_EQ(model->stated_dimensions().n_text_positions, 448);
  EXPECT_EQ(model->stated_dimensions().n_mels, 2);
  EXPECT_THAT(model->vocabulary(), ElementsAre("!", "\""));
  const auto tensor = model->find("decoder/embeddings/weight").value();
  EXPECT_EQ(tensor.type, DataType::kQ8_0);
  EXPECT_THAT(tensor.shape, ElementsAre(2, 32));
  EXPECT_EQ(tensor.bytes.size(), 68U);
}

TEST(GgmlModel, StacksQueriesKeysAndValuesAndFillsTheKeysBias) {
  GgmlBytes bytes;
  for (const char* part : {"query", "key", "value"})
    bytes.add("encoder.blocks.0.attn." + std::string(part) + ".weight", {2, 2}, 0, std::string(16, part[0]));
  bytes.add("encoder.blocks.0.attn.query.bias", {2}, 0, std::string(8, 'q'));
  bytes.add("encoder.blocks.0.attn.value.bias", {2}, 0, std::string(8, 'v'));
  const std::string file = bytes.build();
  const auto model = GgmlModel::parse("x", std::as_bytes(std::span(file))).value();
  const auto weight = model->find("encoder/layer_0/self_attention/linear_0/weight").value();
  EXPECT_THAT(weight.shape, ElementsAre(6, 2));
  ASSERT_EQ(weight.pieces.size(), 3U);
  EXPECT_EQ(weight.pieces[1].bytes.front(), std::byte{'k'});
  const auto bias = model->find("encoder/layer_0/self_attention/linear_0/bias").value();
  EXPECT_THAT(bias.shape, ElementsAre(6));
  EXPECT_TRUE(bias.pieces[1].bytes.empty());
  EXPECT_EQ(bias.pieces[2].bytes.front(), std::byte{'v'});
}

TEST(GgmlModel, TakesAColumnAsABias) {
  const std::string file = GgmlBytes().add("encoder.conv1.bias", {1, 4}, 0, std::string(16, 'x')).build();
  const auto model = GgmlModel::parse("x", std::as_bytes(std::span(file))).value();
  EXPECT_THAT(model->find("encoder/conv1/bias")->shape, ElementsAre(4));
}

TEST(GgmlModel, RefusesOtherFiles) {
  EXPECT_THAT(error_of(""), HasSubstr("ends inside its first number"));
  EXPECT_THAT(error_of("GGUF1234"), HasSubstr("GGUF"));
  EXPECT_THAT(error_of("RIFF1234"), HasSubstr("does not begin as a GGML file"));
}

TEST(GgmlModel, RefusesAHeadThatNoWhisperHas) {
  GgmlBytes zero;
  zero.head[8] = 0;
  EXPECT_THAT(error_of(zero.build()), HasSubstr("number of decoder layers is 0"));
  GgmlBytes large;
  large.head[0] = 0xFFFFFFFF;
  EXPECT_THAT(error_of(large.build()), HasSubstr("number of tokens"));
  GgmlBytes uneven;
  uneven.head[6] = 128;
  EXPECT_THAT(error_of(uneven.build()), HasSubstr("different widths"));
  GgmlBytes filters;
  filters.n_filter_bins = 257;
  EXPECT_THAT(error_of(filters.build()), HasSubstr("mel filters"));
}

TEST(GgmlModel, RefusesAVocabularyThatItCannotHold) {
  GgmlBytes many;
  many.head[0] = 1;
  EXPECT_THAT(error_of(many.build()), HasSubstr("more tokens than the model has"));
  GgmlBytes huge;
  huge.vocabulary = {std::string(257, 'x')};
  EXPECT_THAT(error_of(huge.build()), HasSubstr("too long"));
}

TEST(GgmlModel, RefusesTensorsThatDoNotFit) {
  EXPECT_THAT(error_of(GgmlBytes().add("a", {4}, 0, "short").build()), HasSubstr("ends inside tensor a"));
  EXPECT_THAT(error_of(GgmlBytes().add("a", {4}, 99, "").build()), HasSubstr("type 99, which is not read"));
  EXPECT_THAT(error_of(GgmlBytes().add("a", {33}, 8, "").build()), HasSubstr("no whole blocks"));
  EXPECT_THAT(error_of(GgmlBytes().add("a", {}, 0, "").build()), HasSubstr("0 dimensions"));
  EXPECT_THAT(error_of(GgmlBytes().add("a", {0}, 0, "").build()), HasSubstr("impossible shape"));
  EXPECT_THAT(error_of(GgmlBytes().add("", {1}, 0, "abcd").build()), HasSubstr("name has an impossible length"));
  EXPECT_THAT(error_of(GgmlBytes().add("a", {1}, 0, "abcd").add("a", {1}, 0, "abcd").build()), HasSubstr("twice"));
  EXPECT_THAT(error_of(GgmlBytes().add("a", {1 << 24, 1 << 24, 1 << 24, 1 << 24}, 0, "").build()),
              HasSubstr("tensor a"));
}

TEST(GgmlModel, CutAnywhereIsRefusedOrLacksTensors) {
  const std::string whole = GgmlBytes().add("decoder.ln.weight", {4}, 0, std::string(16, 'x')).build();
  for (size_t size = 0; size < whole.size(); ++size) {
    const auto model = GgmlModel::parse("x", std::as_bytes(std::span(whole).first(size)));
    EXPECT_TRUE(!model || !(*model)->find("decoder/layer_norm/gamma")) << size;
  }
}

}  // namespace
}  // namespace v2t::whisper
