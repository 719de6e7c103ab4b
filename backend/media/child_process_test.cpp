// Children that crash, stall, lie or are no longer wanted: one failed call each, and nothing left behind.
#include "media/child_process.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <thread>

#include "media/test_clips.h"

namespace v2t::media {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

void write_program(const std::filesystem::path& path, const std::string& script) {
  std::ofstream(path) << "#!/bin/sh\n" << script << "\n";
  ::chmod(path.c_str(), 0755);
}

// A program in place of ours, whose forks run this script. FRAMES stands for a file with these bytes.
std::filesystem::path program(const std::string& name, std::string script, const std::string& frames = "") {
  const auto path = clips_folder() / name;
  const auto frames_path = path.string() + ".frames";
  std::ofstream(frames_path, std::ios::binary) << frames;
  if (const size_t at = script.find("FRAMES"); at != std::string::npos) script.replace(at, 6, "'" + frames_path + "'");
  write_program(path.string() + ".script", script);
  write_program(path, "exec '" + std::filesystem::read_symlink("/proc/self/exe").string() + "' serve-script '" +
                          path.string() + ".script'");
  return path;
}

const std::string kInfo = info_frame({.container = "wav", .audio_tracks = {{.number = 1, .codec = "pcm"}}});
const std::string kSound = sound_frame(std::vector<float>(1000, 0.25f));
const std::string kEnd = end_frame({});

UniqueFd some_media() { return *open_for_reading(write_wav("any.wav", 1, 16000, tones({0.5}, 16000, 1.0))); }

Result<Heard> listen_to(const std::filesystem::path& child, std::chrono::milliseconds stall_limit = 20s,
                        const std::stop_token& stop = {}) {
  TRY(auto source, make_media_reader(child, stall_limit)->open_audio(some_media(), {.name = "any.wav"}, stop));
  Heard heard;
  std::vector<float> buffer(300);
  for (;;) {
    TRY(const size_t n, source->read(buffer, stop));
    if (n == 0) return heard;
    heard.samples.insert(heard.samples.end(), buffer.begin(), buffer.begin() + static_cast<ptrdiff_t>(n));
  }
}

void expect_failed(const Result<Heard>& heard, const std::string& part, ErrorCode code = ErrorCode::kDecoderFailed) {
  ASSERT_FALSE(heard);
  EXPECT_EQ(heard.error().code, code) << heard.error().message;
  EXPECT_THAT(heard.error().message, HasSubstr(part));
}

// AddressSanitizer keeps 256 MiB of freed memory, to catch its use. Three hours of samples are 659 MiB.
#ifdef __SANITIZE_ADDRESS__
constexpr long kFreedButKeptKib = 300 * 1024;
#else
constexpr long kFreedButKeptKib = 0;
#endif

size_t n_descriptors() {
  size_t n = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) ++n;
  return n;
}

bool has_children() { return ::waitpid(-1, nullptr, WNOHANG) != -1 || errno != ECHILD; }

TEST(DecodeChild, GivesSoundAndSilenceInOrder) {
  const auto heard =
      listen_to(program("good", "cat FRAMES >&4", kInfo + kSound + silence_frame(Samples(500)) + kSound + kEnd));
  ASSERT_TRUE(heard) << heard.error().message;
  ASSERT_EQ(heard->samples.size(), 2500u);
  EXPECT_EQ(heard->samples[999], 0.25f);
  EXPECT_EQ(heard->samples[1000], 0.0f);
  EXPECT_EQ(heard->samples[1500], 0.25f);
}

TEST(DecodeChild, FailsOneCallWhenItCrashes) {
  expect_failed(listen_to(program("crash", "kill -SEGV $$")), "any.wav: the decoding process crashed (signal 11)");
  expect_failed(listen_to(program("crash-later", "cat FRAMES >&4; kill -KILL $$", kInfo + kSound)), "was killed",
                ErrorCode::kUnavailable);
}

TEST(DecodeChild, FailsOneCallWhenItEndsEarly) {
  expect_failed(listen_to(program("early", "cat FRAMES >&4", kInfo + kSound)), "ended early");
  expect_failed(listen_to(program("half-frame", "cat FRAMES >&4", kInfo + kSound.substr(0, 100))), "ended early");
  expect_failed(listen_to(program("nothing", "exit 0")), "ended early");
}

TEST(DecodeChild, FailsOneCallWhenItStandsStill) {
  expect_failed(listen_to(program("stall", "exec sleep 1000"), 100ms), "stands still");
  expect_failed(listen_to(program("stall-later", "cat FRAMES >&4; exec sleep 1000", kInfo + kSound), 300ms),
                "stands still");
  EXPECT_FALSE(has_children());
}

TEST(DecodeChild, FailsOneCallWhenItBurnsTimeWithoutGivingSound) {
  ForkServer server(program("burn", "while :; do :; done"));
  auto child = ChildProcess::start(server, some_media(), {});
  ASSERT_TRUE(child);
  (*child)->allow_cpu(1s);
  std::vector<std::byte> buffer(8);
  const auto read = (*child)->read_exactly(buffer, 60s, {});
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, ErrorCode::kDecoderFailed);
  EXPECT_THAT(read.error().message, HasSubstr("processor time"));
}

TEST(DecodeChild, ComesFromAnotherForkServerWhenTheFirstHasDied) {
  ForkServer server(program("good", "cat FRAMES >&4", kInfo + kEnd));
  pid_t pid = 0;
  std::ifstream("/proc/thread-self/children") >> pid;
  ASSERT_GT(pid, 0);
  ::kill(pid, SIGKILL);
  for (int i = 0; i < 2; ++i) {
    auto child = ChildProcess::start(server, some_media(), {});
    ASSERT_TRUE(child) << child.error().message;
    std::vector<std::byte> buffer(kInfo.size());
    EXPECT_TRUE((*child)->read_exactly(buffer, 20s, {}));
  }
}

TEST(DecodeChild, IsNotBelievedWhenItLies) {
  expect_failed(listen_to(program("garbage", "head -c 100000 /dev/zero >&4")), "makes no sense");
  expect_failed(listen_to(program("no-info", "cat FRAMES >&4", kSound + kEnd)), "order that makes no sense");
  expect_failed(listen_to(program("two-infos", "cat FRAMES >&4", kInfo + kInfo + kEnd)), "order that makes no sense");
  const std::string two_days = silence_frame(kLongestAudio);
  const auto endless = program("endless", "cat FRAMES >&4; exec sleep 1000", kInfo + two_days + two_days);
  auto source = make_media_reader(endless)->open_audio(some_media(), {.name = "any.wav"}, {});
  ASSERT_TRUE(source);
  std::vector<float> buffer(4 << 20);
  auto read = (*source)->read(buffer, {});
  while (read && *read == buffer.size()) read = (*source)->read(buffer, {});
  EXPECT_FALSE(read);
}

TEST(DecodeChild, GivesTheSameErrorAgain) {
  auto source = make_media_reader(program("early", "cat FRAMES >&4", kInfo + kSound))->open_audio(some_media(), {}, {});
  ASSERT_TRUE(source);
  std::vector<float> buffer(5000);
  const auto first = (*source)->read(buffer, {});
  ASSERT_FALSE(first);
  EXPECT_EQ((*source)->read(buffer, {}).error(), first.error());
}

TEST(DecodeChild, GivesTheEndAgain) {
  auto source =
      make_media_reader(program("good", "cat FRAMES >&4", kInfo + kSound + kEnd))->open_audio(some_media(), {}, {});
  ASSERT_TRUE(source);
  std::vector<float> buffer(5000);
  EXPECT_EQ((*source)->read(buffer, {}), 1000u);
  EXPECT_EQ((*source)->read(buffer, {}), 0u);
  EXPECT_EQ((*source)->read(buffer, {}), 0u);
  EXPECT_FALSE(has_children());
}

TEST(DecodeChild, IsStoppedWhileItIsWaitedFor) {
  std::stop_source stop;
  std::jthread stopper([&] { stop.request_stop(); });
  expect_failed(listen_to(program("stall", "exec sleep 1000"), 60s, stop.get_token()), "stopped",
                ErrorCode::kCancelled);
  EXPECT_FALSE(has_children());
}

TEST(DecodeChild, SaysWhenTheProgramCannotBeStarted) {
  expect_failed(listen_to("/nonexistent/program"), "cannot be started", ErrorCode::kUnavailable);
}

TEST(DecodeChild, InheritsNothingButItsOwnDescriptorsAndNoEnvironment) {
  const auto report = clips_folder() / "report";
  const UniqueFd leaky(::fcntl(STDERR_FILENO, F_DUPFD, 50));  // without close-on-exec
  ::setenv("SECRET_TOKEN", "hunter2", 1);
  (void)listen_to(
      program("report-all", "ls /proc/self/fd > " + report.string() + "; /usr/bin/env >> " + report.string()));
  const std::string text = *read_file(report, 10000);
  EXPECT_EQ(text.find("SECRET_TOKEN"), std::string::npos);
  EXPECT_EQ(text.find("\n" + std::to_string(leaky.get()) + "\n"), std::string::npos);
}

TEST(DecodeChild, LeavesNoProcessesAndNoDescriptors) {
  const auto path = write_wav("hundred.wav", 2, 48000, tones({0.5, 0.5}, 48000, 2.0));
  const size_t before = n_descriptors();
  for (int i = 0; i < 50; ++i) {
    auto source = make_media_reader()->open_audio(*open_for_reading(path), named(path), {});
    ASSERT_TRUE(source);
    std::vector<float> buffer(100);
    ASSERT_TRUE((*source)->read(buffer, {}));
  }
  EXPECT_EQ(n_descriptors(), before);
  EXPECT_FALSE(has_children());
}

TEST(DecodeChild, TakesNoMoreMemoryForThreeHours) {
  const auto path = write_wav("three-hours.wav", 1, 16000, {}, 3 * 3600 * 32000);
  std::filesystem::resize_file(path, 44 + uint64_t{3} * 3600 * 32000);  // sparse: zeros that take no disk
  rusage before{};
  ::getrusage(RUSAGE_SELF, &before);
  auto source = make_media_reader()->open_audio(*open_for_reading(path), named(path), {});
  ASSERT_TRUE(source);
  std::vector<float> buffer(480000);
  int64_t total = 0;
  for (auto n = (*source)->read(buffer, {}); n && *n > 0; n = (*source)->read(buffer, {}))
    total += static_cast<int64_t>(*n);
  source->reset();
  EXPECT_EQ(total, int64_t{3} * 3600 * kSampleRateHz);
  rusage own{};
  rusage children{};
  ::getrusage(RUSAGE_SELF, &own);
  ::getrusage(RUSAGE_CHILDREN, &children);  // the largest of all so far, ffmpeg among them
  EXPECT_LT(own.ru_maxrss - before.ru_maxrss, 64 * 1024 + kFreedButKeptKib);
  EXPECT_LT(children.ru_maxrss, 300 * 1024 + kFreedButKeptKib);
}

TEST(DecodeChild, WorksInManyThreadsAtOnce) {
  const auto path = write_wav("threads.wav", 1, 16000, tones({0.5}, 16000, 1.0));
  std::vector<size_t> heard(8);
  {
    std::vector<std::jthread> threads;
    for (size_t& n : heard) threads.emplace_back([&] { n = listen(path)->samples.size(); });
  }
  EXPECT_THAT(heard, testing::Each(16000u));
}

}  // namespace
}  // namespace v2t::media
