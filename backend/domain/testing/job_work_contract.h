// What every JobStore promises of what the worker that holds a job writes: windows, progress, the end, as tests.
#pragma once

#include "domain/testing/job_store_fixture.h"

namespace v2t::testing {

template <class Harness>
class JobWorkContract : public JobStoreFixture<Harness> {};
TYPED_TEST_SUITE_P(JobWorkContract);

TYPED_TEST_P(JobWorkContract, SegmentsComeBackExactly) {
  const Job job = this->add(this->ann_);
  const Claim held = this->claim();
  this->append(held, 0, "Привет,\n\"мир\" \xF0\x9F\x8E\xAC");
  this->append(held, 1, "second");
  const std::vector<Segment> expected{segment_of(0, "Привет,\n\"мир\" \xF0\x9F\x8E\xAC"), segment_of(1, "second")};
  EXPECT_EQ(this->store().segments(job.owner, job.id, 0).value(), expected);
  EXPECT_EQ(this->store().segments(job.owner, job.id, 1).value().size(), 1u);
  EXPECT_TRUE(this->store().segments(job.owner, job.id, 2).value().empty());
}

TYPED_TEST_P(JobWorkContract, AWindowIsACheckpoint) {
  const Job job = this->add(this->ann_);
  const Claim held = this->claim();
  const JobProgress progress{Millis(28'000), Millis(60'000), 12.5};
  ASSERT_TRUE(this->store().append_segments(held, 0, {segment_of(0, "a"), segment_of(0, "b")}, progress));
  const Job found = this->now(job);
  EXPECT_EQ(found.windows_done, 1u);
  EXPECT_EQ(found.audio_done, Millis(28'000));
  EXPECT_EQ(found.duration, Millis(60'000));
  EXPECT_EQ(found.speed, 12.5);
}

TYPED_TEST_P(JobWorkContract, AppendingAWindowTwiceChangesNothing) {
  const Job job = this->add(this->ann_);
  const Claim held = this->claim();
  this->append(held, 0, "once");
  this->append(held, 0, "twice");
  const auto segments = this->store().segments(job.owner, job.id, 0).value();
  ASSERT_EQ(segments.size(), 1u);
  EXPECT_EQ(segments[0].text, "once");
  EXPECT_EQ(this->now(job).windows_done, 1u);
}

TYPED_TEST_P(JobWorkContract, AWindowThatLeavesAGapIsRefused) {
  const Job job = this->add(this->ann_);
  const Claim held = this->claim();
  EXPECT_EQ(code_of(this->store().append_segments(held, 1, {}, {})), ErrorCode::kInvalidArgument);
  EXPECT_EQ(this->now(job).windows_done, 0u);
}

TYPED_TEST_P(JobWorkContract, AWindowWithoutSpeechMovesProgressOn) {
  const Job job = this->add(this->ann_);
  const Claim held = this->claim();
  ASSERT_TRUE(this->store().append_segments(held, 0, {}, {Millis(30'000), std::nullopt, std::nullopt}));
  EXPECT_EQ(this->now(job).audio_done, Millis(30'000));
  EXPECT_EQ(this->now(job).windows_done, 1u);
  EXPECT_EQ(this->event_types(job).back(), "progress");
}

TYPED_TEST_P(JobWorkContract, ProgressNeverGoesBack) {
  const Job job = this->add(this->ann_);
  const Claim held = this->claim();
  this->append(held, 0, "a");
  ASSERT_TRUE(this->store().report(held, {Millis(0), Millis(90'000), 2.0}));
  EXPECT_EQ(this->now(job).audio_done, Millis(30'000));
  EXPECT_EQ(this->now(job).duration, Millis(90'000));
  EXPECT_EQ(this->now(job).speed, 2.0);
}

TYPED_TEST_P(JobWorkContract, TheCoverageIsThatOfAllSavedWindows) {
  const Job job = this->add(this->ann_);
  EXPECT_EQ(this->now(job).coverage, Coverage());
  const Claim held = this->claim();
  const Coverage first{Samples(3'000'000'000), Samples(20), Samples(1)};
  const Coverage second{Samples(5), Samples(4), Samples(0)};
  ASSERT_TRUE(this->store().append_segments(held, 0, {}, {Millis(1), std::nullopt, std::nullopt, first}));
  ASSERT_TRUE(this->store().append_segments(held, 1, {}, {Millis(2), std::nullopt, std::nullopt, second}));
  ASSERT_TRUE(this->store().append_segments(held, 1, {}, {Millis(2), std::nullopt, std::nullopt, second}));
  EXPECT_EQ(this->now(job).coverage, (Coverage{Samples(3'000'000'005), Samples(24), Samples(1)}));
}

TYPED_TEST_P(JobWorkContract, TheLanguageIsSettledOnce) {
  const Job job = this->add(this->ann_);
  const Claim held = this->claim();
  ASSERT_TRUE(this->store().set_language(held, "ru"));
  ASSERT_TRUE(this->store().set_language(held, "uk"));
  EXPECT_EQ(this->now(job).language, "ru");
}

TYPED_TEST_P(JobWorkContract, TellsTheLanguagesThatWereHeardMostFirst) {
  const Job job = this->add(this->ann_);
  const Claim held = this->claim();
  EXPECT_TRUE(this->now(job).languages.empty());
  Segment english = segment_of(0, "a");
  english.language = "en";
  ASSERT_TRUE(this->store().append_segments(held, 0, {english}, {}));
  Segment german = segment_of(1, "b");
  german.language = "de";
  german.end += Millis(500);
  ASSERT_TRUE(this->store().append_segments(held, 1, {german}, {}));
  EXPECT_THAT(this->now(job).languages, ::testing::ElementsAre("de", "en"));
}

TYPED_TEST_P(JobWorkContract, TheUsualSpeedIsTheMiddleOfTheLastJobs) {
  EXPECT_EQ(this->store().usual_speed("base").value(), std::nullopt);
  for (const double speed : {2.0, 9.0, 4.0}) {
    this->add(this->ann_);
    const Claim held = this->claim();
    ASSERT_TRUE(this->store().report(held, {Millis(0), std::nullopt, speed}));
    ASSERT_TRUE(this->store().finish(held, Millis(1), {}));
    this->clock().advance(std::chrono::seconds(1));
  }
  EXPECT_EQ(this->store().usual_speed("base").value(), 4.0);
  EXPECT_EQ(this->store().usual_speed("small").value(), std::nullopt);
}

TYPED_TEST_P(JobWorkContract, FinishingEndsTheJob) {
  const Job job = this->add(this->ann_);
  const Claim held = this->claim();
  const std::vector<Warning> warnings{{WarningCode::kEndsEarly, "it ends early"}, {WarningCode::kNoSpeech, "Ж\""}};
  ASSERT_TRUE(this->store().finish(held, Millis(61'000), warnings));
  const Job found = this->now(job);
  EXPECT_EQ(found.state, JobState::kDone);
  EXPECT_EQ(found.duration, Millis(61'000));
  EXPECT_EQ(found.audio_done, Millis(61'000));
  EXPECT_EQ(found.finished, this->clock().now());
  EXPECT_EQ(found.warnings, warnings);
  EXPECT_EQ(this->store().claim_next(kLease).value(), std::nullopt);
}

TYPED_TEST_P(JobWorkContract, AFailureKeepsItsErrorAndWhatWasDone) {
  const Job job = this->add(this->ann_);
  const Claim held = this->claim();
  this->append(held, 0, "a");
  const Error error{ErrorCode::kNoAudioTrack, "no audio track in lecture.mp4"};
  ASSERT_TRUE(this->store().fail_job(held, error));
  EXPECT_EQ(this->now(job).state, JobState::kFailed);
  EXPECT_EQ(this->now(job).error, error);
  EXPECT_EQ(this->now(job).finished, this->clock().now());
  EXPECT_EQ(this->store().segments(job.owner, job.id, 0).value().size(), 1u);
}

TYPED_TEST_P(JobWorkContract, AWorkerThatLostItsJobCannotChangeIt) {
  const Job job = this->add(this->ann_);
  const Claim zombie = this->claim();
  this->clock().advance(kLease);
  const Claim held = this->claim();
  auto& store = this->store();
  EXPECT_EQ(code_of(store.renew(zombie, kLease)), ErrorCode::kConflict);
  EXPECT_EQ(code_of(store.set_language(zombie, "en")), ErrorCode::kConflict);
  EXPECT_EQ(code_of(store.report(zombie, {})), ErrorCode::kConflict);
  EXPECT_EQ(code_of(store.append_segments(zombie, 0, {segment_of(0, "a")}, {})), ErrorCode::kConflict);
  EXPECT_EQ(code_of(store.finish(zombie, Millis(1), {})), ErrorCode::kConflict);
  EXPECT_EQ(code_of(store.fail_job(zombie, {})), ErrorCode::kConflict);
  EXPECT_EQ(code_of(store.release(zombie)), ErrorCode::kConflict);
  EXPECT_EQ(this->now(job).state, JobState::kRunning);
  EXPECT_EQ(this->now(job).windows_done, 0u);
  EXPECT_TRUE(store.renew(held, kLease));
}

TYPED_TEST_P(JobWorkContract, CancellingTakesTheJobFromItsWorker) {
  const Job job = this->add(this->ann_);
  const Claim held = this->claim();
  ASSERT_TRUE(this->store().cancel(job.owner, job.id));
  EXPECT_EQ(this->now(job).state, JobState::kCancelled);
  EXPECT_EQ(this->now(job).finished, this->clock().now());
  EXPECT_EQ(code_of(this->store().append_segments(held, 0, {segment_of(0, "a")}, {})), ErrorCode::kConflict);
  EXPECT_TRUE(this->store().segments(job.owner, job.id, 0).value().empty());
  EXPECT_EQ(this->store().claim_next(kLease).value(), std::nullopt);
}

TYPED_TEST_P(JobWorkContract, PeaksAreKeptWithTheirJob) {
  const Job job = this->add(this->ann_);
  const Claim held = this->claim();
  EXPECT_EQ(this->store().peaks(job.owner, job.id).value(), Peaks{});
  ASSERT_TRUE(this->store().save_peaks(held, {Millis(50), false, {}}));
  const Peaks peaks{Millis(100), true, {0, 255, 7, 0}};
  ASSERT_TRUE(this->store().save_peaks(held, peaks));
  EXPECT_EQ(this->store().peaks(job.owner, job.id).value(), peaks);
  EXPECT_EQ(code_of(this->store().peaks(this->bob_, job.id)), ErrorCode::kNotFound);
  ASSERT_TRUE(this->store().cancel(job.owner, job.id));
  EXPECT_EQ(code_of(this->store().save_peaks(held, {})), ErrorCode::kConflict);
}

TYPED_TEST_P(JobWorkContract, EventsTellTheStoryInOrder) {
  const Job job = this->add(this->ann_);
  const Claim held = this->claim();
  ASSERT_TRUE(this->store().report(held, {}));
  this->append(held, 0, "a");
  EXPECT_THAT(this->event_types(job), ::testing::ElementsAre("state", "state", "progress", "segments"));
  const auto events = this->store().events_after(job.owner, job.id, 0, 1000).value();
  EXPECT_EQ(events.back().data, "{\"window\":0}");
  EXPECT_EQ(events.front().data, "{}");
  EXPECT_LT(events[0].sequence, events[1].sequence);
}

TYPED_TEST_P(JobWorkContract, EventsResumeAfterAnyOfThem) {
  const Job job = this->add(this->ann_);
  this->append(this->claim(), 0, "a");
  const auto all = this->store().events_after(job.owner, job.id, 0, 1000).value();
  const auto rest = this->store().events_after(job.owner, job.id, all[1].sequence, 1000).value();
  ASSERT_EQ(rest.size(), 1u);
  EXPECT_EQ(rest[0].sequence, all[2].sequence);
  EXPECT_EQ(this->store().events_after(job.owner, job.id, 0, 2).value().size(), 2u);
  EXPECT_TRUE(this->store().events_after(job.owner, job.id, UINT64_MAX, 2).value().empty());
}

TYPED_TEST_P(JobWorkContract, EventsOfAnEndedJobKeepItsTextAndItsEnd) {
  const Job job = this->add(this->ann_);
  const Claim held = this->claim();
  ASSERT_TRUE(this->store().report(held, {}));
  this->append(held, 0, "a");
  ASSERT_TRUE(this->store().finish(held, Millis(1), {}));
  EXPECT_THAT(this->event_types(job), ::testing::ElementsAre("state", "state", "segments", "state"));
}

REGISTER_TYPED_TEST_SUITE_P(JobWorkContract, SegmentsComeBackExactly, AWindowIsACheckpoint,
                            AppendingAWindowTwiceChangesNothing, AWindowThatLeavesAGapIsRefused,
                            AWindowWithoutSpeechMovesProgressOn, ProgressNeverGoesBack,
                            TheCoverageIsThatOfAllSavedWindows, TheLanguageIsSettledOnce,
                            TellsTheLanguagesThatWereHeardMostFirst, TheUsualSpeedIsTheMiddleOfTheLastJobs,
                            FinishingEndsTheJob, AFailureKeepsItsErrorAndWhatWasDone,
                            AWorkerThatLostItsJobCannotChangeIt, CancellingTakesTheJobFromItsWorker,
                            PeaksAreKeptWithTheirJob, EventsTellTheStoryInOrder, EventsResumeAfterAnyOfThem,
                            EventsOfAnEndedJobKeepItsTextAndItsEnd);

}  // namespace v2t::testing
