// Tests of the rules of decoding, on openai/whisper's ApplyTimestampRules case by case.
#include "whisper/decode_rules.h"

#include <gmock/gmock.h>

#include <cmath>
#include <map>

#include "whisper/testing/fake_forward.h"
#include "whisper/testing/small_tokenizer.h"

namespace v2t::whisper {
namespace {

class Rules : public ::testing::Test {
 protected:
  static ModelConfig config() {
    ModelConfig out;
    out.dimensions = testing::small_dimensions();
    out.suppressed_tokens = {10, 11};
    return out;
  }

  // The choice among logits that are -20 but for the given ones.
  Choice choose(const std::map<int, float>& given, const std::vector<int>& sampled,
                Timestamps timestamps = Timestamps::kWith, float temperature = 0, uint64_t seed = 1) {
    std::vector<float> logits(testing::kSmallVocabulary, -20);
    for (const auto& [token, logit] : given) logits[static_cast<size_t>(token)] = logit;
    Random random(seed);
    return rules_.choose(logits, sampled, timestamps, temperature, random);
  }
  int stamp(int n) const { return tokenizer_.special().timestamp_begin + n; }

  Tokenizer tokenizer_ = testing::small_tokenizer();
  int end_ = tokenizer_.special().end_of_text;
  int space_ = tokenizer_.encode(" ")[0];
  DecodeRules rules_{tokenizer_, config()};
};

TEST_F(Rules, WithoutTimestampsTheMostProbableTextWins) {
  const auto choice = choose({{5, 2.0F}, {6, 3.0F}}, {5}, Timestamps::kWithout);
  EXPECT_EQ(choice.token, 6);
  EXPECT_NEAR(choice.log_probability, -std::log1p(std::exp(-1.0)), 1e-4);
}

TEST_F(Rules, WithoutTimestampsNeitherTheyNorSpecialTokensAreChosen) {
  EXPECT_EQ(choose({{5, 1}, {stamp(3), 9}, {end_ + 1, 9}, {stamp(0) - 1, 9}}, {5}, Timestamps::kWithout).token, 5);
}

TEST_F(Rules, SuppressedTokensAreNeverChosen) {
  EXPECT_EQ(choose({{5, 1}, {10, 9}, {11, 9}}, {5}, Timestamps::kWithout).token, 5);
  EXPECT_EQ(choose({{5, 1}, {10, 9}}, {stamp(0)}).token, 5);
}

TEST_F(Rules, TheFirstTokenIsNeitherSpaceNorEnd) {
  EXPECT_EQ(choose({{5, 1}, {space_, 9}, {end_, 9}}, {}, Timestamps::kWithout).token, 5);
  EXPECT_EQ(choose({{5, 1}, {space_, 9}}, {5}, Timestamps::kWithout).token, space_);
  EXPECT_EQ(choose({{5, 1}, {end_, 9}}, {5}, Timestamps::kWithout).token, end_);
}

TEST_F(Rules, WithTimestampsTheFirstTokenIsOneOfTheFirstSecond) {
  EXPECT_EQ(choose({{5, 9}, {stamp(50), 1}, {stamp(51), 5}}, {}).token, stamp(50));
}

TEST_F(Rules, AfterTheFirstTimestampTextMustFollow) {
  EXPECT_EQ(choose({{5, 1}, {stamp(20), 9}}, {stamp(0)}).token, 5);
}

TEST_F(Rules, AfterTwoTimestampsTextMustFollow) {
  EXPECT_EQ(choose({{5, 1}, {stamp(90), 9}}, {stamp(0), 5, stamp(20), stamp(20)}).token, 5);
}

TEST_F(Rules, AfterASegmentsEndAnotherBeginsOrTheTextEnds) {
  EXPECT_EQ(choose({{5, 9}, {stamp(20), 1}}, {stamp(0), 5, stamp(20)}).token, stamp(20));
  EXPECT_EQ(choose({{5, 9}, {end_, 3}, {stamp(20), 1}}, {stamp(0), 5, stamp(20)}).token, end_);
}

TEST_F(Rules, TimesNeverDecreaseAndSegmentsAreNotEmpty) {
  EXPECT_EQ(choose({{stamp(30), 9}, {stamp(31), 8}}, {stamp(30), 5}).token, stamp(31));
  EXPECT_EQ(choose({{stamp(29), 9}, {stamp(30), 8}}, {stamp(0), 5, stamp(30)}).token, stamp(30));
  EXPECT_EQ(choose({{stamp(30), 9}, {stamp(31), 8}}, {stamp(0), 5, stamp(30), stamp(30), 6}).token, stamp(31));
}

TEST_F(Rules, ATimestampIsChosenWhenAllOfThemTogetherBeatEveryText) {
  EXPECT_EQ(choose({{5, 3.0F}, {stamp(9), 2.6F}, {stamp(8), 2.5F}}, {stamp(0), 6}).token, stamp(9));
  EXPECT_EQ(choose({{5, 3.0F}, {stamp(9), 2.0F}}, {stamp(0), 6}).token, 5);
}

TEST_F(Rules, SamplingIsTheSameForTheSameSeed) {
  const std::map<int, float> logits{{5, 1.0F}, {6, 1.0F}, {7, 1.0F}};
  const auto a = choose(logits, {5}, Timestamps::kWithout, 1.0F, 42);
  const auto b = choose(logits, {5}, Timestamps::kWithout, 1.0F, 42);
  EXPECT_EQ(a.token, b.token);
  EXPECT_NEAR(a.log_probability, -std::log(3.0), 1e-3);
}

TEST_F(Rules, SamplingFollowsTheProbabilities) {
  std::map<int, int> counts;
  for (uint64_t seed = 0; seed < 2000; ++seed)
    ++counts[choose({{5, 2.0F}, {6, 1.0F}}, {5}, Timestamps::kWithout, 0.5F, seed).token];
  EXPECT_NEAR(counts[5] / 2000.0, 1 / (1 + std::exp(-2.0)), 0.03);
}

TEST_F(Rules, SamplingKeepsTheTimestampRules) {
  for (uint64_t seed = 0; seed < 50; ++seed) {
    EXPECT_GE(choose({{5, 9}}, {}, Timestamps::kWith, 1.0F, seed).token, stamp(0));
    EXPECT_LE(choose({{5, 9}}, {}, Timestamps::kWith, 1.0F, seed).token, stamp(50));
  }
}

TEST_F(Rules, ProbabilityIsAmongAllTokens) {
  std::vector<float> logits(testing::kSmallVocabulary, -100);
  logits[3] = 1;
  logits[4] = 1;
  EXPECT_NEAR(DecodeRules::probability(logits, 3), 0.5F, 1e-5);
}

}  // namespace
}  // namespace v2t::whisper
