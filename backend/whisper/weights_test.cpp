// What Weights::load accepts and refuses.
#include "whisper/weights.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "whisper/testing/random_tensors.h"

namespace v2t::whisper {
namespace {

using ::testing::HasSubstr;
using testing::kSmallModel;
using testing::RandomTensors;

class WeightsTest : public ::testing::Test {
 protected:
  // The error of loading with these dimensions; fails the test when there is none.
  Error error(const Dimensions& dimensions = kSmallModel) {
    const auto weights = Weights::load(tensors_, dimensions);
    EXPECT_FALSE(weights.has_value());
    return weights.has_value() ? Error{} : weights.error();
  }

  RandomTensors tensors_{kSmallModel};
};

TEST_F(WeightsTest, LoadsAWholeModelAtEveryInstructionSet) {
  for (const nn::InstructionSet set : nn::available_instruction_sets()) {
    const auto weights = Weights::load(tensors_, kSmallModel, set);
    ASSERT_TRUE(weights.has_value()) << weights.error().message;
    EXPECT_EQ((*weights)->instruction_set(), set);
    EXPECT_EQ((*weights)->encoder_layers.size(), 2u);
    EXPECT_EQ((*weights)->decoder_layers.size(), 1u);
  }
}

TEST_F(WeightsTest, StopsWhenAsked) {
  std::stop_source source;
  source.request_stop();
  const auto weights = Weights::load(tensors_, kSmallModel, nn::best_instruction_set(), source.get_token());
  ASSERT_FALSE(weights.has_value());
  EXPECT_EQ(weights.error().code, ErrorCode::kCancelled);
}

TEST_F(WeightsTest, NamesEveryTensorThatIsMissing) {
  for (const std::string& name : tensors_.names()) {
    if (name.ends_with("/bias") && name.find("conv") == std::string::npos) continue;
    if (name == "encoder/position_encodings/encodings") continue;
    RandomTensors incomplete(kSmallModel);
    incomplete.erase(name);
    const auto weights = Weights::load(incomplete, kSmallModel);
    ASSERT_FALSE(weights.has_value()) << name;
    EXPECT_EQ(weights.error().code, ErrorCode::kModelInvalid);
    EXPECT_THAT(weights.error().message, HasSubstr("tensor " + name + " is missing"));
  }
}

TEST_F(WeightsTest, RefusesEveryTensorOfAnotherShape) {
  for (const std::string& name : tensors_.names()) {
    RandomTensors wrong(kSmallModel);
    ++wrong.view(name).shape.front();
    const auto weights = Weights::load(wrong, kSmallModel);
    ASSERT_FALSE(weights.has_value()) << name;
    EXPECT_THAT(weights.error().message, HasSubstr(name));
  }
}

TEST_F(WeightsTest, RefusesATensorWithFewerBytesThanItsShape) {
  TensorView& view = tensors_.view("decoder/layer_0/ffn/linear_1/weight");
  view.bytes = view.bytes.first(view.bytes.size() - 1);
  EXPECT_THAT(error().message, HasSubstr("decoder/layer_0/ffn/linear_1/weight is cut short"));
}

TEST_F(WeightsTest, RefusesTypesThatItDoesNotRead) {
  tensors_.view("encoder/layer_0/ffn/linear_0/weight").type = DataType::kInt16;
  EXPECT_THAT(error().message, HasSubstr("type other than float32, float16, bfloat16 and int8"));
}

TEST_F(WeightsTest, RefusesAnInt8VectorWhichHasNoScale) {
  tensors_.view("encoder/layer_norm/gamma").type = DataType::kInt8;
  EXPECT_THAT(error().message, HasSubstr("encoder/layer_norm/gamma"));
}

TEST_F(WeightsTest, RefusesScalesThatAreNotPositiveNumbers) {
  for (const float bad : {0.0f, -1.0f, NAN, 1e-45f}) {
    RandomTensors wrong(kSmallModel);
    std::vector<float> scales(128, 100.0f);
    scales[77] = bad;
    wrong.put("encoder/layer_1/self_attention/linear_1/weight_scale", {128}, scales);
    const auto weights = Weights::load(wrong, kSmallModel);
    ASSERT_FALSE(weights.has_value()) << bad;
    EXPECT_THAT(weights.error().message, HasSubstr("scale that is not positive"));
  }
}

TEST_F(WeightsTest, RefusesDimensionsThatNoWhisperHas) {
  const auto with = [](auto change) {
    Dimensions dimensions = kSmallModel;
    change(dimensions);
    return dimensions;
  };
  const std::vector<Dimensions> lies = {
      with([](Dimensions& d) { d.n_state = 100; }),          with([](Dimensions& d) { d.n_heads = 0; }),
      with([](Dimensions& d) { d.n_heads = 1 << 30; }),      with([](Dimensions& d) { d.n_mels = 81; }),
      with([](Dimensions& d) { d.n_mels = -80; }),           with([](Dimensions& d) { d.n_audio_positions = 1502; }),
      with([](Dimensions& d) { d.n_audio_positions = 99; }), with([](Dimensions& d) { d.n_text_positions = 0; }),
      with([](Dimensions& d) { d.n_encoder_layers = 0; }),   with([](Dimensions& d) { d.n_decoder_layers = 1000; }),
      with([](Dimensions& d) { d.n_vocabulary = 0; }),
  };
  for (const Dimensions& dimensions : lies) EXPECT_EQ(error(dimensions).code, ErrorCode::kModelInvalid);
}

TEST_F(WeightsTest, AMissingBiasIsZero) {
  tensors_.erase("decoder/layer_0/self_attention/linear_0/bias");
  const auto weights = Weights::load(tensors_, kSmallModel).value();
  for (const float bias : weights->decoder_layers[0].attention.query_key_value.bias) EXPECT_EQ(bias, 0.0f);
}

TEST_F(WeightsTest, QueriesAreScaledAndNothingElse) {
  const auto weights = Weights::load(tensors_, kSmallModel).value();
  const nn::Int8Weights& fused = weights->encoder_layers[0].attention.query_key_value;
  EXPECT_FLOAT_EQ(fused.bias[0], 0.01f * 0.125f * 1.44269504f);
  EXPECT_FLOAT_EQ(fused.bias[128], 0.01f);
  EXPECT_FLOAT_EQ(fused.scales[128], 1.0f / 1500.0f);
}

TEST_F(WeightsTest, EncoderPositionsThatAreMissingAreSinusoids) {
  tensors_.erase("encoder/position_encodings/encodings");
  const auto weights = Weights::load(tensors_, kSmallModel).value();
  const std::span<const float> row = weights->encoder_positions.subspan(7 * 128, 128);
  EXPECT_NEAR(row[0], std::sin(7.0), 1e-6);
  EXPECT_NEAR(row[63], std::sin(7.0 / 10000.0), 1e-6);
  EXPECT_NEAR(row[64], std::cos(7.0), 1e-6);
}

TEST_F(WeightsTest, TheProjectionIsTheEmbeddingsUnlessTheFileHasItsOwn) {
  const auto tied = Weights::load(tensors_, kSmallModel).value();
  EXPECT_EQ(tied->projection.panels.data(), tied->embeddings.panels.data());
  tensors_.put("decoder/projection/weight", {70, 128}, std::vector<float>(70 * 128, 0.5f));
  const auto untied = Weights::load(tensors_, kSmallModel).value();
  EXPECT_NE(untied->projection.panels.data(), untied->embeddings.panels.data());
  EXPECT_FLOAT_EQ(untied->projection.scales[69], 0.5f / 127.0f);
}

TEST_F(WeightsTest, TakesAboutAByteForEachParameter) {
  const Dimensions wide{.n_encoder_layers = 1, .n_decoder_layers = 1};
  const auto weights = Weights::load(RandomTensors(wide), wide).value();
  // 26.6 M embeddings, 3.1 M and 4.2 M in the layers, 0.9 M in the convolutions, 1 M positions (4 bytes).
  EXPECT_LT(weights->size_bytes(), 40'000'000u);
}

}  // namespace
}  // namespace v2t::whisper
