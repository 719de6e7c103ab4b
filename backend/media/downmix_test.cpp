// Many channels to one: nothing that is said is lost.
#include "media/downmix.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace v2t::media {
namespace {

constexpr int kRateHz = 16000;
using Channel = std::vector<float>;

Channel sine(double frequency_hz, float amplitude, size_t n = kRateHz) {
  Channel channel(n);
  for (size_t i = 0; i < n; ++i)
    channel[i] = amplitude * static_cast<float>(std::sin(2 * M_PI * frequency_hz * static_cast<double>(i) / kRateHz));
  return channel;
}

Channel negated(Channel channel) {
  for (float& sample : channel) sample = -sample;
  return channel;
}

Channel mix(const std::vector<Channel>& channels, std::vector<float> weights, size_t step = 1024) {
  Downmix downmix(std::move(weights), kRateHz);
  Channel mono;
  for (size_t begin = 0; begin < channels[0].size(); begin += step) {
    std::vector<std::span<const float>> pieces;
    for (const Channel& channel : channels)
      pieces.push_back(std::span(channel).subspan(begin, std::min(step, channel.size() - begin)));
    downmix.push(pieces, mono);
  }
  downmix.flush(mono);
  return mono;
}

double rms(const Channel& samples) {
  double power = 0;
  for (const float sample : samples) power += static_cast<double>(sample) * sample;
  return std::sqrt(power / static_cast<double>(samples.size()));
}

TEST(Downmix, PassesOneChannelOn) {
  const Channel mono = sine(440, 0.5f);
  EXPECT_EQ(mix({mono}, {1}), mono);
}

TEST(Downmix, AveragesStereo) {
  const Channel mono = mix({sine(440, 0.5f), sine(440, 0.3f)}, {1, 1});
  EXPECT_NEAR(rms(mono), 0.4 / std::sqrt(2), 1e-3);
}

TEST(Downmix, KeepsTheLevelOfSpeechOnOneChannel) {
  const Channel left = sine(440, 0.5f);
  EXPECT_NEAR(rms(mix({left, Channel(left.size())}, {1, 1})), rms(left), 1e-6);
}

TEST(Downmix, KeepsTheLevelOfSpeechOnOneChannelOfSixtyFour) {
  std::vector<Channel> channels(64, Channel(kRateHz));
  channels[41] = sine(440, 0.5f);
  EXPECT_NEAR(rms(mix(channels, std::vector<float>(64, 1))), rms(channels[41]), 1e-6);
}

TEST(Downmix, DoesNotCancelAChannelAgainstItsInvertedCopy) {
  const Channel left = sine(440, 0.5f);
  EXPECT_NEAR(rms(mix({left, negated(left)}, {1, 1})), rms(left), 1e-6);
}

TEST(Downmix, FindsInvertedChannelsAfterLongSilence) {
  Channel left(kRateHz);
  const Channel speech = sine(440, 0.5f);
  left.insert(left.end(), speech.begin(), speech.end());
  const Channel mono = mix({left, negated(left)}, {1, 1});
  EXPECT_NEAR(rms({mono.begin() + kRateHz, mono.end()}), rms(speech), 0.01);
}

TEST(Downmix, DoesNotFlipBetweenInvertedChannelsOfEqualPower) {
  const Channel left = sine(440, 0.5f);
  Channel right = negated(left);
  for (size_t i = 8000; i < right.size(); ++i) right[i] *= 1.01f;
  const Channel mono = mix({left, right}, {1, 1});
  EXPECT_EQ(mono, left);
}

TEST(Downmix, MixesUnrelatedChannels) {
  const Channel mono = mix({sine(440, 0.5f), sine(1000, 0.5f)}, {1, 1});
  EXPECT_NEAR(rms(mono), 0.25, 0.01);
}

TEST(Downmix, TakesTheCentreWhenOnlyTheCentreSpeaks) {
  std::vector<Channel> surround(6, Channel(kRateHz));
  surround[2] = sine(440, 0.5f);
  EXPECT_NEAR(rms(mix(surround, {0.5f, 0.5f, 1, 0, 0.25f, 0.25f})), rms(surround[2]), 1e-6);
}

TEST(Downmix, TakesAChannelWithoutWeightRatherThanNothing) {
  const Channel bass = sine(440, 0.5f);
  EXPECT_NEAR(rms(mix({Channel(bass.size()), bass}, {1, 0})), rms(bass), 1e-6);
}

TEST(Downmix, KeepsSilenceSilent) { EXPECT_EQ(rms(mix({Channel(4000), Channel(4000)}, {1, 1})), 0.0); }

TEST(Downmix, DoesNotDependOnHowTheInputIsCut) {
  const std::vector<Channel> channels{sine(440, 0.5f), sine(445, 0.4f)};
  EXPECT_EQ(mix(channels, {1, 1}, 1024), mix(channels, {1, 1}, 7));
}

TEST(Downmix, SurvivesInfinities) {
  std::vector<Channel> channels{sine(440, 0.5f), sine(440, 0.5f)};
  channels[0][100] = std::numeric_limits<float>::infinity();
  channels[1][200] = std::nanf("");
  EXPECT_NEAR(rms(mix(channels, {1, 1})), 0.5 / std::sqrt(2), 0.05);
}

}  // namespace
}  // namespace v2t::media
