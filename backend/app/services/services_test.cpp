// Tests of sessions, uploads, jobs, their settings and the housekeeping.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/services/editing.h"
#include "app/services/janitor.h"
#include "app/services/jobs.h"
#include "app/services/names.h"
#include "app/services/sessions.h"
#include "app/services/uploads.h"
#include "base/log.h"
#include "domain/testing/error_code.h"
#include "domain/testing/manual_clock.h"
#include "domain/testing/memory_blob_store.h"
#include "domain/testing/memory_job_store.h"
#include "domain/testing/memory_owner_store.h"

namespace v2t {
namespace {

using testing::code_of;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;
using namespace std::chrono_literals;

std::span<const std::byte> bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }

class ServicesTest : public ::testing::Test {
 protected:
  void SetUp() override { log::configure(log::Level::kSilent, log::Format::kText); }
  BlobId upload(const std::string& content = "30") { return blobs_.add(ann_, "talk.mp4", content).id; }
  BlobId incomplete_upload() { return uploads_.create(ann_, "talk.mp4", 10).value().id; }
  Job done_job() {
    const JobId id = jobs_.create(ann_, upload(), {}).value().job.id;
    EXPECT_TRUE(store_.finish(store_.claim_next(30s).value().value(), Millis(1), {}));
    return store_.find(ann_, id).value();
  }
  static Segment spoken(const std::string& text) {
    Segment segment;
    segment.end = Millis(2'000);
    segment.text = text;
    return segment;
  }
  Janitor janitor(RetentionOptions options) { return {{store_, blobs_, *bell_, clock_}, options}; }

  const OwnerId ann_ = new_id();
  const OwnerId bob_ = new_id();
  testing::ManualClock clock_;
  testing::MemoryOwnerStore owners_{clock_};
  testing::MemoryJobStore store_{clock_};
  testing::MemoryBlobStore blobs_{clock_};
  std::unique_ptr<Doorbell> bell_ = make_doorbell();
  ActivityBoard activities_{*bell_};
  Sessions sessions_{owners_, clock_};
  Uploads uploads_{blobs_, store_, *bell_, {1'000, 2}};
  Jobs jobs_{{store_, blobs_, *bell_, activities_, clock_}, {}};
  Editing editing_{store_, *bell_};
};

using SessionsTest = ServicesTest;
using UploadsTest = ServicesTest;
using JobsTest = ServicesTest;
using JanitorTest = ServicesTest;

TEST_F(SessionsTest, ANewSessionIsFoundByItsToken) {
  const Session made = sessions_.open("").value();
  EXPECT_TRUE(made.is_new);
  EXPECT_THAT(made.token, SizeIs(52));
  EXPECT_EQ(sessions_.owner_of(made.token).value(), made.owner);
  const Session again = sessions_.open(made.token).value();
  EXPECT_FALSE(again.is_new);
  EXPECT_EQ(again.owner, made.owner);
  EXPECT_EQ(again.token, made.token);
}

TEST_F(SessionsTest, UnknownAndMalformedTokensAreNobody) {
  EXPECT_EQ(code_of(sessions_.owner_of("")), ErrorCode::kUnauthorized);
  EXPECT_EQ(code_of(sessions_.owner_of(std::string(52, 'a'))), ErrorCode::kUnauthorized);
  EXPECT_EQ(code_of(sessions_.owner_of("' OR 1=1 --")), ErrorCode::kUnauthorized);
  const Session replaced = sessions_.open(std::string(52, 'a')).value();
  EXPECT_TRUE(replaced.is_new);
  EXPECT_NE(replaced.token, std::string(52, 'a'));
}

TEST_F(SessionsTest, TwoSessionsAreTwoOwners) {
  EXPECT_NE(sessions_.open("").value().owner, sessions_.open("").value().owner);
}

TEST(CleanName, KeepsTextAndDropsTheRest) {
  EXPECT_EQ(clean_name(" Совещание №1 (запись).mp4\n"), "Совещание №1 (запись).mp4");
  EXPECT_EQ(clean_name("../../etc/passwd"), "../../etc/passwd");
  EXPECT_EQ(clean_name(std::string("a\0b\x1b[31m\x7f", 9)), "ab[31m");
  EXPECT_EQ(clean_name("\xff"), "\xEF\xBF\xBD");
  EXPECT_EQ(clean_name(" \t "), "");
}

TEST(CleanName, CutsBetweenCharacters) {
  std::string name;
  while (name.size() < 300) name += "Ж";
  EXPECT_EQ(clean_name(name).size(), 254u);
}

TEST_F(UploadsTest, ACompleteUploadQueuesTheJobThatWaits) {
  const BlobId id = incomplete_upload();
  const JobView waiting = jobs_.create(ann_, id, {}).value();
  EXPECT_EQ(waiting.job.state, JobState::kUploading);
  EXPECT_EQ(waiting.job.media_size_bytes, 10u);
  ASSERT_TRUE(uploads_.append(ann_, id, 0, bytes_of("0123456789")));
  const uint64_t rings = bell_->rings();
  EXPECT_TRUE(uploads_.flush(ann_, id).value().is_complete);
  EXPECT_EQ(jobs_.find(ann_, waiting.job.id).value().job.state, JobState::kQueued);
  EXPECT_GT(bell_->rings(), rings);
}

TEST_F(UploadsTest, HaveALimitOfSize) {
  const auto refused = uploads_.create(ann_, "film.mkv", 1'001);
  EXPECT_EQ(code_of(refused), ErrorCode::kTooLarge);
  EXPECT_THAT(refused.error().message, HasSubstr("1.0 kB"));
}

TEST_F(UploadsTest, HaveALimitOfNumberForEachOwner) {
  incomplete_upload();
  incomplete_upload();
  EXPECT_EQ(code_of(uploads_.create(ann_, "c", 10)), ErrorCode::kRateLimited);
  EXPECT_TRUE(uploads_.create(bob_, "c", 10));
}

TEST_F(UploadsTest, GetANameWhenTheyHaveNone) { EXPECT_EQ(uploads_.create(ann_, "\n", 10).value().name, "upload"); }

TEST_F(UploadsTest, AnEmptyFileIsCompleteAtOnce) { EXPECT_TRUE(uploads_.create(ann_, "a", 0).value().is_complete); }

TEST_F(UploadsTest, ACancelledUploadFailsTheJobThatWaits) {
  const BlobId id = incomplete_upload();
  const JobId job = jobs_.create(ann_, id, {}).value().job.id;
  EXPECT_EQ(code_of(uploads_.remove(bob_, id)), ErrorCode::kNotFound);
  ASSERT_TRUE(uploads_.remove(ann_, id));
  EXPECT_EQ(jobs_.find(ann_, job).value().job.state, JobState::kFailed);
  EXPECT_EQ(jobs_.find(ann_, job).value().upload, std::nullopt);
}

TEST_F(UploadsTest, AnUploadThatAJobNeedsStays) {
  const BlobId id = upload();
  ASSERT_TRUE(jobs_.create(ann_, id, {}));
  EXPECT_EQ(code_of(uploads_.remove(ann_, id)), ErrorCode::kConflict);
}

TEST_F(JobsTest, AJobOfACompleteUploadIsQueued) {
  const JobView first = jobs_.create(ann_, upload(), {}).value();
  const JobView second = jobs_.create(ann_, upload(), {}).value();
  EXPECT_EQ(first.job.state, JobState::kQueued);
  EXPECT_EQ(first.job.name, "talk.mp4");
  EXPECT_EQ(first.queue_position, 0u);
  EXPECT_EQ(second.queue_position, 1u);
  EXPECT_TRUE(first.upload.value().is_complete);
}

TEST_F(JobsTest, AForeignUploadIsNotFound) {
  EXPECT_EQ(code_of(jobs_.create(bob_, upload(), {})), ErrorCode::kNotFound);
  EXPECT_EQ(code_of(jobs_.create(ann_, "nonsense", {})), ErrorCode::kNotFound);
}

TEST_F(JobsTest, ARepeatedRequestFindsItsJob) {
  const BlobId media = upload();
  const RequestKey request{"key", "digest"};
  const JobView first = jobs_.create(ann_, media, {}, {std::nullopt, request}).value();
  const JobView again = jobs_.create(ann_, media, {}, {std::nullopt, request}).value();
  EXPECT_FALSE(first.is_repeat);
  EXPECT_TRUE(again.is_repeat);
  EXPECT_EQ(again.job.id, first.job.id);
  EXPECT_EQ(code_of(jobs_.create(ann_, media, {}, {std::nullopt, RequestKey{"key", "other"}})), ErrorCode::kConflict);
}

TEST_F(JobsTest, AJobMadeAgainNamesItsSource) {
  const BlobId media = upload();
  const JobId source = jobs_.create(ann_, media, {}).value().job.id;
  EXPECT_EQ(jobs_.create(ann_, media, {}, {source, std::nullopt}).value().job.source, source);
  EXPECT_EQ(code_of(jobs_.create(ann_, upload(), {}, {source, std::nullopt})), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code_of(jobs_.create(ann_, media, {}, {new_id(), std::nullopt})), ErrorCode::kNotFound);
}

TEST_F(JobsTest, TheTimeLeftComesFromMeasuredSpeedsAlone) {
  const BlobId media = upload();
  const JobId first = jobs_.create(ann_, media, {}).value().job.id;
  EXPECT_EQ(jobs_.find(ann_, first).value().time_left, std::nullopt);
  const Claim claim = store_.claim_next(std::chrono::seconds(30)).value().value();
  ASSERT_TRUE(store_.report(claim, {Millis(0), Millis(60'000), std::nullopt}));
  EXPECT_EQ(jobs_.find(ann_, first).value().time_left, std::nullopt);
  ASSERT_TRUE(store_.append_segments(claim, 0, {}, {Millis(20'000), std::nullopt, 10.0}));
  EXPECT_EQ(jobs_.find(ann_, first).value().time_left, Millis(4'000));
  ASSERT_TRUE(store_.finish(claim, Millis(60'000), {}));
  EXPECT_EQ(jobs_.find(ann_, first).value().time_left, std::nullopt);
  // The same media again: its duration is known, and so is the usual speed.
  const JobId second = jobs_.create(ann_, media, {}).value().job.id;
  const JobId third = jobs_.create(ann_, media, {}).value().job.id;
  EXPECT_EQ(jobs_.find(ann_, second).value().time_left, Millis(6'000));
  EXPECT_EQ(jobs_.find(ann_, third).value().time_left, Millis(12'000));
}

TEST_F(JobsTest, AnEndedJobTellsWhenItGoes) {
  using std::chrono::hours;
  Jobs jobs({store_, blobs_, *bell_, activities_, clock_}, {}, {hours(24), hours(2), hours(48)});
  const BlobId media = upload();
  const JobId first = jobs.create(ann_, media, {}).value().job.id;
  EXPECT_EQ(jobs.find(ann_, first).value().media_expires, std::nullopt);
  const Claim claim = store_.claim_next(std::chrono::seconds(30)).value().value();
  ASSERT_TRUE(store_.finish(claim, Millis(1), {}));
  EXPECT_EQ(jobs.find(ann_, first).value().media_expires, clock_.now() + hours(2));
  EXPECT_EQ(jobs.find(ann_, first).value().expires, clock_.now() + hours(48));
  ASSERT_TRUE(jobs.create(ann_, media, {}));
  EXPECT_EQ(jobs.find(ann_, first).value().media_expires, std::nullopt);
  EXPECT_EQ(jobs_.find(ann_, first).value().expires, std::nullopt);
}

TEST_F(JobsTest, StorageIsWhatTheOwnerHas) {
  ASSERT_TRUE(jobs_.create(ann_, upload(), {}));
  const Storage storage = jobs_.storage(ann_).value();
  EXPECT_GT(storage.media_bytes, 0u);
  EXPECT_EQ(storage.n_jobs, 1u);
  EXPECT_GT(storage.disk_free_bytes, 0u);
  EXPECT_EQ(jobs_.storage(bob_).value().media_bytes, 0u);
}

using EditingTest = ServicesTest;

TEST_F(EditingTest, AChangeNeedsTheNewestVersionOrAny) {
  const JobId id = jobs_.create(ann_, upload(), {}).value().job.id;
  const Claim claim = store_.claim_next(std::chrono::seconds(30)).value().value();
  ASSERT_TRUE(store_.append_segments(claim, 0, {spoken("a")}, {Millis(30'000), std::nullopt, std::nullopt}));
  const std::vector<TextChange> changes{SegmentChange{0, "b"}};
  EXPECT_EQ(code_of(editing_.edit(ann_, id, {false, {1}}, changes)), ErrorCode::kStale);
  EXPECT_EQ(editing_.edit(ann_, id, {false, {0, 7}}, changes).value().version, 1u);
  EXPECT_EQ(code_of(editing_.edit(ann_, id, {false, {0}}, changes)), ErrorCode::kStale);
  EXPECT_EQ(editing_.edit(ann_, id, {true, {}}, changes).value().version, 2u);
  EXPECT_EQ(code_of(editing_.edit(bob_, id, {true, {}}, changes)), ErrorCode::kNotFound);
  EXPECT_EQ(jobs_.transcript(ann_, id).value().segments.at(0).text, "b");
  EXPECT_EQ(jobs_.transcript(ann_, id, 0).value().segments.at(0).text, "a");
  EXPECT_EQ(jobs_.transcript(ann_, id).value().version, 2u);
}

TEST_F(EditingTest, WhatIsNotTranscribedYetIsLeftFree) {
  const JobId id = jobs_.create(ann_, upload(), {}).value().job.id;
  const Claim claim = store_.claim_next(std::chrono::seconds(30)).value().value();
  ASSERT_TRUE(store_.append_segments(claim, 0, {spoken("a")}, {Millis(30'000), std::nullopt, std::nullopt}));
  const std::vector<TextChange> late{SegmentInsertion{std::nullopt, Millis(29'000), Millis(31'000), "x"}};
  EXPECT_EQ(code_of(editing_.edit(ann_, id, {true, {}}, late)), ErrorCode::kConflict);
  ASSERT_TRUE(store_.finish(claim, Millis(40'000), {}));
  EXPECT_TRUE(editing_.edit(ann_, id, {true, {}}, late));
}

TEST_F(EditingTest, AnEarlierVersionIsRestoredAsANewOne) {
  const JobId id = jobs_.create(ann_, upload(), {}).value().job.id;
  const Claim claim = store_.claim_next(std::chrono::seconds(30)).value().value();
  ASSERT_TRUE(store_.append_segments(claim, 0, {spoken("a")}, {Millis(30'000), std::nullopt, std::nullopt}));
  const std::vector<TextChange> changes{SegmentDeletion{0}};
  ASSERT_TRUE(editing_.edit(ann_, id, {true, {}}, changes));
  const Edited restored = editing_.restore(ann_, id, {false, {1}}, 0).value();
  EXPECT_EQ(restored.version, 2u);
  EXPECT_EQ(restored.edit.segments.at(0).text, "a");
  EXPECT_FALSE(restored.edit.segments.at(0).edited);
  EXPECT_THAT(editing_.versions(ann_, id).value(), SizeIs(3));
  EXPECT_EQ(code_of(editing_.restore(ann_, id, {true, {}}, 9)), ErrorCode::kNotFound);
}

TEST_F(JobsTest, ListsPagesWithTheTotal) {
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(jobs_.create(ann_, upload(), {}));
  const JobPage page = jobs_.list(ann_, {}, 2, 0).value();
  EXPECT_THAT(page.jobs, SizeIs(2));
  EXPECT_EQ(page.total, 3u);
  EXPECT_THAT(jobs_.list(bob_, {}, 2, 0).value().jobs, IsEmpty());
}

TEST_F(JobsTest, ARunningJobShowsItsActivity) {
  const JobId id = jobs_.create(ann_, upload(), {}).value().job.id;
  store_.claim_next(30s).value().value();
  activities_.set(id, {Activity::Phase::kDownloadingModel, 5, 10});
  const JobView view = jobs_.find(ann_, id).value();
  EXPECT_EQ(view.activity, (Activity{Activity::Phase::kDownloadingModel, 5, 10}));
  EXPECT_EQ(view.queue_position, std::nullopt);
}

TEST_F(JobsTest, NamesAreCleaned) {
  const JobId id = jobs_.create(ann_, upload(), {}).value().job.id;
  EXPECT_EQ(jobs_.rename(ann_, id, " Лекция\n").value().job.name, "Лекция");
  EXPECT_EQ(code_of(jobs_.rename(ann_, id, " \n")), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code_of(jobs_.rename(bob_, id, "mine")), ErrorCode::kNotFound);
}

TEST_F(JobsTest, CancellingTwiceIsCancelling) {
  const JobId id = jobs_.create(ann_, upload(), {}).value().job.id;
  ASSERT_TRUE(jobs_.cancel(ann_, id));
  EXPECT_EQ(jobs_.cancel(ann_, id).value().job.state, JobState::kCancelled);
}

TEST_F(JobsTest, ADoneJobCannotBeCancelled) {
  EXPECT_EQ(code_of(jobs_.cancel(ann_, done_job().id)), ErrorCode::kConflict);
}

TEST_F(JobsTest, DeletingTheLastJobOfAFileDeletesTheFile) {
  const BlobId media = upload();
  const JobId first = jobs_.create(ann_, media, {}).value().job.id;
  const JobId second = jobs_.create(ann_, media, {}).value().job.id;
  ASSERT_TRUE(jobs_.remove(ann_, first));
  EXPECT_TRUE(blobs_.find(ann_, media));
  ASSERT_TRUE(jobs_.remove(ann_, second));
  EXPECT_EQ(code_of(blobs_.find(ann_, media)), ErrorCode::kNotFound);
}

TEST_F(JobsTest, TheTranscriptOfARunningJobIsWhatWasDone) {
  const JobId id = jobs_.create(ann_, upload(), {}).value().job.id;
  const Claim claim = store_.claim_next(30s).value().value();
  ASSERT_TRUE(store_.set_language(claim, "ru"));
  ASSERT_TRUE(store_.append_segments(claim, 0, {Segment()}, {Millis(5'000), std::nullopt, std::nullopt}));
  const Transcript transcript = jobs_.transcript(ann_, id).value();
  EXPECT_EQ(transcript.language, "ru");
  EXPECT_EQ(transcript.model, "base");
  EXPECT_EQ(transcript.duration, Millis(5'000));
  EXPECT_THAT(transcript.segments, SizeIs(1));
  EXPECT_THAT(jobs_.segments(ann_, id, 1).value(), IsEmpty());
}

TEST_F(JobsTest, MediaAreReadByTheirOwnerAlone) {
  const JobId id = jobs_.create(ann_, upload("abc"), {}).value().job.id;
  const JobMedia media = jobs_.media(ann_, id).value();
  EXPECT_EQ(media.size_bytes, 3u);
  EXPECT_EQ(media.name, "talk.mp4");
  EXPECT_TRUE(media.file.valid());
  EXPECT_EQ(code_of(jobs_.media(bob_, id)), ErrorCode::kNotFound);
}

TEST_F(JobsTest, MediaThatAreNotThereYetAreAConflict) {
  const JobId id = jobs_.create(ann_, incomplete_upload(), {}).value().job.id;
  EXPECT_EQ(code_of(jobs_.media(ann_, id)), ErrorCode::kConflict);
}

TEST(JobSettingsCheck, AcceptsWhatAUserMayAskFor) {
  EXPECT_TRUE(check_settings({}));
  EXPECT_TRUE(check_settings({"openai/whisper-large-v3.ct2", "yue", Task::kTranslate, "Привет", 2, false}));
}

TEST(JobSettingsCheck, NamesTheSettingThatIsWrong) {
  const auto message = [](const JobSettings& settings) { return check_settings(settings).error().message; };
  EXPECT_THAT(message({.model = ""}), StartsWith("model:"));
  EXPECT_THAT(message({.model = "../secrets"}), StartsWith("model:"));
  EXPECT_THAT(message({.model = "/etc/passwd"}), StartsWith("model:"));
  EXPECT_THAT(message({.model = "a/b/c"}), StartsWith("model:"));
  EXPECT_THAT(message({.model = "base", .language = "english"}), StartsWith("language:"));
  EXPECT_THAT(message({.model = "base", .language = ""}), StartsWith("language:"));
  EXPECT_THAT(message({.model = "base", .initial_prompt = "\xff"}), StartsWith("initial_prompt:"));
  EXPECT_THAT(message({.model = "base", .initial_prompt = std::string(2'001, 'a')}), StartsWith("initial_prompt:"));
  EXPECT_THAT(message({.model = "base", .audio_track = 0}), StartsWith("audio_track:"));
  EXPECT_THAT(message({.languages = {"en", "xx"}}), StartsWith("languages:"));
  EXPECT_THAT(message({.language = "ru", .languages = {"en"}}), StartsWith("languages:"));
  EXPECT_THAT(message({.hotwords = {" "}}), StartsWith("hotwords:"));
  EXPECT_THAT(message({.hotwords = std::vector<std::string>(201, "a")}), StartsWith("hotwords:"));
  EXPECT_THAT(message({.beam_size = 11}), StartsWith("beam_size:"));
}

TEST_F(JanitorTest, AbandonedUploadsGoAndTheirJobsFail) {
  const BlobId id = incomplete_upload();
  const JobId job = jobs_.create(ann_, id, {}).value().job.id;
  clock_.advance(24h);
  ASSERT_TRUE(janitor({}).clean());
  EXPECT_TRUE(blobs_.find(ann_, id));
  clock_.advance(1ms);
  ASSERT_TRUE(janitor({}).clean());
  EXPECT_EQ(code_of(blobs_.find(ann_, id)), ErrorCode::kNotFound);
  EXPECT_EQ(jobs_.find(ann_, job).value().job.error.value().code, ErrorCode::kTimeout);
}

TEST_F(JanitorTest, MediaGoAfterTheirTimeAndTextStays) {
  const Job job = done_job();
  clock_.advance(25h);
  ASSERT_TRUE(janitor({.media_after = 24h}).clean());
  EXPECT_EQ(code_of(blobs_.find(ann_, job.media)), ErrorCode::kNotFound);
  EXPECT_TRUE(jobs_.transcript(ann_, job.id));
}

TEST_F(JanitorTest, MediaOfAJobThatStillWaitsAreKept) {
  const JobView waiting = jobs_.create(ann_, upload(), {}).value();
  clock_.advance(25h);
  ASSERT_TRUE(janitor({.media_after = 24h}).clean());
  EXPECT_TRUE(blobs_.find(ann_, waiting.job.media));
}

TEST_F(JanitorTest, OldJobsGoWithAllTheyHave) {
  const Job job = done_job();
  clock_.advance(25h);
  ASSERT_TRUE(janitor({.jobs_after = 24h}).clean());
  EXPECT_EQ(code_of(jobs_.find(ann_, job.id)), ErrorCode::kNotFound);
  EXPECT_EQ(code_of(blobs_.find(ann_, job.media)), ErrorCode::kNotFound);
}

TEST_F(JanitorTest, NothingGoesUnlessAskedFor) {
  const Job job = done_job();
  clock_.advance(10'000h);
  ASSERT_TRUE(janitor({}).clean());
  EXPECT_TRUE(jobs_.find(ann_, job.id).value().upload);
}

}  // namespace
}  // namespace v2t
