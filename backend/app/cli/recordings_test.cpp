// Tests of the files of one command, with media and an engine that do as they are told.
#include "app/cli/recordings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "domain/testing/fake_speech.h"

namespace v2t::cli {
namespace {

using ::testing::ElementsAre;

// Sound of as many seconds as its name says.
class NamedAudio final : public AudioSource {
 public:
  explicit NamedAudio(const std::string& name) : left_(std::stoul(name) * kSampleRateHz), duration_(left_) {}
  Result<size_t> read(std::span<float> out, std::stop_token) override {
    const size_t n = std::min(out.size(), left_);
    left_ -= n;
    return n;
  }
  std::optional<Samples> duration() const override { return Samples(static_cast<int64_t>(duration_)); }
  std::vector<Warning> warnings() const override { return {}; }

 private:
  size_t left_;
  size_t duration_;
};

class RecordingsTest : public ::testing::Test {
 protected:
  Recordings::Parts parts() {
    Recordings::Parts parts;
    parts.open_audio = [](const std::string& file, std::stop_token) -> Result<std::unique_ptr<AudioSource>> {
      if (file == "bad") return fail(ErrorCode::kNotMedia, "bad");
      return std::make_unique<NamedAudio>(file);
    };
    parts.make_windows = [](AudioSource& audio) -> Result<std::unique_ptr<WindowSource>> {
      return testing::make_fake_windows(audio, {});
    };
    parts.engine = [this]() -> Result<SpeechEngine*> {
      if (engine_error) return tl::unexpected(*engine_error);
      return &engine;
    };
    parts.options.language = "en";
    return parts;
  }

  // The windows of the next file, or the error instead.
  std::vector<std::string> take(Recordings& recordings, std::stop_token stop = {}) {
    const auto recording = recordings.next();
    if (!recording) return {"over"};
    std::vector<std::string> seen;
    const TranscriptionSink sink{[](const std::string&) -> Result<void> { return {}; },
                                 [&](const WindowResult& window, Samples) -> Result<void> {
                                   seen.push_back(std::to_string(window.window));
                                   return {};
                                 }};
    const auto taken = recording->take_all(sink, stop);
    seen.push_back(taken ? std::to_string(taken->count() / kSampleRateHz) + " s" : taken.error().message);
    return seen;
  }

  testing::FakeEngine::Script script;
  testing::FakeEngine engine{script};
  std::optional<Error> engine_error;
};

TEST_F(RecordingsTest, ComeInOrderAndOneThatFailsStopsNoOther) {
  Recordings recordings(parts(), {"40", "bad", "20"}, {});
  EXPECT_THAT(take(recordings), ElementsAre("0", "1", "40 s"));
  EXPECT_THAT(take(recordings), ElementsAre("bad"));
  EXPECT_THAT(take(recordings), ElementsAre("0", "20 s"));
  EXPECT_THAT(take(recordings), ElementsAre("over"));
}

TEST_F(RecordingsTest, GoOnWhileNobodyTakesTheFirst) {
  std::promise<void> third;
  Recordings::Parts with_count = parts();
  with_count.engine = [this, &third, n = 0]() mutable -> Result<SpeechEngine*> {
    if (++n == 3) third.set_value();
    return &engine;
  };
  Recordings recordings(std::move(with_count), {"20", "20", "20"}, {});
  third.get_future().wait();
  EXPECT_THAT(take(recordings), ElementsAre("0", "20 s"));
}

TEST_F(RecordingsTest, EndWithTheFirstThatHasNoEngine) {
  engine_error = Error{ErrorCode::kModelUnavailable, "no model"};
  Recordings recordings(parts(), {"bad", "20", "20"}, {});
  EXPECT_THAT(take(recordings), ElementsAre("bad"));
  EXPECT_THAT(take(recordings), ElementsAre("no model"));
  EXPECT_THAT(take(recordings), ElementsAre("over"));
}

TEST_F(RecordingsTest, AStopIsToldToWhoTakesTheFile) {
  std::stop_source stop;
  Recordings recordings(parts(), {"400", "40"}, stop.get_token());
  stop.request_stop();
  EXPECT_THAT(take(recordings, stop.get_token()), ElementsAre("stopped"));
}

}  // namespace
}  // namespace v2t::cli
