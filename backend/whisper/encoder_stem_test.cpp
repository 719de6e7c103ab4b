// The convolutions of blocks against those of a whole window. That they are Whisper's: forward_golden_test.
#include "whisper/encoder_stem.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "nn/testing/random.h"
#include "whisper/testing/random_tensors.h"

namespace v2t::whisper {
namespace {

constexpr size_t kPositions = 26;

class EncoderStemTest : public ::testing::TestWithParam<nn::InstructionSet> {
 protected:
  EncoderStemTest() : log_mel_(random_.normals(2 * kPositions * n_mels_)) { stem_.prepare(kPositions); }

  std::vector<float> convolved(const std::vector<size_t>& blocks) {
    std::vector<float> x(kPositions * n_state_);
    size_t first = 0;
    for (const size_t n : blocks) {
      stem_.convolve({log_mel_.data(), log_mel_.size()}, positions_, first, n, x.data() + first * n_state_,
                     /*member=*/0);
      first += n;
    }
    return x;
  }

  const std::shared_ptr<const Weights> weights_ =
      Weights::load(testing::RandomTensors(testing::kSmallModel), testing::kSmallModel, GetParam()).value();
  const size_t n_mels_ = static_cast<size_t>(testing::kSmallModel.n_mels);
  const size_t n_state_ = static_cast<size_t>(testing::kSmallModel.n_state);
  nn::testing::Random random_{11};
  const nn::Buffer<float> log_mel_;
  const std::vector<EncodedPosition> positions_ =
      encoded_positions(20, kPositions, static_cast<size_t>(testing::kSmallModel.n_audio_positions));
  EncoderStem stem_{*weights_, 1};
};

TEST_P(EncoderStemTest, APositionDoesNotDependOnItsBlock) {
  const std::vector<float> whole = convolved({kPositions});
  EXPECT_EQ(convolved({6, 12, 6, 2}), whole);
  EXPECT_EQ(convolved({24, 2}), whole);
}

TEST_P(EncoderStemTest, WhatLiesOutsideOfTheWindowIsZero) {
  // As in a longer window whose further frames are zero.
  const std::vector<float> alone = convolved({kPositions});
  const size_t n_frames = 2 * kPositions;
  std::vector<float> longer(2 * n_frames * n_mels_);
  for (size_t i = 0; i < log_mel_.size(); ++i) longer[i / n_frames * 2 * n_frames + i % n_frames] = log_mel_[i];
  std::vector<float> x(kPositions * n_state_);
  stem_.convolve(longer, positions_, 0, kPositions, x.data(), /*member=*/0);
  EXPECT_EQ(x, alone);
}

INSTANTIATE_TEST_SUITE_P(AllInstructionSets, EncoderStemTest, ::testing::ValuesIn(nn::available_instruction_sets()),
                         [](const auto& test) { return std::string(nn::instruction_set_name(test.param)); });

}  // namespace
}  // namespace v2t::whisper
