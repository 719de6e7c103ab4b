// Tests of where which language is spoken.
#include "whisper/language_runs.h"

#include <gtest/gtest.h>

namespace v2t::whisper {
namespace {

constexpr size_t kSecond = kSampleRateHz;

Window window_with(std::vector<std::pair<double, double>> speech, double seconds) {
  Window window;
  window.samples.resize(static_cast<size_t>(seconds * kSampleRateHz));
  const auto at = [](double s) { return Samples(static_cast<int64_t>(s * kSampleRateHz)); };
  for (const auto& [start, end] : speech) window.speech.push_back({at(start), at(end), 1});
  return window;
}

TEST(ListeningStretches, MeetInTheMiddleOfPauses) {
  const auto stretches = listening_stretches(window_with({{0, 3}, {4, 7}, {8, 12}}, 12.5));
  ASSERT_EQ(stretches.size(), 3U);
  EXPECT_EQ(stretches[0].begin, 0U);
  EXPECT_EQ(stretches[0].end, 7 * kSecond / 2);
  EXPECT_EQ(stretches[1].begin, stretches[0].end);
  EXPECT_EQ(stretches[1].end, 15 * kSecond / 2);
  EXPECT_EQ(stretches[2].end, 25 * kSecond / 2);
}

TEST(ListeningStretches, HoldEnoughSpeechToTell) {
  const auto stretches = listening_stretches(window_with({{0, 1}, {1.5, 2}, {2.5, 5}, {6, 7}}, 8));
  ASSERT_EQ(stretches.size(), 1U);
  EXPECT_EQ(stretches[0].size(), 8 * kSecond);
}

TEST(ListeningStretches, OfAWindowNobodyLookedAtIsTheWhole) {
  const auto stretches = listening_stretches(window_with({}, 3));
  ASSERT_EQ(stretches.size(), 1U);
  EXPECT_EQ(stretches[0].end, 3 * kSecond);
}

std::vector<SampleRange> stretches_of(std::vector<size_t> seconds) {
  std::vector<SampleRange> out;
  size_t at = 0;
  for (const size_t s : seconds) {
    out.push_back({at, at + s * kSecond});
    at = out.back().end;
  }
  return out;
}

TEST(LanguageRuns, ChangeWhereAnotherLanguageIsClear) {
  const auto stretches = stretches_of({5, 5, 5});
  const auto runs = language_runs(stretches, std::vector<float>{0.9F, 0.1F, 0.02F, 0.98F, 0.01F, 0.99F}, 2, 0);
  ASSERT_EQ(runs.size(), 2U);
  EXPECT_EQ(runs[0].language, 0U);
  EXPECT_EQ(runs[0].end, 1U);
  EXPECT_EQ(runs[1].language, 1U);
  EXPECT_EQ(runs[1].first, 1U);
  EXPECT_EQ(runs[1].end, 3U);
}

TEST(LanguageRuns, DoNotFollowADoubt) {
  const auto stretches = stretches_of({5, 2, 5});
  const auto runs = language_runs(stretches, std::vector<float>{0.9F, 0.1F, 0.3F, 0.7F, 0.9F, 0.1F}, 2, 0);
  ASSERT_EQ(runs.size(), 1U);
  EXPECT_EQ(runs[0].language, 0U);
}

TEST(LanguageRuns, TakeTheExpectedLanguageWhereNothingIsClear) {
  const auto runs = language_runs(stretches_of({2}), std::vector<float>{0.35F, 0.4F, 0.25F}, 3, 0);
  EXPECT_EQ(runs.at(0).language, 0U);
}

}  // namespace
}  // namespace v2t::whisper
