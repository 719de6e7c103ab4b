// Tests of transcripts as files; SubRip and WebVTT are also read back by ffmpeg where it is installed.
#include "app/services/exports.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <cstdlib>
#include <limits>

#include "app/services/transcript_json.h"
#include "base/file.h"
#include "base/temp_folder.h"
#include "base/text.h"

namespace v2t {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Segment segment(int64_t start, int64_t end, std::string text) {
  Segment out;
  out.start = Millis(start);
  out.end = Millis(end);
  out.text = text;
  out.words = {{Millis(start), Millis(end), " " + text, 0.5F}};
  return out;
}

Transcript transcript_of(std::vector<Segment> segments) {
  Transcript out;
  out.name = "talk.mp4";
  out.model = "base";
  out.language = "en";
  out.duration = Millis(60000);
  out.segments = std::move(segments);
  return out;
}

Transcript two_sentences() {
  return transcript_of({segment(500, 2500, "Hello."), segment(3661001, 3663000, "Good bye.")});
}

constexpr std::array kAllFormats{ExportFormat::kTxt,  ExportFormat::kSrt, ExportFormat::kVtt,
                                 ExportFormat::kJson, ExportFormat::kTsv, ExportFormat::kCsv,
                                 ExportFormat::kDocx, ExportFormat::kAss, ExportFormat::kLrc};

// "one two three" with a word each half second.
Transcript three_words() {
  Segment out = segment(1000, 2500, "one two three");
  out.words = {{Millis(1000), Millis(1500), " one", 1},
               {Millis(1500), Millis(2000), " two", 1},
               {Millis(2100), Millis(2500), " three", 1}};
  return transcript_of({out});
}

TEST(Exports, EveryFormatIsFoundByItsName) {
  for (const auto format : kAllFormats) EXPECT_EQ(export_format_from_name(export_format_name(format)), format);
  EXPECT_EQ(export_format_from_name("doc"), std::nullopt);
  EXPECT_EQ(export_format_names(), "txt, srt, vtt, json, tsv, csv, docx, ass, lrc");
  EXPECT_EQ(export_content_type(ExportFormat::kVtt), "text/vtt; charset=utf-8");
}

TEST(Exports, TextBeginsAParagraphAfterALongPause) {
  const auto t = transcript_of({segment(0, 1000, "One."), segment(1100, 2000, "Two."), segment(9000, 9500, "Three.")});
  EXPECT_EQ(export_transcript(t, ExportFormat::kTxt), "One. Two.\n\nThree.\n");
}

TEST(Exports, TextBeginsAParagraphAtASentenceEndOnceItIsLong) {
  const auto t = transcript_of({segment(0, 1000, std::string(800, 'a') + "."), segment(1000, 2000, "Next.")});
  EXPECT_THAT(export_transcript(t, ExportFormat::kTxt), HasSubstr("a.\n\nNext.\n"));
}

TEST(Exports, TextJoinsChineseWithoutSpaces) {
  const auto t = transcript_of({segment(0, 1000, "你好。"), segment(1000, 2000, "世界。")});
  EXPECT_EQ(export_transcript(t, ExportFormat::kTxt), "你好。世界。\n");
}

TEST(Exports, SubRipNumbersItsCuesAndWritesCommas) {
  EXPECT_EQ(export_transcript(two_sentences(), ExportFormat::kSrt),
            "1\n00:00:00,500 --> 00:00:02,500\nHello.\n\n2\n01:01:01,001 --> 01:01:03,000\nGood bye.\n");
}

TEST(Exports, WebVttBeginsWithItsNameAndWritesPoints) {
  EXPECT_EQ(export_transcript(two_sentences(), ExportFormat::kVtt),
            "WEBVTT\n\n00:00:00.500 --> 00:00:02.500\nHello.\n\n01:01:01.001 --> 01:01:03.000\nGood bye.\n");
}

TEST(Exports, TabSeparatedValuesHaveTheColumnsOfOpenAiWhisper) {
  EXPECT_EQ(export_transcript(two_sentences(), ExportFormat::kTsv),
            "start\tend\ttext\n500\t2500\tHello.\n3661001\t3663000\tGood bye.\n");
}

TEST(Exports, TextThatLooksLikeMarkupIsQuoted) {
  const auto t = transcript_of({segment(0, 1000, "a<b> --> c&d")});
  EXPECT_THAT(export_transcript(t, ExportFormat::kVtt), HasSubstr("\na&lt;b&gt; --&gt; c&amp;d\n"));
  EXPECT_THAT(export_transcript(t, ExportFormat::kSrt), HasSubstr("\na<b> -> c&d\n"));
}

TEST(Exports, TabsAndLineEndsInTextStayOnTheLine) {
  const auto t = transcript_of({segment(0, 1000, "a\tb\nc")});
  EXPECT_EQ(export_transcript(t, ExportFormat::kTsv), "start\tend\ttext\n0\t1000\ta b c\n");
  EXPECT_EQ(export_transcript(t, ExportFormat::kTxt), "a b c\n");
  EXPECT_THAT(export_transcript(t, ExportFormat::kSrt), HasSubstr("\na b c\n"));
}

TEST(Exports, InvalidBytesBecomeValidUtf8InEveryFormat) {
  const auto t = transcript_of({segment(0, 1000, "a\xFF")});
  for (const auto format : kAllFormats)
    EXPECT_TRUE(format == ExportFormat::kDocx || is_valid_utf8(export_transcript(t, format)));
}

TEST(Exports, ATranscriptWithoutTextIsAValidFile) {
  const auto t = transcript_of({});
  EXPECT_EQ(export_transcript(t, ExportFormat::kTxt), "");
  EXPECT_EQ(export_transcript(t, ExportFormat::kSrt), "");
  EXPECT_EQ(export_transcript(t, ExportFormat::kVtt), "WEBVTT\n");
  EXPECT_EQ(export_transcript(t, ExportFormat::kTsv), "start\tend\ttext\n");
  EXPECT_EQ(boost::json::parse(export_transcript(t, ExportFormat::kJson)).at("segments").as_array().size(), 0U);
}

TEST(Exports, JsonHoldsAllThatIsKnown) {
  auto t = two_sentences();
  t.segments[0].window = 3;
  t.segments[0].avg_logprob = -0.25F;
  t.segments[0].temperature = 0.2F;
  t.warnings = {{WarningCode::kEndsEarly, "The file ends early."}};
  const auto parsed = boost::json::parse(export_transcript(t, ExportFormat::kJson));
  EXPECT_EQ(parsed.at("name").as_string(), "talk.mp4");
  EXPECT_EQ(parsed.at("task").as_string(), "transcribe");
  EXPECT_EQ(parsed.at("duration_ms").as_int64(), 60000);
  EXPECT_EQ(parsed.at("warnings").as_array().at(0).at("code").as_string(), "ends_early");
  EXPECT_EQ(parsed.at("warnings").as_array().at(0).at("message").as_string(), "The file ends early.");
  const auto& first = parsed.at("segments").as_array().at(0);
  EXPECT_EQ(first.at("window").to_number<int>(), 3);
  EXPECT_EQ(first.at("start_ms").as_int64(), 500);
  EXPECT_DOUBLE_EQ(first.at("avg_logprob").as_double(), -0.25);
  EXPECT_DOUBLE_EQ(first.at("temperature").as_double(), 0.2);
  EXPECT_EQ(first.at("words").as_array().at(0).at("text").as_string(), " Hello.");
  EXPECT_DOUBLE_EQ(first.at("words").as_array().at(0).at("probability").as_double(), 0.5);
}

TEST(Exports, JsonHasNullForWhatIsNotANumber) {
  auto t = two_sentences();
  t.segments[0].avg_logprob = std::numeric_limits<float>::quiet_NaN();
  t.segments[0].compression_ratio = std::numeric_limits<float>::infinity();
  const auto parsed = boost::json::parse(export_transcript(t, ExportFormat::kJson));
  EXPECT_TRUE(parsed.at("segments").as_array().at(0).at("avg_logprob").is_null());
  EXPECT_TRUE(parsed.at("segments").as_array().at(0).at("compression_ratio").is_null());
}

TEST(Exports, PlainTextIsASegmentALine) {
  const auto t = transcript_of({segment(0, 1000, "One."), segment(1000, 2000, "Two.")});
  EXPECT_EQ(export_transcript(t, ExportFormat::kTxt, {.layout = TextLayout::kPlain}), "One.\nTwo.\n");
}

TEST(Exports, TextWithTimesSaysWhenEachSegmentBegins) {
  EXPECT_EQ(export_transcript(two_sentences(), ExportFormat::kTxt, {.layout = TextLayout::kTimes}),
            "[00:00] Hello.\n[1:01:01] Good bye.\n");
}

TEST(Exports, WebVttHasTheTimesOfWordsOnDemand) {
  EXPECT_EQ(export_transcript(three_words(), ExportFormat::kVtt, {.words = true}),
            "WEBVTT\n\n00:00:01.000 --> 00:00:02.500\none <00:00:01.500>two <00:00:02.100>three\n");
}

TEST(Exports, CsvQuotesItsTextAndDefusesFormulas) {
  const auto t = transcript_of({segment(0, 1500, "He said \"no\", twice"), segment(1500, 2000, "=1+2")});
  EXPECT_EQ(export_transcript(t, ExportFormat::kCsv),
            "\xEF\xBB\xBFstart_ms,end_ms,start,end,text\r\n"
            "0,1500,00:00:00.000,00:00:01.500,\"He said \"\"no\"\", twice\"\r\n"
            "1500,2000,00:00:01.500,00:00:02.000,\"'=1+2\"\r\n");
}

TEST(Exports, AssHighlightsWordsAndItsDurationsAddUp) {
  EXPECT_THAT(
      export_transcript(three_words(), ExportFormat::kAss),
      HasSubstr("Dialogue: 0,0:00:01.00,0:00:02.50,Default,,0,0,0,,{\\k50}one {\\k50}two {\\k10}{\\k40}three\n"));
  EXPECT_THAT(export_transcript(three_words(), ExportFormat::kAss, {.words = false}),
              HasSubstr("Plain,,0,0,0,,one two three\n"));
}

TEST(Exports, AssHasNoCommandsOfStrangers) {
  const auto t = transcript_of({segment(0, 1500, "{\\fs99}a\\Nb")});
  const auto text = export_transcript(t, ExportFormat::kAss, {.words = false});
  EXPECT_THAT(text, Not(HasSubstr("{\\fs99}")));
  EXPECT_THAT(text, Not(HasSubstr("a\\Nb")));
}

TEST(Exports, LyricsHaveALineForEachTimeAndAnEmptyOneAtTheEnd) {
  EXPECT_EQ(export_transcript(three_words(), ExportFormat::kLrc),
            "[ti:talk.mp4]\n[length:01:00]\n[00:01.00]one two three\n[00:02.50]\n");
  EXPECT_THAT(export_transcript(three_words(), ExportFormat::kLrc, {.words = true}),
              HasSubstr("[00:01.00]<00:01.00>one <00:01.50>two <00:02.10>three\n"));
}

TEST(Exports, ADocumentIsAZipArchiveWithTheSameBytesEachTime) {
  const auto document = export_transcript(two_sentences(), ExportFormat::kDocx);
  EXPECT_TRUE(document.starts_with("PK\x03\x04"));
  EXPECT_EQ(document, export_transcript(two_sentences(), ExportFormat::kDocx));
  EXPECT_NE(document, export_transcript(two_sentences(), ExportFormat::kDocx, {.layout = TextLayout::kTimes}));
}

TEST(Exports, WishesAreCheckedInWords) {
  ExportWishes wishes;
  wishes.layout = "columns";
  EXPECT_EQ(export_options(wishes, "en").error().message, "layout takes plain, times or paragraphs");
  wishes.layout = "times";
  wishes.subtitles.preset = "ted";
  EXPECT_EQ(export_options(wishes, "en").value().rules.max_cps, 21);
}

TEST(Exports, CuesThatWereReadAreWrittenAsTheyAre) {
  ExportOptions options;
  options.cues = {{Millis(0), Millis(100), {"a", "b", "c"}, {}}};
  EXPECT_EQ(export_transcript({}, ExportFormat::kSrt, options), "1\n00:00:00,000 --> 00:00:00,100\na\nb\nc\n");
}

// What ffmpeg reads of subtitles, written by it as SubRip.
std::string read_by_ffmpeg(const std::string& content, const std::string& extension) {
  const TempFolder folder;
  const auto in = folder.path() / ("in." + extension);
  const auto out = folder.path() / "out.srt";
  EXPECT_TRUE(write_file_atomically(in, content));
  const std::string command = "ffmpeg -v error -i '" + in.string() + "' '" + out.string() + "'";
  EXPECT_EQ(std::system(command.c_str()), 0);
  return read_file(out, 1 << 20).value_or("");
}

bool has_ffmpeg() { return std::system("ffmpeg -version >/dev/null 2>&1") == 0; }

TEST(Exports, FfmpegReadsOurSubRip) {
  if (!has_ffmpeg()) GTEST_SKIP() << "ffmpeg is not installed";
  const auto text = read_by_ffmpeg(export_transcript(two_sentences(), ExportFormat::kSrt), "srt");
  EXPECT_THAT(text, HasSubstr("00:00:00,500 --> 00:00:02,500\nHello.\n"));
  EXPECT_THAT(text, HasSubstr("01:01:01,001 --> 01:01:03,000\nGood bye.\n"));
}

TEST(Exports, FfmpegReadsOurWebVttWithItsQuoting) {
  if (!has_ffmpeg()) GTEST_SKIP() << "ffmpeg is not installed";
  const auto t = transcript_of({segment(0, 1500, "1 < 2 & 3 > 2"), segment(1500, 3000, "the end")});
  const auto text = read_by_ffmpeg(export_transcript(t, ExportFormat::kVtt), "vtt");
  EXPECT_THAT(text, HasSubstr("00:00:00,000 --> 00:00:03,000\n1 < 2 & 3 > 2"));
  EXPECT_THAT(text, HasSubstr("the end"));
  EXPECT_THAT(text, Not(HasSubstr("&amp;")));
}

TEST(Exports, FfmpegReadsOurWordsInWebVttAndAss) {
  if (!has_ffmpeg()) GTEST_SKIP() << "ffmpeg is not installed";
  const std::string expected = "00:00:01,000 --> 00:00:02,500\n";
  const auto vtt = read_by_ffmpeg(export_transcript(three_words(), ExportFormat::kVtt, {.words = true}), "vtt");
  EXPECT_THAT(vtt, HasSubstr(expected + "one two three\n"));
  const auto ass = read_by_ffmpeg(export_transcript(three_words(), ExportFormat::kAss), "ass");
  EXPECT_THAT(ass, HasSubstr(expected));
  EXPECT_THAT(ass, HasSubstr("one two three"));
}

}  // namespace
}  // namespace v2t
