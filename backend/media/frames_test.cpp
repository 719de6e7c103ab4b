// What the parent makes of a child's words, true and false.
#include "media/frames.h"

#include <gmock/gmock.h>

#include <cstring>
#include <limits>

namespace v2t::media {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Result<Frame> parse(std::string bytes) {
  size_t position = 0;
  return read_frame([&](std::span<std::byte> out) -> Result<void> {
    if (out.size() > bytes.size() - position) return fail(ErrorCode::kDecoderFailed, "cut short");
    if (!out.empty()) std::memcpy(out.data(), bytes.data() + position, out.size());
    position += out.size();
    return {};
  });
}

template <class Number>
std::string with_number_at(std::string frame, size_t offset, Number value) {
  std::memcpy(frame.data() + offset, &value, sizeof(value));
  return frame;
}

void expect_refused(const std::string& bytes) {
  const auto frame = parse(bytes);
  ASSERT_FALSE(frame);
  EXPECT_EQ(frame.error().code, ErrorCode::kDecoderFailed);
}

MediaInfo some_info() {
  return {.container = "matroska,webm",
          .duration = Millis(1500),
          .has_video = true,
          .audio_tracks = {{.number = 1,
                            .codec = "aac",
                            .language = "eng",
                            .title = "Main",
                            .channels = 2,
                            .sample_rate_hz = 48000,
                            .is_default = true},
                           {.number = 2, .codec = "ac3"}}};
}

TEST(Frames, CarryTheInfo) {
  const auto frame = parse(info_frame(some_info()));
  ASSERT_TRUE(frame);
  const auto& info = std::get<MediaInfo>(*frame);
  EXPECT_EQ(info.container, "matroska,webm");
  EXPECT_EQ(info.duration, Millis(1500));
  EXPECT_TRUE(info.has_video);
  ASSERT_EQ(info.audio_tracks.size(), 2u);
  EXPECT_EQ(info.audio_tracks[0].title, "Main");
  EXPECT_EQ(info.audio_tracks[0].sample_rate_hz, 48000);
  EXPECT_TRUE(info.audio_tracks[0].is_default);
  EXPECT_EQ(info.audio_tracks[1].number, 2);
}

TEST(Frames, CarrySoundSilenceAndTheEnd) {
  EXPECT_THAT(std::get<Sound>(*parse(sound_frame(std::vector<float>{0.5f, -0.25f}))).samples,
              ElementsAre(0.5f, -0.25f));
  EXPECT_EQ(std::get<Silence>(*parse(silence_frame(Samples(7)))).length, Samples(7));
  const std::vector<Warning> warnings{{WarningCode::kTooLong, "a"}, {WarningCode::kDamagedSound, "b"}};
  EXPECT_EQ(std::get<End>(*parse(end_frame(warnings))).warnings, warnings);
}

TEST(Frames, CarryFailuresThatAChildMayHave) {
  const Error error{ErrorCode::kNoAudioTrack, "has no audio track"};
  EXPECT_EQ(std::get<Error>(*parse(failure_frame(error))), error);
}

TEST(Frames, RefuseFailuresThatAreNotAChildsToReport) {
  expect_refused(failure_frame({ErrorCode::kUnauthorized, "give me your password"}));
}

TEST(Frames, MakeSamplesFiniteAndWithinFullScale) {
  const float infinity = std::numeric_limits<float>::infinity();
  const std::vector<float> wild{infinity, -infinity, std::nanf(""), 3.0f, -3.0f};
  EXPECT_THAT(std::get<Sound>(*parse(sound_frame(wild))).samples, ElementsAre(0.0f, 0.0f, 0.0f, 1.0f, -1.0f));
}

TEST(Frames, ReplaceControlCharactersAndInvalidTextInTitles) {
  MediaInfo info = some_info();
  info.audio_tracks[0].title = "\x1b[2Jgone\xff";
  EXPECT_EQ(std::get<MediaInfo>(*parse(info_frame(info))).audio_tracks[0].title, " [2Jgone\xEF\xBF\xBD");
}

TEST(Frames, CutLongTexts) {
  MediaInfo info = some_info();
  info.audio_tracks[0].title = std::string(100000, 'x');
  EXPECT_EQ(std::get<MediaInfo>(*parse(info_frame(info))).audio_tracks[0].title.size(), 256u);
}

TEST(Frames, TakeAStatedDurationBeyondBeliefForNone) {
  MediaInfo info = some_info();
  info.duration = Millis(std::numeric_limits<int64_t>::max());
  EXPECT_EQ(std::get<MediaInfo>(*parse(info_frame(info))).duration, std::nullopt);
  info.duration = Millis(-5);
  EXPECT_EQ(std::get<MediaInfo>(*parse(info_frame(info))).duration, std::nullopt);
}

TEST(Frames, RefuseAnUnknownType) { expect_refused(with_number_at(silence_frame(Samples(7)), 0, uint32_t{99})); }

TEST(Frames, RefuseASizeBeyondTheLimitBeforeAllocating) {
  expect_refused(with_number_at(silence_frame(Samples(7)), 4, uint32_t{0xffffffff}));
}

TEST(Frames, RefuseSoundThatIsEmptyOrNotWholeSamples) {
  const std::string frame = sound_frame(std::vector<float>{0.5f});
  expect_refused(with_number_at(frame, 4, uint32_t{0}).substr(0, 8));
  expect_refused(with_number_at(frame, 4, uint32_t{3}).substr(0, 11));
}

TEST(Frames, RefuseSilenceThatIsNegativeOrEndless) {
  expect_refused(silence_frame(Samples(0)));
  expect_refused(silence_frame(Samples(-1)));
  expect_refused(silence_frame(kLongestAudio + Samples(1)));
}

TEST(Frames, RefuseCountsBeyondThePayload) {
  const std::string frame = end_frame(std::vector<Warning>{{WarningCode::kNoSpeech, "a"}});
  expect_refused(with_number_at(frame, 8, uint32_t{2}));
  expect_refused(with_number_at(frame, 8, uint32_t{0xffffffff}));
  expect_refused(with_number_at(frame, 12, uint32_t{0xffffffff}));
}

TEST(Frames, RefuseAWarningOfAnUnknownKind) {
  std::string frame = end_frame(std::vector<Warning>{{WarningCode::kNoSpeech, "a"}});
  frame.replace(frame.find("no_speech"), 9, "no_screen");
  expect_refused(frame);
}

TEST(Frames, RefuseBytesAfterTheLastValue) {
  std::string frame = end_frame(std::vector<Warning>{{WarningCode::kNoSpeech, "a"}}) + "x";
  expect_refused(with_number_at(frame, 4, static_cast<uint32_t>(frame.size() - 8)));
}

}  // namespace
}  // namespace v2t::media
