// Whole media files through the child process: formats, times, tracks, channels, damage.
#include "media/reader.h"

#include <gmock/gmock.h>

#include "media/test_clips.h"

namespace v2t::media {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr double kToneRms = 0.5 / 1.41421356;
constexpr const char* kStereoMp4 = "-c:v libx264 -preset ultrafast -c:a aac -af 'pan=stereo|c0=c0|c1=c0'";

void expect_tone_from_one_to_two(const Result<Heard>& heard) {
  ASSERT_TRUE(heard) << heard.error().message;
  EXPECT_NEAR(heard->begin(), 1.0, 0.05);
  EXPECT_NEAR(heard->end(), 2.0, 0.05);
  EXPECT_NEAR(heard->rms(1.1, 1.9), kToneRms, 0.04);
}

void expect_error(const Result<Heard>& heard, ErrorCode code, const std::string& part) {
  ASSERT_FALSE(heard);
  EXPECT_EQ(heard.error().code, code);
  EXPECT_THAT(heard.error().message, HasSubstr(part));
}

auto warns(WarningCode code, const std::string& part) {
  return testing::AllOf(testing::Field(&Warning::code, code), testing::Field(&Warning::message, HasSubstr(part)));
}

std::string bytes_of(const std::filesystem::path& path) { return *read_file(path, 64 << 20); }

std::filesystem::path write_clip(const std::string& name, const std::string& bytes) {
  std::ofstream(clips_folder() / name, std::ios::binary) << bytes;
  return clips_folder() / name;
}

// ---- Formats

struct Format {
  const char* name;
  const char* codecs;
  bool has_picture = true;
};

class EveryFormat : public testing::TestWithParam<Format> {};

TEST_P(EveryFormat, GivesTheToneAtItsTime) {
  const auto& [name, codecs, has_picture] = GetParam();
  const auto path = clip(name, tone() + (has_picture ? picture() : "") + codecs + " OUT");
  const auto heard = listen(path);
  expect_tone_from_one_to_two(heard);
  EXPECT_NEAR(heard->seconds(), 3.0, 0.1);
  EXPECT_THAT(heard->warnings, IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(
    Media, EveryFormat,
    testing::Values(
        Format{"h264-aac.mp4", kStereoMp4},
        Format{"faststart.mp4", "-c:v libx264 -preset ultrafast -c:a aac -movflags +faststart"},
        Format{"fragmented.mp4", "-c:v libx264 -preset ultrafast -bf 0 -c:a aac -movflags frag_keyframe+empty_moov"},
        Format{"pcm.mov", "-c:v libx264 -preset ultrafast -c:a pcm_s16le -ar 44100"},
        Format{"vp8-vorbis.webm", "-c:v libvpx -c:a libvorbis"},
        Format{"vp9-opus.mkv", "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -c:a libopus"},
        Format{"h264-ac3.mkv", "-c:v libx264 -preset ultrafast -c:a ac3"},
        Format{"h264-aac.ts", "-c:v libx264 -c:a aac"},
        Format{"h264-aac.flv", "-c:v libx264 -preset ultrafast -c:a aac"},
        Format{"mpeg4-mp3.avi", "-c:v mpeg4 -c:a libmp3lame"},
        Format{"mulaw-8k.avi", "-c:v mpeg4 -c:a pcm_mulaw -ar 8000"}, Format{"wmv-wma.wmv", "-c:v wmv2 -c:a wmav2"},
        Format{"mpeg2.mpg", "-c:v mpeg2video -r 25 -c:a mp2"}, Format{"sound.mp3", "-c:a libmp3lame", false},
        Format{"sound.m4a", "-c:a aac", false}, Format{"sound.aac", "-c:a aac", false},
        Format{"sound.flac", "-c:a flac", false}, Format{"sound.ogg", "-c:a libvorbis", false},
        Format{"sound.opus", "-c:a libopus", false}, Format{"sound.wav", "-c:a pcm_s24le -ar 96000", false},
        Format{"float.wav", "-c:a pcm_f32le", false}, Format{"u8.wav", "-c:a pcm_u8 -ar 11025", false},
        Format{"sound.aiff", "-c:a pcm_s16be", false}, Format{"sound.au", "-c:a pcm_s16be", false},
        Format{"sound.w64", "-c:a pcm_s32le", false}, Format{"sound.caf", "-c:a alac", false},
        Format{"sound.wv", "-c:a wavpack", false}),
    [](const auto& tested) {
      std::string name = tested.param.name;
      std::ranges::replace_if(name, [](char c) { return !std::isalnum(static_cast<unsigned char>(c)); }, '_');
      return name;
    });

TEST(Media, GivesTheSameSamplesHoweverTheyAreAskedFor) {
  const auto path = clip("h264-aac.mp4", tone() + picture() + kStereoMp4 + " OUT");
  EXPECT_EQ(listen(path, named(path), 16000)->samples, listen(path, named(path), 777)->samples);
}

TEST(Media, GivesPcmAtSixteenKilohertzUnchanged) {
  const auto samples = tones({0.5}, 16000, 1.0);
  const auto heard = listen(write_wav("exact.wav", 1, 16000, samples));
  ASSERT_TRUE(heard);
  ASSERT_EQ(heard->samples.size(), samples.size());
  EXPECT_FLOAT_EQ(heard->samples[1234], static_cast<float>(samples[1234]) / 32768.0f);
}

TEST(Media, HasAsManySamplesAsTheRateSays) {
  EXPECT_EQ(listen(write_wav("44100.wav", 1, 44100, tones({0.5}, 44100, 2.0)))->samples.size(), 32000u);
  EXPECT_EQ(listen(write_wav("8000.wav", 1, 8000, tones({0.5}, 8000, 2.0)))->samples.size(), 32000u);
}

TEST(Media, KeepsQuietSoundQuiet) {
  EXPECT_NEAR(listen(write_wav("quiet.wav", 1, 16000, tones({0.001}, 16000, 1.0)))->rms(0, 1), 0.001 / 1.414, 2e-5);
}

TEST(Media, ReadsFromTheStartWhateverTheDescriptorsOffset) {
  const auto path = write_wav("offset.wav", 1, 16000, tones({0.5}, 16000, 1.0));
  auto file = open_for_reading(path);
  ASSERT_EQ(::lseek(file->get(), 20000, SEEK_SET), 20000);
  auto source = make_media_reader()->open_audio(*std::move(file), named(path), {});
  ASSERT_TRUE(source);
  std::vector<float> buffer(20000);
  EXPECT_EQ((*source)->read(buffer, {}), 16000u);
}

// ---- Times

TEST(Media, StatesItsDuration) {
  EXPECT_NEAR(static_cast<double>(
                  listen(clip("h264-ac3.mkv", tone() + picture() + "-c:v libx264 -preset ultrafast -c:a ac3 OUT"))
                      ->duration->count()),
              48000, 1600);
}

TEST(Media, StatesNoDurationWhereTheContainerHasNone) {
  const auto path = clip("live.webm", tone() + picture() + "-c:v libvpx -c:a libopus -f webm -live 1 - > OUT");
  const auto heard = listen(path);
  expect_tone_from_one_to_two(heard);
  EXPECT_EQ(heard->duration, std::nullopt);
  EXPECT_THAT(heard->warnings, IsEmpty());
}

TEST(Media, PutsSilenceBeforeSoundThatStartsLateInMp4) {
  const auto heard =
      listen(clip("late.mp4", picture() + "-itsoffset 1.5 " + tone() + "-c:v libx264 -preset ultrafast -c:a aac OUT"));
  ASSERT_TRUE(heard);
  EXPECT_NEAR(heard->begin(), 2.5, 0.03);
  EXPECT_NEAR(heard->seconds(), 4.5, 0.1);
}

TEST(Media, PutsSilenceBeforeSoundThatStartsLateInMatroska) {
  const auto heard = listen(
      clip("late.mkv", picture() + "-itsoffset 1.5 " + tone() + "-c:v libx264 -preset ultrafast -c:a libopus OUT"));
  ASSERT_TRUE(heard);
  EXPECT_NEAR(heard->begin(), 2.5, 0.03);
}

TEST(Media, PutsSilenceBeforeSoundThatStartsLateInATransportStream) {
  const auto heard =
      listen(clip("late.ts", picture() + "-itsoffset 1.5 " + tone() + "-c:v libx264 -preset ultrafast -c:a aac OUT"));
  ASSERT_TRUE(heard);
  EXPECT_NEAR(heard->begin(), 2.5, 0.06);
}

TEST(Media, CountsTimeFromTheStartOfTheRecording) {
  const auto heard = listen(clip(
      "shifted.mkv", tone() + picture() + "-c:v libx264 -preset ultrafast -c:a libopus -output_ts_offset 3600 OUT"));
  expect_tone_from_one_to_two(heard);
}

TEST(Media, FindsDtsInWavThatSaysItHoldsPlainSamples) {
  const auto dts = clip("tone.dts", tone() + "-ac 2 -c:a dca -strict -2 -b:a 768k OUT");
  const auto wav = clip("dts.wav", "-f s16le -ar 48000 -ac 2 -i '" + dts.string() + "' -c copy OUT");
  const auto heard = listen(wav);
  ASSERT_TRUE(heard);
  EXPECT_NEAR(heard->begin(), 1, 0.05);
  EXPECT_NEAR(heard->end(), 2, 0.05);
}

TEST(Media, FillsAHoleWithSilence) {
  const auto path = clip("hole.mkv", tone() + "-af \"aselect='not(between(t,0.3,0.7))'\" -c:a pcm_s16le OUT");
  expect_tone_from_one_to_two(listen(path));
}

TEST(Media, GoesOnWhereTwoRecordingsWereJoined) {
  const auto path = clip("h264-aac.ts", tone() + picture() + "-c:v libx264 -preset ultrafast -c:a aac OUT");
  const auto heard = listen(write_clip("joined.ts", bytes_of(path) + bytes_of(path)));
  ASSERT_TRUE(heard);
  EXPECT_NEAR(heard->begin(), 1.0, 0.03);
  EXPECT_NEAR(heard->end(), 5.0, 0.1);
  EXPECT_NEAR(heard->seconds(), 6.0, 0.2);
}

TEST(Media, FollowsAChangeOfTheSampleRate) {
  const auto first = clip("44100.mp3", tone(44100) + "-c:a libmp3lame -write_xing 0 -id3v2_version 0 OUT");
  const auto second = clip("22050.mp3", tone(22050) + "-c:a libmp3lame -write_xing 0 -id3v2_version 0 OUT");
  const auto heard = listen(write_clip("rates.mp3", bytes_of(first) + bytes_of(second)));
  ASSERT_TRUE(heard);
  EXPECT_NEAR(heard->begin(), 1.0, 0.06);
  EXPECT_NEAR(heard->end(), 5.0, 0.15);
}

TEST(Media, FollowsAChangeOfTheChannels) {
  const auto mono = clip("mono.ts", tone() + "-c:a mp2 -ac 1 OUT");
  const auto stereo = clip("stereo.ts", tone() + "-c:a mp2 -ac 2 OUT");
  const auto heard = listen(write_clip("channels.ts", bytes_of(mono) + bytes_of(stereo)));
  ASSERT_TRUE(heard);
  EXPECT_NEAR(heard->begin(), 1.0, 0.06);
  EXPECT_NEAR(heard->end(), 5.0, 0.15);
}

// ---- Tracks

std::filesystem::path two_tracks(const std::string& name, const std::string& more = "") {
  return clip(name, picture() + tone() +
                        "-f lavfi -i \"aevalsrc='0.5*sin(2*PI*440*t)*between(t,0.2,0.5)':d=3:s=48000\" " +
                        "-map 0 -map 1 -map 2 -c:v libx264 -preset ultrafast -c:a aac -metadata:s:a:0 language=eng "
                        "-metadata:s:a:1 language=deu -metadata:s:a:1 title=Dub " +
                        more + " OUT");
}

TEST(Media, TakesTheFirstTrackByDefault) { expect_tone_from_one_to_two(listen(two_tracks("two.mp4"))); }

TEST(Media, TakesTheDefaultTrack) {
  EXPECT_NEAR(listen(two_tracks("second.mkv", "-disposition:a:0 0 -disposition:a:1 default"))->begin(), 0.2, 0.03);
}

TEST(Media, TakesTheTrackAskedFor) {
  const auto path = two_tracks("two.mp4");
  EXPECT_NEAR(listen(path, named(path, 2))->begin(), 0.2, 0.03);
  EXPECT_NEAR(listen(path, named(path, 1))->begin(), 1.0, 0.03);
}

TEST(Media, RefusesATrackThatIsNotThere) {
  const auto path = two_tracks("two.mp4");
  expect_error(listen(path, named(path, 3)), ErrorCode::kNoSuchTrack,
               "two.mp4 has no audio track 3; choose one from 1 to 2");
  expect_error(listen(path, named(path, 0)), ErrorCode::kInvalidArgument, "counted from 1");
}

TEST(Media, ListsTheTracks) {
  const auto info = probe(two_tracks("second.mkv", "-disposition:a:0 0 -disposition:a:1 default"));
  ASSERT_TRUE(info);
  EXPECT_EQ(info->container, "matroska,webm");
  EXPECT_TRUE(info->has_video);
  EXPECT_NEAR(static_cast<double>(info->duration->count()), 3000, 100);
  ASSERT_EQ(info->audio_tracks.size(), 2u);
  EXPECT_EQ(info->audio_tracks[0].language, "eng");
  EXPECT_FALSE(info->audio_tracks[0].is_default);
  EXPECT_EQ(info->audio_tracks[1].number, 2);
  EXPECT_EQ(info->audio_tracks[1].codec, "aac");
  EXPECT_EQ(info->audio_tracks[1].title, "Dub");
  EXPECT_EQ(info->audio_tracks[1].channels, 1);
  EXPECT_EQ(info->audio_tracks[1].sample_rate_hz, 48000);
  EXPECT_TRUE(info->audio_tracks[1].is_default);
}

TEST(Media, RefusesAVideoWithoutSound) {
  expect_error(listen(clip("mute.mp4", picture() + "-c:v libx264 -preset ultrafast OUT")), ErrorCode::kNoAudioTrack,
               "mute.mp4 has no audio track");
}

TEST(Media, ListsNoTracksOfAVideoWithoutSound) {
  const auto info = probe(clip("mute.mp4", picture() + "-c:v libx264 -preset ultrafast OUT"));
  ASSERT_TRUE(info);
  EXPECT_TRUE(info->has_video);
  EXPECT_THAT(info->audio_tracks, IsEmpty());
}

TEST(Media, TakesTheSoundOfAnMp3WithACover) {
  const auto path = clip("cover.mp3", tone() +
                                          "-f lavfi -i color=c=red:s=64x64:d=0.1 -map 0 -map 1 -c:a libmp3lame "
                                          "-c:v mjpeg -frames:v 1 -disposition:v attached_pic OUT");
  expect_tone_from_one_to_two(listen(path));
  EXPECT_FALSE(probe(path)->has_video);
}

TEST(Media, TakesTheSoundBesideSubtitles) {
  write_clip("cue.srt", "1\n00:00:00,500 --> 00:00:02,900\nhello\n");
  const auto path =
      clip("subtitles.mkv", tone() + picture() + "-i '" + (clips_folder() / "cue.srt").string() +
                                "' -map 0 -map 1 -map 2 -c:v libx264 -preset ultrafast -c:a aac -c:s srt OUT");
  expect_tone_from_one_to_two(listen(path));
}

// ---- Channels

TEST(Media, HearsSpeechInTheCentreOnly) {
  const auto path = clip("centre.mkv", tone() + "-af 'pan=5.1|c2=c0' -c:a ac3 OUT");
  expect_tone_from_one_to_two(listen(path));
}

TEST(Media, HearsTheLeftChannelAlone) {
  EXPECT_NEAR(listen(write_wav("left.wav", 2, 48000, tones({0.5, 0}, 48000, 1.0)))->rms(0.1, 0.9), kToneRms, 0.01);
}

TEST(Media, HearsInvertedChannels) {
  EXPECT_NEAR(listen(write_wav("inverted.wav", 2, 48000, tones({0.5, -0.5}, 48000, 1.0)))->rms(0.1, 0.9), kToneRms,
              0.01);
}

TEST(Media, HearsOneChannelOfSixtyFour) {
  std::vector<double> gains(64, 0.0);
  gains[63] = 0.5;
  EXPECT_NEAR(listen(write_wav("many.wav", 64, 16000, tones(gains, 16000, 1.0)))->rms(0.1, 0.9), kToneRms, 0.01);
}

// ---- Damage

TEST(Media, RefusesAnEmptyFile) {
  expect_error(listen(write_clip("empty.mp4", "")), ErrorCode::kEmptyFile, "empty.mp4 is empty");
}

TEST(Media, RefusesATextFile) {
  std::string text;
  for (int i = 0; i < 200; ++i) text += "This is not a video, whatever its name says.\n";
  expect_error(listen(write_clip("text.mp4", text)), ErrorCode::kNotMedia, "text.mp4 is not an audio or video file");
}

TEST(Media, RefusesASubtitleFile) {
  expect_error(listen(write_clip("cue.srt", "1\n00:00:00,500 --> 00:00:02,900\nhello\n")), ErrorCode::kNotMedia,
               "cue.srt");
}

TEST(Media, RefusesAnMp4WithoutItsIndex) {
  const std::string whole =
      bytes_of(clip("pcm.mov", tone() + picture() + "-c:v libx264 -preset ultrafast -c:a pcm_s16le -ar 44100 OUT"));
  expect_error(listen(write_clip("cut.mov", whole.substr(0, whole.size() * 6 / 10))), ErrorCode::kDamagedMedia,
               "cut.mov is damaged or incomplete: the index at the end is missing; copy or download the file again");
}

TEST(Media, ConvertsWhatIsThereOfACutFileAndSaysSo) {
  const auto path = clip("long.mp4", "-f lavfi -i sine=d=30:r=16000 -c:a aac -b:a 64k -movflags +faststart OUT");
  const std::string whole = bytes_of(path);
  const auto heard = listen(write_clip("cut.mp4", whole.substr(0, whole.size() / 2)));
  ASSERT_TRUE(heard);
  EXPECT_NEAR(heard->seconds(), 15, 3);
  EXPECT_THAT(heard->warnings,
              ElementsAre(warns(WarningCode::kEndsEarly, "s of the 30 s that it states: it is damaged or incomplete")));
}

TEST(Media, ConvertsWhatIsThereOfACutMatroskaFileAndSaysSo) {
  const auto path = clip("long.mkv", "-f lavfi -i sine=d=30:r=16000 -c:a aac -b:a 64k OUT");
  const std::string whole = bytes_of(path);
  const auto heard = listen(write_clip("cut.mkv", whole.substr(0, whole.size() / 2)));
  ASSERT_TRUE(heard);
  EXPECT_THAT(heard->warnings, ElementsAre(warns(WarningCode::kEndsEarly, "s of the 30 s that it states")));
}

TEST(Media, DoesNotTakeShortSoundUnderALongPictureForDamage) {
  const auto heard = listen(clip("short-sound.mkv", "-f lavfi -i color=c=black:s=64x64:r=10:d=20 " + tone() +
                                                        "-c:v libx264 -preset ultrafast -c:a aac OUT"));
  expect_tone_from_one_to_two(heard);
  EXPECT_THAT(heard->warnings, IsEmpty());
}

TEST(Media, SaysThatAStatedLengthIsFarFromTheTruth) {
  std::string bytes = bytes_of(clip("sound.mkv", tone() + "-c:a pcm_s16le OUT"));
  // Matroska's Duration: id, size 8, a big-endian double of milliseconds (RFC 9559 section 5.1.2.10).
  const size_t at = bytes.find("\x44\x89\x88");
  ASSERT_NE(at, std::string::npos);
  bytes.replace(at + 3, 8, std::string("\x41\x4b\x77\x40\x00\x00\x00\x00", 8));
  const auto heard = listen(write_clip("stated.mkv", bytes));
  expect_tone_from_one_to_two(heard);
  EXPECT_EQ(heard->duration, Samples(std::chrono::hours(1)));
  EXPECT_THAT(heard->warnings, ElementsAre(warns(WarningCode::kEndsEarly, "the file ends after 3 s of the 1 h 0 min")));
}

TEST(Media, KeepsItsTimesPastDamagedPackets) {
  std::string bytes = bytes_of(clip("h264-aac.mp4", tone() + picture() + kStereoMp4 + " OUT"));
  const size_t data = bytes.find("mdat") + 4;
  for (size_t i = data + 40; i < data + 6000 && i < bytes.size() / 2; i += 97) bytes[i] = static_cast<char>(~bytes[i]);
  const auto heard = listen(write_clip("flipped.mp4", bytes));
  ASSERT_TRUE(heard) << heard.error().message;
  EXPECT_NEAR(heard->seconds(), 3.0, 0.1);
  EXPECT_NEAR(heard->end(), 2.0, 0.1);
  EXPECT_THAT(heard->warnings, ElementsAre(warns(WarningCode::kDamagedSound, "packets of sound are damaged")));
}

TEST(Media, RefusesAHeaderWithoutSound) {
  const std::string whole = bytes_of(
      clip("faststart.mp4", tone() + picture() + "-c:v libx264 -preset ultrafast -c:a aac -movflags +faststart OUT"));
  expect_error(listen(write_clip("header.mp4", whole.substr(0, whole.find("mdat") + 4))), ErrorCode::kDamagedMedia,
               "header.mp4 is damaged or incomplete");
}

TEST(Media, RefusesACodecThatNobodyKnows) {
  std::string bytes =
      bytes_of(clip("h264-ac3.mkv", tone() + picture() + "-c:v libx264 -preset ultrafast -c:a ac3 OUT"));
  const size_t at = bytes.find("A_AC3");
  ASSERT_NE(at, std::string::npos);
  bytes.replace(at, 5, "A_XYZ");
  expect_error(listen(write_clip("unknown.mkv", bytes)), ErrorCode::kNotMedia, "cannot decode");
}

TEST(Media, NamesTheFileThatHasNoName) {
  auto file = open_for_reading(write_clip("empty.mp4", ""));
  EXPECT_THAT(make_media_reader()->probe(*std::move(file), {}, {}).error().message, HasSubstr("the file is empty"));
}

TEST(Media, RefusesWhatIsNotARegularFile) {
  auto folder = open_for_reading(clips_folder());
  ASSERT_TRUE(folder);
  EXPECT_EQ(make_media_reader()->probe(*std::move(folder), {}, {}).error().code, ErrorCode::kInvalidArgument);
}

// ---- Playlists and other files that open files

class Playlist : public testing::TestWithParam<const char*> {};

TEST_P(Playlist, IsRefused) {
  const auto secret = write_wav("secret.wav", 1, 16000, tones({0.5}, 16000, 1.0));
  std::string text = GetParam();
  for (size_t at; (at = text.find("SECRET")) != std::string::npos;) text.replace(at, 6, secret.string());
  expect_error(listen(write_clip("list.mp4", text)), ErrorCode::kNotMedia, "list.mp4 is not an audio or video file");
}

INSTANTIATE_TEST_SUITE_P(
    Media, Playlist,
    testing::Values("#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nSECRET\n#EXT-X-ENDLIST\n",
                    "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nfile://SECRET\n#EXT-X-ENDLIST\n",
                    "ffconcat version 1.0\nfile 'SECRET'\n",
                    "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio 5004 RTP/AVP 0\n",
                    "<?xml version=\"1.0\"?><MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\" "
                    "profiles=\"urn:mpeg:dash:profile:isoff-live:2011\"></MPD>"));

}  // namespace
}  // namespace v2t::media
