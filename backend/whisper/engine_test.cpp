// Tests of the engine: order, fairness, cancellation, and independence from what else is in the batch.
#include "whisper/engine.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <future>

#include "whisper/testing/fake_forward.h"
#include "whisper/testing/small_tokenizer.h"

namespace v2t::whisper {
namespace {

using testing::Answer;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::Question;

class Engine : public ::testing::Test {
 protected:
  static std::shared_ptr<const SpeechModel> make_model(int n_vocabulary = testing::kSmallVocabulary) {
    ModelConfig config;
    config.dimensions = testing::small_dimensions();
    config.dimensions.n_vocabulary = n_vocabulary;
    config.alignment_heads = {{0, 0}};
    return std::make_shared<SpeechModel>("small", config, testing::small_tokenizer());
  }

  std::unique_ptr<SpeechEngine> make(testing::Script script, int max_batch = 3) {
    auto forward = testing::make_fake_forward(model_->config.dimensions, 1, std::move(script), log_);
    return make_engine(model_, std::move(forward), {.threads = 1, .max_batch = max_batch});
  }

  // Of counting(), which say nothing before go_ is set.
  std::unique_ptr<SpeechEngine> make_held(int max_batch) {
    return make(
        [gate = go_.get_future().share(), count = counting()](const Question& q) { return gate.wait(), count(q); },
        max_batch);
  }

  // Says as many letters as the window has tenths of seconds, drawn from the window's sound.
  testing::Script counting() const {
    const int end = model_->tokenizer.special().end_of_text;
    return [end](const Question& q) {
      const int n_said = static_cast<int>(q.fed.size()) - 4;
      if (n_said < 0) return Answer{{{70, 1.0F}}, 0};
      if (n_said >= q.n_audio_positions / 5) return Answer{{{end, 4.0F}}, n_said * 5};
      const int token = 65 + (n_said * n_said + static_cast<int>(std::abs(q.first_mel) * 1000)) % 25;
      return Answer{{{token, 4.0F}}, n_said * 5};
    };
  }

  static Window window(uint64_t number, double seconds = 1) {
    Window out;
    out.number = number;
    out.samples.resize(static_cast<size_t>(seconds * kSampleRateHz));
    for (size_t i = 0; i < out.samples.size(); ++i)
      out.samples[i] = 0.1F * std::sin(static_cast<float>(i) * (0.1F + 0.01F * static_cast<float>(number)));
    return out;
  }

  static std::vector<WindowResult> drain(EngineSession& session) {
    std::vector<WindowResult> out;
    for (;;) {
      auto next = session.next({});
      if (!next || !*next) return out;
      out.push_back(std::move(**next));
    }
  }

  std::shared_ptr<const SpeechModel> model_ = make_model();
  std::shared_ptr<testing::ForwardLog> log_ = std::make_shared<testing::ForwardLog>();
  std::promise<void> go_;
};

TEST_F(Engine, GivesResultsInOrderThoughLaterWindowsFinishFirst) {
  const auto engine = make(counting());
  const auto session = engine->open_session({.language = "en"}).value();
  ASSERT_TRUE(session->submit(window(0, 20), {}));
  ASSERT_TRUE(session->submit(window(1, 1), {}));
  ASSERT_TRUE(session->submit(window(2, 5), {}));
  session->finish();
  const auto results = drain(*session);
  ASSERT_EQ(results.size(), 3U);
  EXPECT_THAT((std::vector<uint64_t>{results[0].window, results[1].window, results[2].window}), ElementsAre(0, 1, 2));
  EXPECT_FALSE(results[2].segments.empty());
}

TEST_F(Engine, FinishesTheFirstWindowWhileTheSecondIsEncoded) {
  std::promise<void> got_first;
  std::atomic<int> n_encoded = 0;
  std::atomic<bool> came_in_time = false;
  log_->on_encode = [&, got = got_first.get_future().share()] {
    if (++n_encoded == 3) came_in_time = got.wait_for(std::chrono::seconds(20)) == std::future_status::ready;
  };
  const auto engine = make(counting(), 8);
  const auto session = engine->open_session({.language = "en"}).value();
  for (uint64_t i = 0; i < 4; ++i) ASSERT_TRUE(session->submit(window(i, 2), {}));
  session->finish();
  ASSERT_TRUE(session->next({}).value().has_value());
  got_first.set_value();
  drain(*session);
  EXPECT_TRUE(came_in_time);
}

TEST_F(Engine, DecodesTheFirstWindowBeforeItEncodesTheSecond) {
  std::promise<void> all_submitted;
  std::atomic<int> n_encoded = 0;
  std::atomic<int> n_tokens_of_first = 0;
  log_->on_encode = [&] {
    if (++n_encoded == 1) all_submitted.get_future().wait();
  };
  const auto count = counting();
  const auto engine = make(
      [&](const Question& q) {
        if (n_encoded == 1) ++n_tokens_of_first;
        return count(q);
      },
      8);
  const auto session = engine->open_session({.language = "en"}).value();
  for (uint64_t i = 0; i < 4; ++i) ASSERT_TRUE(session->submit(window(i, 2), {}));
  all_submitted.set_value();
  session->finish();
  drain(*session);
  EXPECT_GE(n_tokens_of_first, 24);  // the prompt, a letter for each tenth of a second, and the end
}

TEST_F(Engine, GivesTheSameWhateverElseIsInTheBatch) {
  std::vector<std::vector<Segment>> alone;
  {
    const auto engine = make(counting(), 1);
    const auto session = engine->open_session({.language = "en"}).value();
    for (uint64_t i = 0; i < 3; ++i) ASSERT_TRUE(session->submit(window(i, 2), {}));
    session->finish();
    for (auto& result : drain(*session)) alone.push_back(std::move(result.segments));
  }
  const auto engine = make(counting(), 8);
  const auto a = engine->open_session({.language = "en"}).value();
  const auto b = engine->open_session({.language = "ru"}).value();
  for (uint64_t i = 0; i < 3; ++i) {
    ASSERT_TRUE(b->submit(window(i + 10, 3), {}));
    ASSERT_TRUE(a->submit(window(i, 2), {}));
  }
  a->finish();
  std::vector<std::vector<Segment>> together;
  for (auto& result : drain(*a)) together.push_back(std::move(result.segments));
  EXPECT_EQ(alone, together);
}

TEST_F(Engine, DecodesWindowsOfSeveralSessionsTogether) {
  const auto engine = make(counting(), 4);
  const auto a = engine->open_session({.language = "en"}).value();
  const auto b = engine->open_session({.language = "en"}).value();
  for (uint64_t i = 0; i < 2; ++i) {
    ASSERT_TRUE(a->submit(window(i, 25), {}));
    ASSERT_TRUE(b->submit(window(i, 25), {}));
  }
  a->finish();
  b->finish();
  EXPECT_EQ(drain(*a).size(), 2U);
  EXPECT_EQ(drain(*b).size(), 2U);
  EXPECT_GT(log_->largest_step, 1U);
}

TEST_F(Engine, LetsAShortClipPassAFilm) {
  const auto engine = make_held(1);
  const auto film = engine->open_session({.language = "en"}).value();
  for (uint64_t i = 0; i < 3; ++i) ASSERT_TRUE(film->submit(window(i, 1.2), {}));
  const auto clip = engine->open_session({.language = "en"}).value();
  ASSERT_TRUE(clip->submit(window(0, 1), {}));
  clip->finish();
  go_.set_value();
  EXPECT_EQ(drain(*clip).size(), 1U);
  // At most one window of the film stood before the clip.
  const std::lock_guard lock(log_->mutex);
  std::vector<int> first_two = log_->encoded_positions;
  first_two.resize(std::min<size_t>(first_two.size(), 2));
  EXPECT_THAT(first_two, ::testing::Contains(182));
}

TEST_F(Engine, KeepsAPlaceInAFullBatchForWhoHasNoneThere) {
  std::atomic<int> n_encoded = 0;
  log_->on_encode = [&] { ++n_encoded; };
  const auto engine = make_held(2);
  const auto film = engine->open_session({.language = "en", .turn = "ann"}).value();
  for (uint64_t i = 0; i < 4; ++i) ASSERT_TRUE(film->submit(window(i, 25), {}));
  const auto clip = engine->open_session({.language = "en", .turn = "bob"}).value();
  ASSERT_TRUE(clip->submit(window(0, 1), {}));
  clip->finish();
  go_.set_value();
  EXPECT_EQ(drain(*clip).size(), 1U);
  EXPECT_LE(n_encoded, 4);  // the film's two places, the clip, and at most one more window of the film
  film->finish();
  EXPECT_EQ(drain(*film).size(), 4U);
}

TEST_F(Engine, TurnsShareAlikeHoweverManySessionsTheyHave) {
  const auto engine = make_held(1);
  std::vector<std::unique_ptr<EngineSession>> sessions;
  for (const char* turn : {"ann", "ann", "ann", "bob"})
    sessions.push_back(engine->open_session({.language = "en", .turn = turn}).value());
  // A window of 1 s has 182 positions, one of 1.2 s more.
  for (uint64_t i = 0; i < 3; ++i)
    for (size_t s = 0; s < sessions.size(); ++s) ASSERT_TRUE(sessions[s]->submit(window(i, s < 3 ? 1.2 : 1), {}));
  for (const auto& session : sessions) session->finish();
  go_.set_value();
  for (const auto& session : sessions) EXPECT_EQ(drain(*session).size(), 3U);
  const std::lock_guard lock(log_->mutex);
  std::vector<int> first = log_->encoded_positions;
  first.resize(std::min<size_t>(first.size(), 6));
  EXPECT_GE(std::ranges::count(first, 182), 2);
}

TEST_F(Engine, HoldsSubmissionBackAndLetsGoWhenStopped) {
  const auto engine = make_held(1);
  const auto session = engine->open_session({.language = "en"}).value();
  for (uint64_t i = 0; i < 3; ++i) ASSERT_TRUE(session->submit(window(i), {}));
  std::stop_source source;
  source.request_stop();
  EXPECT_EQ(session->submit(window(3), source.get_token()).error().code, ErrorCode::kCancelled);
  EXPECT_EQ(session->next(source.get_token()).error().code, ErrorCode::kCancelled);
  go_.set_value();
  ASSERT_TRUE(session->submit(window(3), {}));
  session->finish();
  EXPECT_EQ(drain(*session).size(), 4U);
}

TEST_F(Engine, ForgetsWindowsOfASessionThatIsGone) {
  const auto engine = make_held(2);
  {
    const auto session = engine->open_session({.language = "en"}).value();
    for (uint64_t i = 0; i < 4; ++i) ASSERT_TRUE(session->submit(window(i, 29), {}));
  }
  go_.set_value();
  const auto other = engine->open_session({.language = "en"}).value();
  ASSERT_TRUE(other->submit(window(7), {}));
  other->finish();
  EXPECT_EQ(drain(*other).size(), 1U);
}

TEST_F(Engine, CancelsSessionsThatOutliveIt) {
  auto engine = make(counting());
  const auto session = engine->open_session({.language = "en"}).value();
  engine.reset();
  EXPECT_EQ(session->submit(window(0), {}).error().code, ErrorCode::kCancelled);
  EXPECT_EQ(session->next({}).error().code, ErrorCode::kCancelled);
}

TEST_F(Engine, DoesNotEncodeTheRestOfTheBatchWhenItIsDestroyed) {
  std::promise<void> all_submitted, second_encoded, go;
  int n_encoded = 0;
  log_->on_encode = [&] {
    if (++n_encoded == 1) all_submitted.get_future().wait();
    if (n_encoded != 2) return;
    second_encoded.set_value();
    go.get_future().wait();
  };
  auto engine = make(counting());
  const auto session = engine->open_session({.language = "en"}).value();
  for (uint64_t i = 0; i < 3; ++i) ASSERT_TRUE(session->submit(window(i, 25), {}));
  all_submitted.set_value();
  second_encoded.get_future().wait();
  const auto destroyed = std::async(std::launch::async, [&] { engine.reset(); });
  EXPECT_EQ(session->next({}).error().code, ErrorCode::kCancelled);
  go.set_value();
  destroyed.wait();
  EXPECT_EQ(n_encoded, 2);
}

TEST_F(Engine, EndsAfterFinishWithoutWindows) {
  const auto engine = make(counting());
  const auto session = engine->open_session({.language = "en"}).value();
  session->finish();
  EXPECT_FALSE(session->next({}).value().has_value());
}

TEST_F(Engine, GuessesTheLanguage) {
  const int first = model_->languages[0].second;
  const auto engine = make([first](const Question&) { return Answer{{{first, 1.0F}, {first + 1, 3.0F}}, 0}; });
  const auto guesses = engine->detect_language(window(0).samples, {}).value();
  ASSERT_EQ(guesses.size(), 3U);
  EXPECT_EQ(guesses[0].language, "ru");
  EXPECT_NEAR(guesses[0].probability, 1 / (1 + std::exp(-2.0)), 1e-4);
  EXPECT_NEAR(guesses[0].probability + guesses[1].probability + guesses[2].probability, 1, 1e-5);
}

TEST_F(Engine, EncodesAWindowWhoseLanguageWasAskedForOnce) {
  const auto hear = [&](SpeechEngine& engine) {
    const auto session = engine.open_session({.language = "en"}).value();
    static_cast<void>(session->submit(window(0, 2), {}));
    session->finish();
    return drain(*session).at(0).segments;
  };
  const auto engine = make(counting());
  ASSERT_TRUE(engine->detect_language(window(0, 2).samples, {}));
  const auto after_the_question = hear(*engine);
  EXPECT_EQ(log_->encoded_positions.size(), 1U);
  EXPECT_EQ(after_the_question, hear(*engine));
  EXPECT_EQ(log_->encoded_positions.size(), 2U);
}

TEST_F(Engine, DecodesTheFirstWindowsOfATurnTogether) {
  const auto engine = make(counting(), 8);
  std::vector<std::unique_ptr<EngineSession>> sessions;
  for (uint64_t i = 0; i < 6; ++i) {
    sessions.push_back(engine->open_session({.language = "en", .turn = "ann"}).value());
    ASSERT_TRUE(sessions.back()->submit(window(i, 25), {}));
    sessions.back()->finish();
  }
  for (const auto& session : sessions) EXPECT_EQ(drain(*session).size(), 1U);
  EXPECT_GE(log_->largest_step, 3U);
}

TEST_F(Engine, RefusesAudioThatIsEmptyOrTooLong) {
  const auto engine = make(counting());
  EXPECT_EQ(engine->detect_language({}, {}).error().code, ErrorCode::kInvalidArgument);
  const std::vector<float> long_audio(kSampleRateHz * 31);
  EXPECT_EQ(engine->detect_language(long_audio, {}).error().code, ErrorCode::kInvalidArgument);
  const auto session = engine->open_session({.language = "en"}).value();
  EXPECT_EQ(session->submit(window(0, 31), {}).error().code, ErrorCode::kInvalidArgument);
}

TEST_F(Engine, RefusesWhatTheModelDoesNotKnow) {
  const auto engine = make(counting());
  EXPECT_THAT(engine->open_session({.language = "tlh"}).error().message, HasSubstr("tlh"));
  EXPECT_THAT(engine->open_session({.language = ""}).error().message, HasSubstr("language"));
  EXPECT_EQ(engine->open_session({.language = "en", .temperatures = {}}).error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(engine->open_session({.language = "en", .temperatures = {9}}).error().code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(engine->languages(), ElementsAre("en", "ru", "ja"));
  EXPECT_TRUE(engine->is_multilingual());
}

TEST_F(Engine, OfAnEnglishModelNeitherTranslatesNorGuesses) {
  model_ = make_model(51864);
  const auto engine = make(counting());
  EXPECT_FALSE(engine->is_multilingual());
  EXPECT_THAT(engine->languages(), ElementsAre("en"));
  EXPECT_EQ(engine->detect_language(window(0).samples, {}).value()[0].language, "en");
  EXPECT_THAT(engine->open_session({.language = "en", .task = Task::kTranslate}).error().message,
              HasSubstr("translate"));
  EXPECT_TRUE(engine->open_session({.language = "en"}));
}

}  // namespace
}  // namespace v2t::whisper
