// Tests of one window's way through encoding, decoding, and second tries.
#include "whisper/window_task.h"

#include <gmock/gmock.h>

#include <cmath>

#include "whisper/mel.h"
#include "whisper/testing/fake_forward.h"
#include "whisper/testing/small_tokenizer.h"

namespace v2t::whisper {
namespace {

using testing::Answer;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::Question;
using testing::Script;

class Task : public ::testing::Test {
 protected:
  static SpeechModel make_model() {
    ModelConfig config;
    config.dimensions = testing::small_dimensions();
    config.alignment_heads = {{0, 0}};
    return {"small", config, testing::small_tokenizer()};
  }

  // Says the text's tokens one by one after the prompt, then the end; looks 5 positions further with each.
  Answer say(const Question& question, const std::string& text, float logit = 5) const {
    const auto tokens = model_.tokenizer.encode(text);
    const size_t n_prompt = prompt_length(question);
    const size_t n_said = question.fed.size() < n_prompt ? 0 : question.fed.size() - n_prompt;
    const int next = n_said < tokens.size() ? tokens[n_said] : model_.tokenizer.special().end_of_text;
    return {{{next, logit}}, static_cast<int>(n_said) * 5};
  }

  size_t prompt_length(const Question& question) const {
    const auto start =
        std::find(question.fed.begin(), question.fed.end(), model_.tokenizer.special().start_of_transcript);
    const auto before = static_cast<size_t>(start - question.fed.begin());
    return before + 4;
  }

  static Window window(double seconds, uint64_t number = 0, float loudness = 0.1F) {
    Window out;
    out.number = number;
    out.samples.resize(static_cast<size_t>(seconds * kSampleRateHz));
    for (size_t i = 0; i < out.samples.size(); ++i) out.samples[i] = loudness * std::sin(static_cast<float>(i) * 0.3F);
    out.media_end = Samples(static_cast<int64_t>(out.samples.size()));
    return out;
  }

  WindowResult run(Window given, Script script) {
    auto plan = std::make_shared<DecodePlan>();
    plan->options = options_;
    plan->prompt = make_prompt(model_, options_, Timestamps::kWithout).value();
    plan->prompt_with_timestamps = make_prompt(model_, options_, Timestamps::kWith).value();
    const auto forward = testing::make_fake_forward(model_.config.dimensions, 1, std::move(script), log_);
    const auto encoded = forward->make_window();
    const auto sequence = forward->make_sequence();
    MelExtractor mel(80);
    WindowTask task(model_, plan, std::move(given));
    std::vector<float> logits(forward->logits_stride() * 2);
    while (task.need() != WindowTask::Need::kNothing) {
      if (task.need() == WindowTask::Need::kEncode) {
        const auto size = task.size();
        forward->encode(mel.compute(task.samples(), 2 * size.n_positions), size.n_positions, size.n_audio_positions,
                        *encoded);
        task.begin_decoding(*encoded, *sequence);
      }
      std::vector<DecoderRow> rows;
      task.add_rows(rows);
      forward->decode(rows, logits);
      task.take(logits.data(), forward->logits_stride());
    }
    return task.result();
  }

  static std::string text_of(const WindowResult& result) {
    std::string out;
    for (const auto& segment : result.segments) out += (out.empty() ? "" : " ") + segment.text;
    return out;
  }

  SpeechModel model_ = make_model();
  DecodeOptions options_{.language = "en"};
  std::shared_ptr<testing::ForwardLog> log_ = std::make_shared<testing::ForwardLog>();
};

TEST(EncodeSize, AddsAPadUpToTheFullContext) {
  const auto size = encode_size(32000, testing::small_dimensions(), Context::kReduced);
  EXPECT_EQ(size.n_audio_positions, 100);
  EXPECT_EQ(size.n_positions, 228);
  EXPECT_EQ(encode_size(321, testing::small_dimensions(), Context::kReduced).n_positions, 130);
  EXPECT_EQ(encode_size(480000, testing::small_dimensions(), Context::kReduced).n_positions, 1500);
  EXPECT_EQ(encode_size(32000, testing::small_dimensions(), Context::kFull).n_positions, 1500);
}

TEST_F(Task, GivesTheTextWithTimes) {
  const auto result = run(window(1.0, 4), [&](const Question& q) { return say(q, "Hello you."); });
  ASSERT_EQ(result.segments.size(), 1U);
  EXPECT_EQ(result.window, 4U);
  EXPECT_EQ(result.media_end, Samples(16000));
  EXPECT_EQ(result.segments[0].text, "Hello you.");
  EXPECT_EQ(result.segments[0].window, 4U);
  EXPECT_THAT(log_->encoded_positions, ElementsAre(178));
  ASSERT_EQ(result.segments[0].words.size(), 2U);
  EXPECT_LE(result.segments[0].words[0].end, result.segments[0].words[1].start);
}

TEST_F(Task, LeavesWordsOutWhenTheyAreNotAskedFor) {
  options_.word_timestamps = false;
  const auto result = run(window(1.0), [&](const Question& q) { return say(q, "Hi."); });
  EXPECT_TRUE(result.segments.at(0).words.empty());
  EXPECT_GT(result.segments.at(0).end, Millis(0));
}

TEST_F(Task, FeedsLanguageTaskAndInitialPrompt) {
  options_ = {.language = "ru", .task = v2t::Task::kTranslate, .initial_prompt = "  Ab "};
  std::vector<int> fed;
  run(window(0.5), [&](const Question& q) {
    if (fed.size() < 8) fed = q.fed;
    return say(q, "x");
  });
  const auto& s = model_.tokenizer.special();
  const auto prompt = model_.tokenizer.encode(" Ab");
  EXPECT_THAT(fed, ElementsAre(s.start_of_previous, prompt[0], prompt[1], prompt[2], s.start_of_transcript,
                               s.languages[1].second, s.translate, s.no_timestamps));
}

TEST_F(Task, TakesTheLast223TokensOfALongPrompt) {
  options_.initial_prompt = std::string(5000, 'a');
  const auto prompt = make_prompt(model_, options_, Timestamps::kWithout).value();
  EXPECT_EQ(prompt.start_of_transcript, 224U);
}

TEST_F(Task, RefusesAnUnknownLanguage) {
  options_.language = "xx";
  const auto error = make_prompt(model_, options_, Timestamps::kWithout).error();
  EXPECT_EQ(error.code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(error.message, HasSubstr("\"xx\""));
}

TEST_F(Task, EncodesAgainAtFullContextWhenTokensRepeat) {
  const auto result = run(window(2.0), [&](const Question& q) {
    return say(q, q.n_positions < 1500 ? "abc abc abc abc abc" : "abc said once");
  });
  EXPECT_EQ(text_of(result), "abc said once");
  EXPECT_THAT(log_->encoded_positions, ElementsAre(228, 1500));
}

TEST_F(Task, BelievesASentenceTwiceAtFullContext) {
  const auto result = run(window(2.0), [&](const Question& q) { return say(q, "Let it go. Let it go."); });
  EXPECT_EQ(text_of(result), "Let it go. Let it go.");
  EXPECT_EQ(result.segments[0].temperature, 0);
}

TEST_F(Task, BreaksOffALoopAndKeepsOneCopyWhenNothingHelps) {
  std::string looping;
  for (int i = 0; i < 40; ++i) looping += "abc ";
  const auto result = run(window(2.0), [&](const Question& q) { return say(q, looping, 60); });
  EXPECT_EQ(text_of(result), "abc");
}

TEST_F(Task, TriesTheNextTemperatureWhenProbabilityIsLow) {
  const auto unsure = [&](const Question& q) {
    Answer answer = say(q, "a", 3);
    for (int token = 60; token < 90; ++token) answer.logits.emplace_back(token, 2.0F);
    return answer;
  };
  const auto result = run(window(0.5), unsure);
  ASSERT_FALSE(result.segments.empty());
  EXPECT_GE(result.segments[0].avg_logprob, -4);
  const auto again = run(window(0.5), unsure);
  EXPECT_EQ(text_of(result), text_of(again));
  EXPECT_THAT(log_->encoded_positions, ElementsAre(154, 154));
}

TEST_F(Task, DropsTextWhereNothingIsSaid) {
  const auto result = run(window(0.5), [&](const Question& q) {
    Answer answer = say(q, "a", 3);
    for (int token = 60; token < 90; ++token) answer.logits.emplace_back(token, 2.5F);
    answer.logits.emplace_back(model_.tokenizer.special().no_speech, 9.0F);
    return answer;
  });
  EXPECT_TRUE(result.segments.empty());
}

TEST_F(Task, GoesOnWhereTheTextEndsBeforeTheSpeech) {
  const auto result = run(window(6.0), [&](const Question& q) {
    if (q.n_audio_positions == 300) return say(q, "one two");
    const auto& s = model_.tokenizer.special();
    const int first = s.timestamp_begin;
    if (q.fed.back() == s.transcribe) return Answer{{{first, 5.0F}}, 0};
    std::vector<int> script = model_.tokenizer.encode(" six");
    script.push_back(first + q.n_audio_positions);
    script.push_back(s.end_of_text);
    const size_t n_said = q.fed.size() - 4;
    return Answer{{{script.at(std::min(n_said, script.size() - 1)), 5.0F}}, static_cast<int>(n_said) * 60};
  });
  EXPECT_THAT(text_of(result), ::testing::StartsWith("one two six"));
  EXPECT_LE(log_->encoded_positions.size(), 6U);
  Millis last{0};
  for (const auto& segment : result.segments)
    for (const auto& word : segment.words) {
      EXPECT_GE(word.start, last);
      EXPECT_GE(word.end, word.start);
      last = word.end;
    }
}

TEST_F(Task, IsSatisfiedWithAnEarlyEndBeforeSilence) {
  Window given = window(6.0);
  std::fill(given.samples.begin() + 16000, given.samples.end(), 0.0F);
  run(std::move(given), [&](const Question& q) { return say(q, "one two"); });
  EXPECT_EQ(log_->encoded_positions.size(), 1U);
}

TEST_F(Task, StopsAtTheLimitOfTextPositions) {
  int letter = 0;
  const auto result = run(window(29.0), [&](const Question& q) {
    if (q.fed.size() < 4) return Answer{{{60, 1.0F}}, 0};
    return Answer{{{40 + (letter = (letter * 7 + static_cast<int>(q.fed.size()) * 13) % 180), 9.0F}},
                  static_cast<int>(q.fed.size()) * 5};
  });
  size_t n_tokens = 0;
  for (const auto& segment : result.segments) n_tokens += segment.tokens.size();
  EXPECT_GE(n_tokens, 200U);
  EXPECT_LE(n_tokens, 224U * 6);
}

TEST_F(Task, HasNothingToDoForAnEmptyWindow) {
  const auto result = run(window(0.0, 9), [&](const Question& q) { return say(q, "x"); });
  EXPECT_EQ(result.window, 9U);
  EXPECT_TRUE(result.segments.empty());
  EXPECT_TRUE(log_->encoded_positions.empty());
}

}  // namespace
}  // namespace v2t::whisper
