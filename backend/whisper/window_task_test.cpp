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

  // Ten seconds: 1.5 of them loud; the last five so quiet that they may be speech, with this probability.
  static Window window_with_whisper(float probability) {
    Window out = window(10.0);
    std::fill(out.samples.begin() + 24000, out.samples.end(), 0.0003F);
    out.speech = {{Samples(0), Samples(24000), 1}, {Samples(80000), Samples(160000), probability}};
    return out;
  }

  WindowResult run(Window given, Script script) {
    const auto plan = make_decode_plan(model_, options_, Context::kReduced).value();
    const auto forward = testing::make_fake_forward(model_.config.dimensions, 1, std::move(script), log_);
    const auto encoded = forward->make_window();
    SequencePool sequences([&] { return forward->make_sequence(); });
    MelExtractor mel(80);
    WindowTask task(model_, plan, std::move(given));
    std::vector<float> logits(forward->logits_stride() * 12);
    while (task.need() != WindowTask::Need::kNothing) {
      if (task.need() == WindowTask::Need::kEncode) {
        const auto size = task.size();
        forward->encode(mel.compute(task.samples(), 2 * size.n_positions), size.n_positions, size.n_audio_positions,
                        *encoded);
        task.begin_decoding(*encoded, sequences);
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

TEST_F(Task, GivesTheTextWithTimes) {
  const auto result = run(window(1.0, 4), [&](const Question& q) { return say(q, "Hello you."); });
  ASSERT_EQ(result.segments.size(), 1U);
  EXPECT_EQ(result.window, 4U);
  EXPECT_EQ(result.media_end, Samples(16000));
  EXPECT_EQ(result.segments[0].text, "Hello you.");
  EXPECT_EQ(result.segments[0].window, 4U);
  EXPECT_THAT(log_->encoded_positions, ElementsAre(182));
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
  EXPECT_THAT(log_->encoded_positions, ElementsAre(160, 160));
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

// After "a" all goes on badly, after "b" well; "a" is a little more probable.
Answer misleading(const Question& question, size_t n_prompt, const SpecialTokens& special) {
  const size_t n_said = question.fed.size() - std::min(question.fed.size(), n_prompt);
  if (n_said == 0) return {{{'a' - '!', 5.0F}, {'b' - '!', 4.8F}}, 0};
  if (n_said == 1 && question.fed.back() == 'b' - '!') return {{{special.end_of_text, 8.0F}}, 10};
  Answer doubt{{{special.end_of_text, 3.0F}}, 10};
  for (int token = 60; token < 90; ++token) doubt.logits.emplace_back(token, 2.9F);
  return doubt;
}

TEST_F(Task, BeamsFindWhatIsBetterInTheEnd) {
  const auto script = [&](const Question& q) { return misleading(q, prompt_length(q), model_.tokenizer.special()); };
  options_.temperatures = {0};
  options_.beam_size = 3;
  EXPECT_EQ(text_of(run(window(1.0), script)), model_.tokenizer.decode(std::vector<int>{'b' - '!'}));
}

TEST_F(Task, WhereItIsInDoubtItLooksForBetterWordsWithBeams) {
  const auto script = [&](const Question& q) { return misleading(q, prompt_length(q), model_.tokenizer.special()); };
  options_.temperatures = {0};
  EXPECT_EQ(text_of(run(window(1.0), script)), model_.tokenizer.decode(std::vector<int>{'b' - '!'}));
  EXPECT_EQ(log_->encoded_positions.size(), 1U);
}

TEST_F(Task, WhatIsSureIsDecodedOnce) {
  int n_begun = 0;
  run(window(1.0), [&](const Question& q) {
    if (q.fed.size() == prompt_length(q)) ++n_begun;
    return say(q, "Sure.", 12);
  });
  EXPECT_EQ(n_begun, 1);
}

TEST_F(Task, OneBeamIsGreedy) {
  const auto script = [&](const Question& q) { return misleading(q, prompt_length(q), model_.tokenizer.special()); };
  options_.temperatures = {0};
  options_.beam_size = 1;
  EXPECT_THAT(text_of(run(window(1.0), script)),
              ::testing::StartsWith(model_.tokenizer.decode(std::vector<int>{'a' - '!'})));
}

TEST_F(Task, AHotwordWinsWhereItIsNearlyWhatWasHeard) {
  const auto script = [&](const Question& q) {
    Answer answer = say(q, "x Cowloon");
    const Answer other = say(q, "x Kowloon", 4.0F);
    answer.logits.insert(answer.logits.end(), other.logits.begin(), other.logits.end());
    return answer;
  };
  EXPECT_EQ(text_of(run(window(1.0), script)), "x Cowloon");
  options_.hotwords = {"kowloon"};
  EXPECT_EQ(text_of(run(window(1.0), script)), "x Kowloon");
  options_.beam_size = 1;
  EXPECT_EQ(text_of(run(window(1.0), script)), "x Kowloon");
}

TEST_F(Task, CutsAWindowWhereTheLanguageChanges) {
  options_ = {.language = "en", .languages = {"en", "ru"}, .temperatures = {0}};
  Window given = window(12.0);
  std::fill(given.samples.begin() + 16000, given.samples.begin() + 88000, 0.0F);
  std::fill(given.samples.begin() + 104000, given.samples.end(), 0.0F);
  given.speech = {{Samples(0), Samples(80000), 0.5F}, {Samples(96000), Samples(192000), 0.5F}};
  const auto& languages = model_.tokenizer.special().languages;
  const auto result = run(std::move(given), [&](const Question& q) {
    if (q.fed.size() == 1)
      return Answer{{{languages[q.heard.first == 0 ? 0 : 1].second, 9.0F}}, 0};  // the second half is Russian
    return say(q, q.fed.at(1) == languages[0].second ? "English." : "Russian.");
  });
  ASSERT_EQ(result.segments.size(), 2U);
  EXPECT_EQ(result.segments[0].text, "English.");
  EXPECT_EQ(result.segments[0].language, "en");
  EXPECT_EQ(result.segments[1].text, "Russian.");
  EXPECT_EQ(result.segments[1].language, "ru");
  EXPECT_GE(result.segments[1].start, Millis(5'000));
}

TEST_F(Task, DecodesAWindowInItsOwnLanguageWithoutEncodingItAgain) {
  options_ = {.language = "en", .languages = {"en", "ru"}};
  const auto& languages = model_.tokenizer.special().languages;
  const auto result = run(window(1.5), [&](const Question& q) {
    if (q.fed.size() == 1) return Answer{{{languages[1].second, 9.0F}}, 0};
    return say(q, q.fed.at(1) == languages[1].second ? "Russian." : "English.");
  });
  EXPECT_EQ(text_of(result), "Russian.");
  EXPECT_EQ(result.segments.at(0).language, "ru");
  EXPECT_EQ(log_->encoded_positions.size(), 1U);
}

TEST_F(Task, HearsSpeechWithoutTextOnceMore) {
  const auto result = run(window_with_whisper(0.95F), [&](const Question& q) {
    if (q.n_audio_positions == 500) return say(q, "one two");
    const auto& s = model_.tokenizer.special();
    if (q.fed.back() == s.transcribe) return Answer{{{s.timestamp_begin, 9.0F}}, 0};
    std::vector<int> script = model_.tokenizer.encode(" six seven");
    script.push_back(s.timestamp_begin + 200);
    script.push_back(s.end_of_text);
    const size_t n_said = q.fed.size() - 4;
    return Answer{{{script.at(std::min(n_said, script.size() - 1)), 9.0F}}, static_cast<int>(n_said) * 20};
  });
  EXPECT_EQ(text_of(result), "one two six seven");
  EXPECT_EQ(result.coverage.speech, Samples(104000));
  EXPECT_EQ(result.coverage.unintelligible, Samples(0));
}

TEST_F(Task, SpeechThatGivesNoTextTwiceIsMarked) {
  const auto result = run(window_with_whisper(0.95F), [&](const Question& q) {
    if (q.n_audio_positions == 500) return say(q, "one two");
    return Answer{{{model_.tokenizer.special().end_of_text, 9.0F}}, 0};
  });
  ASSERT_EQ(result.segments.size(), 2U);
  EXPECT_EQ(result.segments[1].kind, SegmentKind::kUnintelligible);
  EXPECT_EQ(result.segments[1].text, "");
  EXPECT_EQ(result.segments[1].language, "en");
  EXPECT_EQ(result.coverage.unintelligible, Samples(80000));
}

TEST_F(Task, WhatMayBeNoiseIsNotMarked) {
  const auto result = run(window_with_whisper(0.6F), [&](const Question& q) {
    if (q.n_audio_positions == 500) return say(q, "one two");
    return Answer{{{model_.tokenizer.special().end_of_text, 9.0F}}, 0};
  });
  EXPECT_EQ(result.segments.size(), 1U);
}

TEST_F(Task, HasNothingToDoForAnEmptyWindow) {
  const auto result = run(window(0.0, 9), [&](const Question& q) { return say(q, "x"); });
  EXPECT_EQ(result.window, 9U);
  EXPECT_TRUE(result.segments.empty());
  EXPECT_TRUE(log_->encoded_positions.empty());
}

}  // namespace
}  // namespace v2t::whisper
