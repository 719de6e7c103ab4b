// Tests of words' texts, times and probabilities.
#include "whisper/words.h"

#include <gmock/gmock.h>

#include "whisper/testing/small_tokenizer.h"

namespace v2t::whisper {
namespace {

using ::testing::ElementsAre;

TimedWord word(const std::string& text, int start_ms, int end_ms) {
  return {text, {1}, {-0.5F}, Samples(start_ms * 16), Samples(end_ms * 16), -0.5F};
}

std::vector<std::string> texts(const std::vector<TimedWord>& words) {
  std::vector<std::string> out;
  for (const auto& w : words) out.push_back(w.text);
  return out;
}

TEST(MergePunctuation, AppendsClosingAndPrependsOpeningSigns) {
  std::vector<TimedWord> words{word(" \"", 0, 10),     word("Hello", 10, 20), word(",", 20, 21),
                               word(" world", 30, 40), word("?!", 40, 41),    word("\"", 41, 42)};
  merge_punctuation(words);
  EXPECT_THAT(texts(words), ElementsAre(" \"Hello,", " world?!\""));
  EXPECT_EQ(words[0].start, Samples(160));
  EXPECT_EQ(words[0].end, Samples(320));
  EXPECT_EQ(words[1].tokens.size(), 3U);
}

TEST(MergePunctuation, LeavesASignThatStandsAlone) {
  std::vector<TimedWord> words{word(".", 0, 10)};
  merge_punctuation(words);
  EXPECT_EQ(words.size(), 1U);
}

TEST(ShortenLongWords, TakesSilenceOffTheFrontOfAFirstWord) {
  std::vector<TimedWord> words{word(" A", 0, 5000), word(" b", 5000, 5200), word(" c", 5200, 5400)};
  shorten_long_words(words);
  EXPECT_EQ(words[0].start, Samples(4600 * 16));
  EXPECT_EQ(words[0].end, Samples(5000 * 16));
}

TEST(ShortenLongWords, TakesSilenceOffTheEndOfOthers) {
  std::vector<TimedWord> words{word(" a", 0, 200), word(" b", 200, 5200), word(" c", 5200, 5400)};
  shorten_long_words(words);
  EXPECT_EQ(words[1].start, Samples(200 * 16));
  EXPECT_EQ(words[1].end, Samples(1200 * 16));
}

TEST(ShortenLongWords, LeavesOrdinaryWords) {
  std::vector<TimedWord> words{word(" a", 0, 300), word(" longer", 300, 1200), word(" b", 1200, 1500)};
  const auto before = words[1].end;
  shorten_long_words(words);
  EXPECT_EQ(words[1].end, before);
}

class TimeWords : public ::testing::Test {
 protected:
  // Rows: the prompt's two tokens and the text's; every row looks 10 positions further.
  std::vector<TimedWord> time(const std::string& text, size_t n_rows_missing = 0) {
    Decoded decoded;
    decoded.tokens = tokenizer_.encode(text);
    decoded.log_probabilities.assign(decoded.tokens.size(), -0.25F);
    const size_t n_rows = 2 + decoded.tokens.size() - n_rows_missing;
    std::vector<float> weights(n_rows * 400, 1e-4F);
    for (size_t row = 1; row < n_rows; ++row)
      for (size_t i = 0; i < 9; ++i) weights[row * 400 + (row - 1) * 10 + i] = 0.1F;
    return time_words(tokenizer_, "en", {{1, 2}, 0}, decoded, {weights, n_rows, 1, 400, 300});
  }
  Tokenizer tokenizer_ = testing::small_tokenizer();
};

TEST_F(TimeWords, GivesOrderedTimesAndMeanProbabilities) {
  const auto words = time(" ab cd ef");
  ASSERT_THAT(texts(words), ElementsAre(" ab", " cd", " ef"));
  EXPECT_NEAR(static_cast<double>(words[1].start.count()), 30 * 320, 5 * 320);
  EXPECT_NEAR(words[0].log_probability, -0.25F, 1e-5);
  EXPECT_LE(words[0].end, words[1].start);
  EXPECT_LE(words[1].end, words[2].start);
  for (const auto& w : words) EXPECT_LE(w.start, w.end);
}

TEST_F(TimeWords, EndsTheLastWordWithTheAudioWhenItsEndWasNotDecoded) { EXPECT_EQ(time(" ab cd", 1).size(), 2U); }

TEST_F(TimeWords, OfNothingAreNone) { EXPECT_TRUE(time("").empty()); }

Samples seconds(double s) { return Samples(static_cast<int64_t>(s * kSampleRateHz)); }

std::vector<std::pair<double, double>> fitted(std::vector<std::pair<double, double>> times) {
  const std::vector<SpeechSpan> speech{{seconds(1), seconds(3), 1}, {seconds(5), seconds(8), 1}};
  std::vector<TimedWord> words;
  for (const auto& [start, end] : times) {
    auto& word = words.emplace_back();
    word.start = seconds(start);
    word.end = seconds(end);
  }
  fit_to_speech(words, speech);
  std::vector<std::pair<double, double>> out;
  for (const auto& word : words)
    out.emplace_back(static_cast<double>(word.start.count()) / kSampleRateHz,
                     static_cast<double>(word.end.count()) / kSampleRateHz);
  return out;
}

using Times = std::vector<std::pair<double, double>>;

TEST(FitToSpeech, AWordThatBeginsInAPauseBeginsWithTheSpeech) {
  EXPECT_EQ(fitted({{0.2, 1.4}, {1.4, 2.8}, {3.5, 5.5}}), (Times{{1, 1.4}, {1.4, 2.8}, {5, 5.5}}));
}

TEST(FitToSpeech, TheFirstWordOfAStretchIsPulledToItsOnset) {
  EXPECT_EQ(fitted({{1.3, 1.6}, {2, 2.5}}), (Times{{1, 1.6}, {2, 2.5}}));
}

TEST(FitToSpeech, AWordThatEndsInAPauseEndsWithTheSpeech) {
  EXPECT_EQ(fitted({{1, 2}, {2, 4.5}}), (Times{{1, 2}, {2, 3.1}}));
}

TEST(FitToSpeech, AWordInAPauseIsMovedBesideSpeech) {
  const auto times = fitted({{1, 2}, {4.5, 4.8}, {5.1, 6}});
  EXPECT_GE(times[1].first, 4.8);
  EXPECT_LE(times[1].second, 5.0);
  EXPECT_GE(times[2].first, times[1].second);
}

TEST(FitToSpeech, AWordLiesOnOneSideOfAPause) {
  EXPECT_EQ(fitted({{1, 2}, {2.7, 6}, {6, 7}}), (Times{{1, 2}, {5, 6}, {6, 7}}));
  EXPECT_EQ(fitted({{1, 2}, {2, 5.05}, {5.3, 7}}), (Times{{1, 2}, {2, 3}, {5, 7}}));
}

TEST(FitToSpeech, WithoutSpeechNothingIsMoved) {
  std::vector<TimedWord> words(1);
  words[0].end = seconds(1);
  fit_to_speech(words, {});
  EXPECT_EQ(words[0].end, seconds(1));
}

TEST(FitBetween, WhatWasThereBeforeKeepsItsTimes) {
  const auto word = [](int64_t start, int64_t end) {
    TimedWord out;
    out.start = Samples(start);
    out.end = Samples(end);
    return out;
  };
  std::vector<TimedWord> words{word(90, 200), word(200, 260), word(260, 320), word(310, 330)};
  fit_between(words, std::vector{word(50, 100), word(300, 400)});
  const auto times = [&](size_t i) { return std::pair(words[i].start.count(), words[i].end.count()); };
  EXPECT_EQ(times(0), std::pair(int64_t{100}, int64_t{200}));
  EXPECT_EQ(times(1), std::pair(int64_t{200}, int64_t{260}));
  EXPECT_EQ(times(2), std::pair(int64_t{260}, int64_t{300}));
  EXPECT_EQ(times(3), std::pair(int64_t{400}, int64_t{400}));  // wholly within another
}

}  // namespace
}  // namespace v2t::whisper
