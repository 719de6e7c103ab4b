// Tests of the transcription of one file, with windows and an engine that do as they are told.
#include "app/services/transcription.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <functional>
#include <mutex>

#include "domain/testing/fake_speech.h"

namespace v2t {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// `count` windows of one second, then the end, or an error, or (when told) waits for the stop.
class FakeWindows : public WindowSource {
 public:
  explicit FakeWindows(uint64_t count) : count_(count) {}

  Result<std::optional<Window>> next(std::stop_token stop) override {
    if (next_ < count_) {
      position_ += Samples(kSampleRateHz);
      Window window;
      window.number = next_++;
      window.samples.assign(kSampleRateHz, static_cast<float>(window.number));
      window.media_end = position_;
      return window;
    }
    if (failure) return tl::unexpected(*failure);
    if (waits_at_the_end) {
      std::mutex mutex;
      std::unique_lock lock(mutex);
      std::condition_variable_any().wait(lock, stop, [] { return false; });
      return fail(ErrorCode::kCancelled, "stopped");
    }
    return std::nullopt;
  }
  Samples position() const override { return position_; }

  std::optional<Error> failure;
  bool waits_at_the_end = false;

 private:
  uint64_t count_;
  uint64_t next_ = 0;
  Samples position_{};
};

// Hears the languages that it is told, and works by its script.
class FakeEngine : public SpeechEngine {
 public:
  std::string model_name() const override { return "fake"; }
  bool is_multilingual() const override { return multilingual; }
  std::vector<std::string> languages() const override { return {"en", "ru"}; }
  Result<std::vector<LanguageGuess>> detect_language(std::span<const float> samples, std::stop_token) override {
    if (detection_failure) return tl::unexpected(*detection_failure);
    asked_about.push_back(static_cast<int>(samples[0]));
    return guesses.at(static_cast<size_t>(samples[0]));
  }
  Result<std::unique_ptr<EngineSession>> open_session(DecodeOptions options) override {
    opened_with = options.language;
    if (options.language == "xx") return fail(ErrorCode::kInvalidArgument, "no such language");
    return working_.open_session(std::move(options));
  }

  bool multilingual = true;
  std::vector<std::vector<LanguageGuess>> guesses;  // of each window
  std::vector<int> asked_about;
  std::string opened_with;
  std::optional<Error> detection_failure;
  testing::FakeEngine::Script script;

 private:
  testing::FakeEngine working_{script};
};

class TranscriptionTest : public ::testing::Test {
 protected:
  Result<Samples> run(FakeWindows& windows, std::stop_token stop = {}) {
    DecodeOptions options;
    options.language = language;
    const TranscriptionSink sink{.on_language = [&](const std::string& found) -> Result<void> {
                                   languages.push_back(found);
                                   return {};
                                 },
                                 .on_window = [&](const WindowResult& window, Samples covered) -> Result<void> {
                                   done.push_back(static_cast<int>(window.window));
                                   last_covered = covered;
                                   if (on_window) return on_window();
                                   return {};
                                 }};
    return transcribe({windows, engine, options, settled_language}, sink, stop);
  }

  FakeEngine engine;
  std::string language = "en";
  std::optional<std::string> settled_language;
  std::function<Result<void>()> on_window;
  std::vector<std::string> languages;
  std::vector<int> done;
  Samples last_covered{};
};

TEST_F(TranscriptionTest, DeliversTheWindowsInOrder) {
  FakeWindows windows(20);
  const auto length = run(windows);
  ASSERT_TRUE(length);
  EXPECT_EQ(*length, Samples(20 * kSampleRateHz));
  EXPECT_THAT(languages, ElementsAre("en"));
  ASSERT_THAT(done, SizeIs(20));
  EXPECT_TRUE(std::is_sorted(done.begin(), done.end()));
  EXPECT_EQ(last_covered, Samples(20 * kSampleRateHz));
}

TEST_F(TranscriptionTest, ASureGuessIsTakenFromTheFirstWindow) {
  FakeWindows windows(5);
  language = "";
  engine.guesses = {{{"ru", 0.9F}, {"en", 0.1F}}};
  ASSERT_TRUE(run(windows));
  EXPECT_THAT(engine.asked_about, ElementsAre(0));
  EXPECT_THAT(languages, ElementsAre("ru"));
  EXPECT_EQ(engine.opened_with, "ru");
  EXPECT_THAT(done, ElementsAre(0, 1, 2, 3, 4));
}

TEST_F(TranscriptionTest, AnUnsureGuessIsSettledByMoreWindowsAndTheSurerCountsMore) {
  FakeWindows windows(5);
  language = "";
  engine.guesses = {{{"en", 0.5F}, {"ru", 0.5F}}, {{"en", 0.55F}, {"ru", 0.45F}}, {{"ru", 0.99F}, {"en", 0.01F}}};
  ASSERT_TRUE(run(windows));
  EXPECT_THAT(engine.asked_about, ElementsAre(0, 1, 2));
  EXPECT_THAT(languages, ElementsAre("ru"));
  EXPECT_THAT(done, ElementsAre(0, 1, 2, 3, 4));
}

TEST_F(TranscriptionTest, AnUnsureGuessIsTakenWhenThereAreNoMoreWindows) {
  FakeWindows windows(1);
  language = "";
  engine.guesses = {{{"ru", 0.3F}, {"en", 0.2F}}};
  ASSERT_TRUE(run(windows));
  EXPECT_THAT(languages, ElementsAre("ru"));
  EXPECT_THAT(done, ElementsAre(0));
}

TEST_F(TranscriptionTest, AnEnglishModelIsNotAskedForTheLanguage) {
  FakeWindows windows(2);
  language = "";
  engine.multilingual = false;
  ASSERT_TRUE(run(windows));
  EXPECT_THAT(engine.asked_about, IsEmpty());
  EXPECT_THAT(languages, ElementsAre("en"));
  EXPECT_THAT(done, ElementsAre(0, 1));
}

TEST_F(TranscriptionTest, WithoutSpeechThereIsNoLanguage) {
  FakeWindows windows(0);
  language = "";
  ASSERT_TRUE(run(windows));
  EXPECT_THAT(languages, IsEmpty());
  EXPECT_THAT(done, IsEmpty());
}

TEST_F(TranscriptionTest, TheLanguageOfAnEarlierAttemptIsKept) {
  FakeWindows windows(3);
  language = "";
  settled_language = "ru";
  ASSERT_TRUE(run(windows));
  EXPECT_THAT(engine.asked_about, IsEmpty());
  EXPECT_EQ(engine.opened_with, "ru");
  EXPECT_THAT(done, ElementsAre(0, 1, 2));
}

TEST_F(TranscriptionTest, DamagedMediaFailsAfterWhatWasReadBefore) {
  FakeWindows windows(3);
  windows.failure = Error{ErrorCode::kDamagedMedia, "broken"};
  const auto length = run(windows);
  ASSERT_FALSE(length);
  EXPECT_EQ(length.error().code, ErrorCode::kDamagedMedia);
  EXPECT_THAT(done, ElementsAre(0, 1, 2));
}

TEST_F(TranscriptionTest, AnErrorOfTheEngineEndsItAlthoughMoreWindowsCouldCome) {
  FakeWindows windows(1000);
  engine.script.errors[2] = Error{ErrorCode::kInternal, "the engine broke"};
  const auto length = run(windows);
  ASSERT_FALSE(length);
  EXPECT_EQ(length.error().message, "the engine broke");
  EXPECT_THAT(done, ElementsAre(0, 1));
}

TEST_F(TranscriptionTest, AnErrorOfTheSinkEndsIt) {
  FakeWindows windows(1000);
  on_window = [] { return fail(ErrorCode::kConflict, "the job was cancelled"); };
  const auto length = run(windows);
  ASSERT_FALSE(length);
  EXPECT_EQ(length.error().code, ErrorCode::kConflict);
  EXPECT_THAT(done, ElementsAre(0));
}

TEST_F(TranscriptionTest, AnErrorOfTheDetectionIsReturned) {
  FakeWindows windows(3);
  language = "";
  engine.detection_failure = Error{ErrorCode::kInternal, "deaf"};
  const auto length = run(windows);
  ASSERT_FALSE(length);
  EXPECT_EQ(length.error().message, "deaf");
}

TEST_F(TranscriptionTest, AnUnknownLanguageIsRefused) {
  FakeWindows windows(3);
  language = "xx";
  const auto length = run(windows);
  ASSERT_FALSE(length);
  EXPECT_EQ(length.error().code, ErrorCode::kInvalidArgument);
}

TEST_F(TranscriptionTest, StopEndsItWhileItWaitsForAudio) {
  FakeWindows windows(2);
  windows.waits_at_the_end = true;
  std::stop_source stop;
  on_window = [&]() -> Result<void> {
    if (done.size() == 2) stop.request_stop();
    return {};
  };
  const auto length = run(windows, stop.get_token());
  ASSERT_FALSE(length);
  EXPECT_EQ(length.error().code, ErrorCode::kCancelled);
  EXPECT_THAT(done, ElementsAre(0, 1));
}

}  // namespace
}  // namespace v2t
