// Tests of the measure of speech after the last word.
#include "whisper/speech_tail.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

namespace v2t::whisper {
namespace {

// Seconds of a tone in noise, by loudness.
std::vector<float> sound(const std::vector<std::pair<double, float>>& parts) {
  std::mt19937 random(1);
  std::normal_distribution<float> noise(0, 1e-4F);
  std::vector<float> out;
  for (const auto& [seconds, loudness] : parts)
    for (int i = 0; i < static_cast<int>(seconds * kSampleRateHz); ++i)
      out.push_back(loudness * std::sin(static_cast<float>(i) * 0.3F) + noise(random));
  return out;
}

double seconds_after(const std::vector<float>& samples, double heard_s) {
  return static_cast<double>(speech_after(samples, Samples(static_cast<int64_t>(heard_s * kSampleRateHz))).count()) /
         kSampleRateHz;
}

TEST(SpeechAfter, CountsWhatIsAsLoud) {
  EXPECT_NEAR(seconds_after(sound({{2, 0.1F}, {1, 0.0F}, {3, 0.08F}}), 2), 3, 0.1);
}

TEST(SpeechAfter, DoesNotCountSilenceOrAWhisperOfNoise) {
  EXPECT_EQ(seconds_after(sound({{2, 0.1F}, {3, 0.0F}}), 2), 0);
  EXPECT_EQ(seconds_after(sound({{2, 0.1F}, {3, 0.001F}}), 2), 0);
}

TEST(SpeechAfter, IsNothingBeyondTheEndOrBeforeTheBeginning) {
  EXPECT_EQ(seconds_after(sound({{2, 0.1F}}), 2), 0);
  EXPECT_EQ(seconds_after(sound({{2, 0.1F}}), 0), 0);
  EXPECT_EQ(speech_after({}, Samples(100)), Samples(0));
}

}  // namespace
}  // namespace v2t::whisper
