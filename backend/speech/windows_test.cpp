// Tests of windows on made-up probability tracks: every sample of speech is in exactly one window, at its right time.
#include "speech/windows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <random>

namespace v2t::speech {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr int64_t kSecond = kSampleRateHz;
constexpr size_t kChunk = VoiceDetector::kChunkSamples;

// Sample n has the value kBase + n (exact in a float for nine minutes), so that a window's samples say where they come
// from; all are about as loud, so that none are raised.
constexpr int64_t kBase = 1 << 23;

class CountingAudio : public AudioSource {
 public:
  explicit CountingAudio(int64_t length, std::optional<int64_t> fails_at = {}, std::optional<Samples> stated = {})
      : length_(length), fails_at_(fails_at), stated_(stated) {}

  Result<size_t> read(std::span<float> out, std::stop_token) override {
    size_t n = 0;
    for (; n < out.size() && at_ < length_; ++n) {
      if (fails_at_ && at_ >= *fails_at_) return fail(ErrorCode::kDamagedMedia, "broken");
      out[n] = static_cast<float>(kBase + at_++);
    }
    return n;
  }
  std::optional<Samples> duration() const override { return stated_; }
  std::vector<Warning> warnings() const override { return {}; }

 private:
  int64_t length_;
  std::optional<int64_t> fails_at_;
  std::optional<Samples> stated_;
  int64_t at_ = 0;
};

// Says of each chunk what a function of its number says.
class ScriptedDetector : public VoiceDetector {
 public:
  explicit ScriptedDetector(std::function<float(int64_t)> script) : script_(std::move(script)) {}

  void detect(std::span<const float> samples, std::span<float> probabilities) override {
    EXPECT_EQ(samples.size(), probabilities.size() * kChunk);
    for (float& p : probabilities) p = script_(next_++);
  }

 private:
  std::function<float(int64_t)> script_;
  int64_t next_ = 0;
};

struct Run {
  std::vector<Window> windows;
  std::optional<Error> error;
  Samples position{};
};

Run run(int64_t length, std::function<float(int64_t)> script, std::optional<int64_t> fails_at = {},
        std::optional<Samples> stated = {}, const WindowsBegin& begin = {}) {
  CountingAudio audio(length, fails_at, stated);
  const auto source = make_window_source(audio, std::make_unique<ScriptedDetector>(std::move(script)), begin);
  Run out;
  for (;;) {
    auto window = source->next({});
    out.position = source->position();
    if (!window) {
      out.error = window.error();
      return out;
    }
    if (!*window) return out;
    out.windows.push_back(**std::move(window));
  }
}

// Speech in [begin, end) seconds.
std::function<float(int64_t)> speech_in(std::vector<std::pair<double, double>> stretches) {
  return [stretches](int64_t chunk) {
    const double time = static_cast<double>(chunk) * kChunk / kSecond;
    for (const auto& [begin, end] : stretches)
      if (time >= begin && time < end) return 0.95F;
    return 0.02F;
  };
}

double seconds(Samples time) { return static_cast<double>(time.count()) / kSecond; }

// What must hold of all windows, whatever the audio.
void expect_sound(const Run& result, int64_t length) {
  Samples last_media{};
  Samples last_end{};
  uint64_t number = 0;
  for (const auto& window : result.windows) {
    EXPECT_EQ(window.number, number++);
    EXPECT_FALSE(window.samples.empty());
    EXPECT_LE(static_cast<int64_t>(window.samples.size()), kMaxWindow / Samples(1));
    EXPECT_EQ(window.time_map.window_length().count(), static_cast<int64_t>(window.samples.size()));
    for (const auto& region : window.time_map.regions()) {
      EXPECT_GE(region.media_start, last_media);
      EXPECT_GT(region.length, Samples(0));
      last_media = region.media_start + region.length;
      for (int64_t i = 0; i < region.length.count(); ++i)
        ASSERT_EQ(window.samples[static_cast<size_t>(region.window_start.count() + i)],
                  static_cast<float>(kBase + region.media_start.count() + i));
    }
    EXPECT_GE(window.media_end, last_media);
    EXPECT_GT(window.media_end, last_end);
    last_end = window.media_end;
  }
  EXPECT_LE(last_end, Samples(length));
}

// The part of the media's chunks that lie in some window.
std::vector<bool> covered_chunks(const Run& result, int64_t length) {
  std::vector<bool> covered(static_cast<size_t>(length) / kChunk + 1);
  for (const auto& window : result.windows)
    for (const float sample : window.samples) covered[(static_cast<size_t>(sample) - kBase) / kChunk] = true;
  return covered;
}

TEST(Windows, EmptyAudioHasNone) {
  const auto result = run(0, speech_in({}));
  EXPECT_THAT(result.windows, IsEmpty());
  EXPECT_FALSE(result.error);
}

TEST(Windows, SilenceHasNone) {
  const auto result = run(300 * kSecond, speech_in({}));
  EXPECT_THAT(result.windows, IsEmpty());
  EXPECT_EQ(result.position, Samples(300 * kSecond));
}

TEST(Windows, SpeechIsPaddedOnBothSides) {
  const auto result = run(20 * kSecond, speech_in({{5, 8}}));
  ASSERT_THAT(result.windows, SizeIs(1));
  const auto& regions = result.windows[0].time_map.regions();
  ASSERT_THAT(regions, SizeIs(1));
  EXPECT_NEAR(seconds(regions[0].media_start), 4.7, 0.1);
  EXPECT_NEAR(seconds(regions[0].media_start + regions[0].length), 8.3, 0.1);
}

TEST(Windows, AShortPauseStaysAndALongOneIsLeftOut) {
  const auto result = run(30 * kSecond, speech_in({{1, 4}, {4.6, 6}, {10, 12}}));
  ASSERT_THAT(result.windows, SizeIs(1));
  const auto& regions = result.windows[0].time_map.regions();
  ASSERT_THAT(regions, SizeIs(2));
  EXPECT_NEAR(seconds(regions[0].length), 5.6, 0.15);
  EXPECT_NEAR(seconds(regions[1].media_start), 9.7, 0.1);
}

TEST(Windows, AfterAVeryLongSilenceANewWindowBegins) {
  const auto result = run(120 * kSecond, speech_in({{1, 4}, {60, 63}}));
  EXPECT_THAT(result.windows, SizeIs(2));
}

TEST(Windows, SpeechFromTheFirstSampleToTheLastIsWhole) {
  constexpr int64_t kLength = 10 * kSecond + 77;
  const auto result = run(kLength, speech_in({{0, 99}}));
  ASSERT_THAT(result.windows, SizeIs(1));
  EXPECT_THAT(result.windows[0].samples, SizeIs(kLength));
  EXPECT_EQ(result.windows[0].media_end, Samples(kLength));
}

TEST(Windows, ALongStretchIsCutInItsPause) {
  const auto result = run(45 * kSecond, speech_in({{0, 22}, {22.5, 45}}));
  ASSERT_THAT(result.windows, SizeIs(2));
  EXPECT_NEAR(seconds(result.windows[0].media_end), 22.25, 0.1);
}

TEST(Windows, TheLongerOfTwoPausesIsChosen) {
  const auto result = run(45 * kSecond, speech_in({{0, 18}, {18.6, 24}, {24.15, 45}}));
  ASSERT_THAT(result.windows, SizeIs(2));
  EXPECT_NEAR(seconds(result.windows[0].media_end), 18.3, 0.1);
}

TEST(Windows, TheFirstOfALongRecordingIsCutAtAnEarlyPause) {
  const auto speech = speech_in({{0, 9}, {9.5, 31}, {31.5, 55}});
  const auto result = run(120 * kSecond, speech, {}, Samples(120 * kSecond));
  ASSERT_THAT(result.windows, SizeIs(3));
  EXPECT_NEAR(seconds(result.windows[0].media_end), 9.25, 0.1);
  EXPECT_NEAR(seconds(result.windows[1].media_end), 31.25, 0.1);
  EXPECT_GT(seconds(run(60 * kSecond, speech, {}, Samples(60 * kSecond)).windows.at(0).media_end), 13);
}

TEST(Windows, SpeechOfALongRecordingThatFitsIntoOneIsNotCut) {
  EXPECT_THAT(run(120 * kSecond, speech_in({{0, 9}, {9.5, 27}}), {}, Samples(120 * kSecond)).windows, SizeIs(1));
}

TEST(Windows, SpeechWithoutPausesIsCutAndNothingIsLostOrRepeated) {
  constexpr int64_t kLength = 200 * kSecond + 5;
  const auto result = run(kLength, speech_in({{0, 999}}));
  expect_sound(result, kLength);
  int64_t total = 0;
  for (const auto& window : result.windows) total += static_cast<int64_t>(window.samples.size());
  EXPECT_EQ(total, kLength);
}

TEST(Windows, AnErrorComesAfterTheWindowsThatWereWhole) {
  const auto result = run(100 * kSecond, speech_in({{1, 4}, {60, 63}}), 50 * kSecond);
  EXPECT_THAT(result.windows, SizeIs(1));
  ASSERT_TRUE(result.error);
  EXPECT_EQ(result.error->code, ErrorCode::kDamagedMedia);
}

TEST(Windows, StopEndsTheSearch) {
  CountingAudio audio(1000 * kSecond);
  const auto source = make_window_source(audio, std::make_unique<ScriptedDetector>(speech_in({})));
  std::stop_source stop;
  stop.request_stop();
  const auto window = source->next(stop.get_token());
  ASSERT_FALSE(window);
  EXPECT_EQ(window.error().code, ErrorCode::kCancelled);
}

// Loud speech at first, then speech of another loudness after a pause.
std::vector<float> with_second_part_at(float level) {
  WindowPacker packer(PackerOptions{}, 0);
  packer.add({Samples(0), 0.9F, std::vector<float>(kChunk, 0.5F)});
  packer.add({Samples(20 * kChunk), 0.9F, std::vector<float>(kChunk, level)});
  packer.finish(Samples(21 * kChunk));
  return packer.next()->samples;
}

TEST(Windows, ARegionThatIsMuchQuieterThanItsWindowIsRaised) {
  const auto samples = with_second_part_at(0.05F);
  EXPECT_EQ(samples.front(), 0.5F);
  EXPECT_FLOAT_EQ(samples.back(), 0.5F);
}

TEST(Windows, ARegionThatIsALittleQuieterIsLeftAsItIs) { EXPECT_EQ(with_second_part_at(0.2F).back(), 0.2F); }

TEST(Windows, NearSilenceIsRaisedByALimitedGain) { EXPECT_FLOAT_EQ(with_second_part_at(0.001F).back(), 0.0316F); }

TEST(Windows, DigitalSilenceStaysSilent) { EXPECT_EQ(with_second_part_at(0).back(), 0.0F); }

// Random tracks of talk, pauses, silence and noise: the bookkeeping is exact and no speech is lost.
class WindowsOnRandomTracks : public ::testing::TestWithParam<unsigned> {};

TEST_P(WindowsOnRandomTracks, EverySampleOfSpeechIsInExactlyOneWindow) {
  std::mt19937 random(GetParam());
  const auto below = [&](unsigned n) { return static_cast<int64_t>(random() % n); };
  const int64_t length = 400 * kSecond + below(5000);
  std::vector<float> track;
  std::vector<bool> is_speech;
  while (static_cast<int64_t>(track.size() * kChunk) < length) {
    const bool talks = below(2) == 0;
    const auto stretch =
        static_cast<size_t>(talks ? 4 + below(below(4) == 0 ? 2000 : 60) : 1 + below(below(4) == 0 ? 400 : 30));
    for (size_t i = 0; i < stretch; ++i)
      track.push_back(talks ? 0.55F + static_cast<float>(below(40)) / 100 : static_cast<float>(below(34)) / 100);
    is_speech.insert(is_speech.end(), stretch, talks);
  }
  const auto script = [&](int64_t chunk) { return track[static_cast<size_t>(chunk)]; };
  const auto result = run(length, script, {}, Samples(length));
  EXPECT_FALSE(result.error);
  EXPECT_EQ(result.position, Samples(length));
  expect_sound(result, length);
  const auto covered = covered_chunks(result, length);
  for (size_t i = 0; i < static_cast<size_t>(length) / kChunk; ++i) EXPECT_TRUE(!is_speech[i] || covered[i]) << i;

  for (const auto& last : result.windows) {
    const WindowsBegin begin{last.number + 1, std::chrono::floor<std::chrono::milliseconds>(last.media_end)};
    const auto resumed = run(length, script, {}, Samples(length), begin);
    ASSERT_EQ(resumed.windows.size(), result.windows.size() - begin.number);
    for (size_t i = 0; i < resumed.windows.size(); ++i) {
      const auto& expected = result.windows[begin.number + i];
      EXPECT_EQ(resumed.windows[i].number, expected.number);
      EXPECT_EQ(resumed.windows[i].media_end, expected.media_end);
      EXPECT_TRUE(resumed.windows[i].samples == expected.samples);
    }
  }
}

TEST(Windows, WhereAnotherProgramCutDifferentlyNothingIsLostOrRepeated) {
  constexpr int64_t kLength = 100 * kSecond;
  constexpr Samples kSaved = std::chrono::milliseconds(41'120);
  const auto result = run(kLength, speech_in({{0, 999}}), {}, {}, {7, kSaved});
  EXPECT_EQ(result.windows.front().number, 7);
  EXPECT_EQ(result.windows.front().time_map.regions().front().media_start, kSaved);
  int64_t total = 0;
  for (const auto& window : result.windows) total += static_cast<int64_t>(window.samples.size());
  EXPECT_EQ(total, kLength - kSaved.count());
}

INSTANTIATE_TEST_SUITE_P(Seeds, WindowsOnRandomTracks, ::testing::Range(0U, 20U));

}  // namespace
}  // namespace v2t::speech
