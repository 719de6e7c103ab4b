// Tests of reading text with times back.
#include "app/services/imports.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/services/exports.h"

namespace v2t {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

ImportedText read(std::string_view bytes, ImportFormat format) {
  auto imported = import_text(bytes, format);
  EXPECT_TRUE(imported) << imported.error().message;
  return imported.value_or(ImportedText{});
}

std::string problem_of(std::string_view bytes, ImportFormat format) {
  const auto imported = import_text(bytes, format);
  if (imported) return "";
  EXPECT_EQ(imported.error().code, ErrorCode::kInvalidArgument);
  return imported.error().message;
}

TEST(Imports, EveryFormatIsFoundByItsName) {
  EXPECT_EQ(import_format_from_name("vtt"), ImportFormat::kVtt);
  EXPECT_EQ(import_format_from_name("ass"), std::nullopt);
  EXPECT_EQ(import_format_name(ImportFormat::kTsv), "tsv");
}

TEST(Imports, SubRipIsReadWithWindowsLineEndsAndWithoutTags) {
  const auto text = read(
      "\xEF\xBB\xBF"
      "1\r\n00:00:01,000 --> 00:00:02,500 X1:1\r\n<i>Hello</i>\r\n{\\an8}there\r\n\r\n2\r\n"
      "01:00:00,5 --> 01:00:01,000\r\n1 < 2\r\n",
      ImportFormat::kSrt);
  ASSERT_THAT(text.cues, SizeIs(2));
  EXPECT_THAT(text.cues[0].lines, ElementsAre("Hello", "there"));
  EXPECT_EQ(text.cues[1].start, Millis(3600500));
  EXPECT_THAT(text.cues[1].lines, ElementsAre("1 < 2"));
  EXPECT_EQ(text.transcript.segments[0].text, "Hello there");
  EXPECT_EQ(text.transcript.duration, Millis(3601000));
}

TEST(Imports, SubRipWithoutEmptyLinesIsReadAllTheSame) {
  EXPECT_THAT(read("00:00:01,000 --> 00:00:02,000\na\n00:00:03,000 --> 00:00:04,000\nb\n", ImportFormat::kSrt).cues,
              SizeIs(2));
}

TEST(Imports, WebVttNotesAndStylesArePassedOverAndEntitiesResolved) {
  const auto text = read(
      "WEBVTT - a film\nKind: captions\n\nNOTE\na --> b is no cue\n\nSTYLE\n::cue {}\n\nname\n"
      "00:01.000 --> 00:02.000 align:start\n<v Ann>a &lt; b &amp; c<00:01.500> d\n",
      ImportFormat::kVtt);
  ASSERT_THAT(text.cues, SizeIs(1));
  EXPECT_THAT(text.cues[0].lines, ElementsAre("a < b & c d"));
}

TEST(Imports, CuesOutOfOrderMakeSegmentsInOrder) {
  const auto text =
      read("1\n00:00:05,000 --> 00:00:06,000\nb\n\n2\n00:00:01,000 --> 00:00:02,000\na\n", ImportFormat::kSrt);
  EXPECT_EQ(text.transcript.segments[0].text, "a");
  EXPECT_EQ(text.cues[0].lines[0], "b");
}

TEST(Imports, ATableIsReadBack) {
  const auto text = read("start\tend\ttext\n0\t1500\tHello.\n1500\t2000\t\n", ImportFormat::kTsv);
  ASSERT_THAT(text.transcript.segments, SizeIs(2));
  EXPECT_EQ(text.transcript.segments[0].end, Millis(1500));
}

TEST(Imports, OurJsonIsReadBackWithItsWords) {
  Transcript transcript;
  transcript.name = "talk.mp4";
  transcript.language = "ru";
  Segment segment;
  segment.start = Millis(1000);
  segment.end = Millis(2000);
  segment.text = "Привет";
  segment.avg_logprob = -0.25F;
  segment.language = "ru";
  segment.words = {{Millis(1000), Millis(2000), " Привет", 0.5F}};
  transcript.segments = {segment};
  const auto text = read(export_transcript(transcript, ExportFormat::kJson), ImportFormat::kJson);
  EXPECT_EQ(text.transcript.language, "ru");
  EXPECT_EQ(text.transcript.name, "talk.mp4");
  EXPECT_EQ(text.transcript.segments, transcript.segments);
}

TEST(Imports, WhatWeWriteWeRead) {
  const auto first = read("1\n00:00:01,000 --> 00:00:02,500\nHello & <good> day.\n", ImportFormat::kSrt);
  const auto second = read(export_transcript(first.transcript, ExportFormat::kVtt), ImportFormat::kVtt);
  EXPECT_THAT(second.cues[0].lines, ElementsAre("Hello & <good> day."));
}

TEST(Imports, EmptyFilesHaveNoText) {
  EXPECT_THAT(read("", ImportFormat::kSrt).cues, SizeIs(0));
  EXPECT_THAT(read("WEBVTT", ImportFormat::kVtt).cues, SizeIs(0));
  EXPECT_THAT(read("start\tend\ttext\n", ImportFormat::kTsv).transcript.segments, SizeIs(0));
}

TEST(Imports, MistakesAreNamedWithTheirLine) {
  EXPECT_EQ(problem_of("1\n0:0 --> 1\na\n", ImportFormat::kSrt),
            "line 2: \"0:0 --> 1\" is no time like 00:00:01,000 --> 00:00:02,500");
  EXPECT_THAT(problem_of("00:00:02,000 --> 00:00:01,000\na\n", ImportFormat::kSrt), HasSubstr("ends before it begins"));
  EXPECT_THAT(problem_of("just words", ImportFormat::kSrt), HasSubstr("no subtitle was found"));
  EXPECT_EQ(problem_of("1\n00:01.000 --> 00:02.000\na", ImportFormat::kVtt),
            "line 1: a WebVTT file begins with WEBVTT");
  EXPECT_THAT(problem_of("start\tend\ttext\n5\t1\ta\n", ImportFormat::kTsv), HasSubstr("line 2"));
  EXPECT_THAT(problem_of("a\tb\n", ImportFormat::kTsv), HasSubstr("start, end and text"));
  EXPECT_THAT(problem_of("\xFF\xFE", ImportFormat::kSrt), HasSubstr("not UTF-8"));
  EXPECT_THAT(problem_of("00:60:00,000 --> 00:61:00,000\na", ImportFormat::kSrt), HasSubstr("is no time"));
}

TEST(Imports, MistakesInJsonAreNamedWithTheirPlace) {
  EXPECT_THAT(problem_of("{", ImportFormat::kJson), HasSubstr("damaged"));
  EXPECT_THAT(problem_of("[]", ImportFormat::kJson), HasSubstr("no segments"));
  EXPECT_EQ(problem_of(R"({"segments":[{"start_ms":0,"end_ms":1,"text":"a"},{"start_ms":-1}]})", ImportFormat::kJson),
            "segments[1].start_ms: takes a whole number of milliseconds");
  EXPECT_EQ(problem_of(
                R"({"segments":[{"start_ms":0,"end_ms":1,"text":"a","words":[{"start_ms":2,"end_ms":1,"text":"a"}]}]})",
                ImportFormat::kJson),
            "segments[0].words[0].end_ms: takes a time not before start_ms");
  EXPECT_EQ(problem_of(R"({"segments":[7]})", ImportFormat::kJson), "segments[0]: takes an object");
}

}  // namespace
}  // namespace v2t
