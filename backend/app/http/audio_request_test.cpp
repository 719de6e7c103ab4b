// Tests of the fields of /v1/audio, and of the answers' shapes.
#include "app/http/audio_request.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "app/http/audio_reply.h"

namespace v2t::http {
namespace {

namespace json = boost::json;
using ::testing::HasSubstr;
using ::testing::StartsWith;

Outcome<AudioRequest> parse(FormFields fields, Task task = Task::kTranscribe) {
  fields.insert(fields.begin(), {"model", "whisper-1"});
  JobSettings defaults;
  defaults.model = "small";
  return parse_audio_request(fields, task, defaults);
}

// The field that is wrong; "" for none.
std::string wrong_field(FormFields fields) {
  const auto parsed = parse(std::move(fields));
  return parsed ? "" : parsed.error().param;
}

TEST(AudioRequest, OpenAisModelsAreTheServersOwn) {
  EXPECT_EQ(parse({}).value().settings.model, "small");
  EXPECT_EQ(parse({{"model", "gpt-4o-mini-transcribe"}}).value().settings.model, "small");
  EXPECT_EQ(parse({{"model", "large-v3-turbo"}}).value().settings.model, "large-v3-turbo");
  EXPECT_EQ(wrong_field({{"model", "no such/thing/at all"}}), "model");
  EXPECT_EQ(parse_audio_request({}, Task::kTranscribe, {}).error().param, "model");
}

TEST(AudioRequest, DefaultsAreOpenAis) {
  const auto request = parse({}).value();
  EXPECT_EQ(request.format, AudioFormat::kJson);
  EXPECT_FALSE(request.is_stream);
  EXPECT_FALSE(request.keeps_job);
  EXPECT_TRUE(request.wants_segments);
  EXPECT_EQ(request.settings.language, std::nullopt);
  EXPECT_EQ(request.settings.task, Task::kTranscribe);
}

TEST(AudioRequest, TranslationsAreATask) {
  EXPECT_EQ(parse({}, Task::kTranslate).value().settings.task, Task::kTranslate);
}

TEST(AudioRequest, FormatsAreKnown) {
  EXPECT_EQ(parse({{"response_format", "vtt"}}).value().format, AudioFormat::kVtt);
  EXPECT_EQ(wrong_field({{"response_format", "xml"}}), "response_format");
  const auto diarized = parse({{"response_format", "diarized_json"}});
  EXPECT_EQ(diarized.error().status, 400);
  EXPECT_THAT(diarized.error().error.message, HasSubstr("does not tell speakers apart"));
}

TEST(AudioRequest, GranularitiesChooseWhatVerboseJsonHolds) {
  const auto words = parse({{"response_format", "verbose_json"}, {"timestamp_granularities[]", "word"}}).value();
  EXPECT_TRUE(words.wants_words);
  EXPECT_FALSE(words.wants_segments);
  const auto both =
      parse({{"response_format", "verbose_json"}, {"timestamp_granularities", R"(["word","segment"])"}}).value();
  EXPECT_TRUE(both.wants_words && both.wants_segments);
  EXPECT_TRUE(parse({{"response_format", "verbose_json"}}).value().wants_segments);
  EXPECT_EQ(wrong_field({{"timestamp_granularities[]", "word"}}), "timestamp_granularities[]");
  EXPECT_EQ(wrong_field({{"response_format", "verbose_json"}, {"timestamp_granularities[]", "letter"}}),
            "timestamp_granularities[]");
}

TEST(AudioRequest, LogprobsComeWithJsonAlone) {
  const auto request = parse({{"include[]", "logprobs"}}).value();
  EXPECT_TRUE(request.wants_logprobs);
  EXPECT_TRUE(request.settings.token_scores);
  EXPECT_EQ(wrong_field({{"include[]", "logprobs"}, {"response_format", "srt"}}), "include[]");
  EXPECT_EQ(wrong_field({{"include", "secrets"}}), "include[]");
}

TEST(AudioRequest, TemperaturesLieBetweenZeroAndOne) {
  EXPECT_FLOAT_EQ(parse({{"temperature", "0.4"}}).value().settings.temperature, 0.4F);
  EXPECT_EQ(parse({{"temperature", "0"}}).value().settings.temperature, 0);
  for (const char* bad : {"2", "-1", "nan", "inf", "warm", "0.5x"})
    EXPECT_EQ(wrong_field({{"temperature", bad}}), "temperature") << bad;
}

TEST(AudioRequest, LanguagesAreCodesOrNames) {
  EXPECT_EQ(parse({{"language", "EN"}}).value().settings.language, "en");
  EXPECT_EQ(parse({{"language", "Russian"}}).value().settings.language, "ru");
  EXPECT_EQ(parse({{"language", ""}}).value().settings.language, std::nullopt);
  EXPECT_EQ(wrong_field({{"language", "klingon"}}), "language");
  EXPECT_EQ(wrong_field({{"languages[]", "en"}, {"languages[]", "xx"}}), "languages[]");
}

TEST(AudioRequest, PossibleLanguagesAndKeywordsAreLists) {
  const auto request = parse(
      {{"languages[]", "en"}, {"languages[]", "ru"}, {"keywords[]", R"(["Zagreb","Wien"])"}, {"keywords", "Ada"}});
  EXPECT_THAT(request.value().settings.languages, ::testing::ElementsAre("en", "ru"));
  EXPECT_THAT(request.value().settings.hotwords, ::testing::ElementsAre("Zagreb", "Wien", "Ada"));
  EXPECT_EQ(parse({{"languages[]", "de"}}).value().settings.language, "de");
}

TEST(AudioRequest, SwitchesAreRead) {
  EXPECT_TRUE(parse({{"stream", "true"}}).value().is_stream);
  EXPECT_TRUE(parse({{"stream", "True"}, {"keep", "1"}}).value().keeps_job);
  EXPECT_FALSE(parse({{"stream", "null"}}).value().is_stream);
  EXPECT_EQ(wrong_field({{"stream", "maybe"}}), "stream");
}

TEST(AudioRequest, ALongPromptIsItsEnd) {
  std::string prompt;
  for (int i = 0; i < 3000; ++i) prompt += "ж";
  const auto request = parse({{"prompt", prompt + "end"}}).value();
  EXPECT_EQ(request.settings.initial_prompt.size(), 1997 * 2 + 3U);
  EXPECT_THAT(request.settings.initial_prompt, ::testing::EndsWith("жend"));
}

TEST(AudioRequest, UnknownFieldsArePassedOver) {
  EXPECT_EQ(wrong_field({{"nested[k]", "1"}, {"chunking_strategy", "auto"}, {"chunking_strategy[type]", "x"}}), "");
}

TEST(AudioRequest, SpeakersAndBrokenTextAreRefused) {
  EXPECT_EQ(wrong_field({{"known_speaker_names[]", "Ann"}}), "known_speaker_names[]");
  EXPECT_EQ(wrong_field({{"prompt", "\xFF"}}), "prompt");
}

Transcript two_segments() {
  Transcript transcript;
  transcript.language = "en";
  transcript.duration = Millis(8470);
  Segment first;
  first.start = Millis(500);
  first.end = Millis(3320);
  first.text = "The beach was full.";
  first.tokens = {440, 7534};
  first.token_scores = {{" The", -0.5F}, {"\xD0", -1.0F}};
  first.words = {{Millis(500), Millis(740), " The", 0.9F}};
  Segment second = first;
  second.start = Millis(4000);
  second.text = "We left.";
  transcript.segments = {first, second};
  return transcript;
}

json::object body_of(const AudioRequest& request, const Transcript& transcript) {
  const Response response = audio_response(request, transcript);
  EXPECT_EQ(response.headers.find("Content-Type"), "application/json");
  return json::parse(std::get<std::string>(response.body)).as_object();
}

TEST(AudioReply, JsonHoldsTextLanguagesAndUsage) {
  const auto body = body_of({}, two_segments());
  EXPECT_EQ(body.at("text"), "The beach was full. We left.");
  EXPECT_EQ(body.at("languages").at(0).at("code"), "en");
  EXPECT_EQ(body.at("usage").at("type"), "duration");
  EXPECT_EQ(body.at("usage").at("seconds"), 9);
  EXPECT_FALSE(body.contains("logprobs"));
}

TEST(AudioReply, LogprobsHoldTokensAndTheirBytes) {
  AudioRequest request;
  request.wants_logprobs = true;
  const auto scores = body_of(request, two_segments()).at("logprobs").as_array();
  ASSERT_EQ(scores.size(), 4U);
  EXPECT_EQ(scores[0].at("token"), " The");
  EXPECT_EQ(scores[0].at("bytes"), json::array({32, 84, 104, 101}));
  EXPECT_EQ(scores[1].at("token"), "\uFFFD");
  EXPECT_EQ(scores[1].at("bytes"), json::array({0xD0}));
}

TEST(AudioReply, VerboseJsonHasAllFieldsOfASegment) {
  AudioRequest request;
  request.format = AudioFormat::kVerboseJson;
  const auto body = body_of(request, two_segments());
  EXPECT_EQ(body.at("task"), "transcribe");
  EXPECT_EQ(body.at("language"), "english");
  EXPECT_DOUBLE_EQ(body.at("duration").as_double(), 8.47);
  EXPECT_FALSE(body.contains("words"));
  const auto& segment = body.at("segments").at(1).as_object();
  EXPECT_EQ(segment.at("text"), " We left.");
  EXPECT_EQ(segment.at("id"), 1);
  for (const char* field :
       {"seek", "start", "end", "tokens", "temperature", "avg_logprob", "compression_ratio", "no_speech_prob"})
    EXPECT_TRUE(segment.contains(field)) << field;
}

TEST(AudioReply, WordsStandBesideTheSegments) {
  AudioRequest request;
  request.format = AudioFormat::kVerboseJson;
  request.wants_words = true;
  request.wants_segments = false;
  const auto body = body_of(request, two_segments());
  EXPECT_FALSE(body.contains("segments"));
  EXPECT_EQ(body.at("words").at(0).at("word"), "The");
  EXPECT_DOUBLE_EQ(body.at("words").at(0).at("start").as_double(), 0.5);
}

TEST(AudioReply, ATranslationIsEnglish) {
  AudioRequest request;
  request.format = AudioFormat::kVerboseJson;
  Transcript transcript = two_segments();
  transcript.language = "de";
  transcript.task = Task::kTranslate;
  EXPECT_EQ(body_of(request, transcript).at("language"), "english");
  EXPECT_EQ(body_of(request, transcript).at("task"), "translate");
}

TEST(AudioReply, SubtitlesAndTextArePlain) {
  AudioRequest request;
  request.format = AudioFormat::kVtt;
  const Response vtt = audio_response(request, two_segments());
  EXPECT_EQ(vtt.headers.find("Content-Type"), "text/plain; charset=utf-8");
  EXPECT_THAT(std::get<std::string>(vtt.body), StartsWith("WEBVTT\n\n"));
  request.format = AudioFormat::kSrt;
  EXPECT_THAT(std::get<std::string>(audio_response(request, two_segments()).body), StartsWith("1\n00:00:00,500 --> "));
  request.format = AudioFormat::kText;
  EXPECT_EQ(std::get<std::string>(audio_response(request, two_segments()).body), "The beach was full. We left.\n");
}

TEST(AudioReply, DeltasAreTheTextOfTheLastEvent) {
  const Transcript transcript = two_segments();
  const std::string first = delta_events({transcript.segments.data(), 1}, "", false);
  const std::string second = delta_events({transcript.segments.data() + 1, 1}, "The beach was full.", true);
  EXPECT_EQ(first, "data: {\"type\":\"transcript.text.delta\",\"delta\":\"The beach was full.\"}\n\n");
  EXPECT_THAT(second, HasSubstr(R"("delta":" We left.")"));
  EXPECT_THAT(second, HasSubstr(R"("logprobs":[)"));
  const std::string done = done_event(transcript, false);
  EXPECT_THAT(done, HasSubstr(R"("text":"The beach was full. We left.")"));
  EXPECT_THAT(done, ::testing::EndsWith("\n\ndata: [DONE]\n\n"));
}

TEST(AudioReply, WithoutSpeechThereIsAnEmptyText) {
  EXPECT_EQ(body_of({}, {}).at("text"), "");
  EXPECT_FALSE(body_of({}, {}).contains("languages"));
  EXPECT_EQ(delta_events({}, "", false), "");
}

TEST(AudioReply, FailuresGetTheStatusesOfOpenAi) {
  EXPECT_EQ(audio_problem({ErrorCode::kNotMedia, "no"}, "base").status, 400);
  EXPECT_EQ(audio_problem({ErrorCode::kNotFound, "no"}, "nope").status, 404);
  EXPECT_EQ(audio_problem({ErrorCode::kModelUnavailable, "no"}, "base").status, 503);
  EXPECT_EQ(
      problem_response(audio_problem({ErrorCode::kModelUnavailable, "no"}, "base")).headers.find("X-Should-Retry"),
      "false");
}

}  // namespace
}  // namespace v2t::http
