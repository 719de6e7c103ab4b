// What every JobStore promises, as tests. Instantiate with a harness that has a `ManualClock clock` and a
// `JobStore& store()`:  INSTANTIATE_TYPED_TEST_SUITE_P(Sqlite, JobStoreContract, SqliteHarness);
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "domain/job_store.h"
#include "domain/testing/error_code.h"
#include "domain/testing/manual_clock.h"

namespace v2t::testing {

inline constexpr std::chrono::milliseconds kLease = std::chrono::seconds(30);

inline Job queued_job(const OwnerId& owner) {
  Job job;
  job.id = new_id();
  job.owner = owner;
  job.name = "lecture.mp4";
  job.media = new_id();
  job.state = JobState::kQueued;
  return job;
}

inline Segment segment_of(uint64_t window, const std::string& text, size_t position = 0) {
  Segment segment;
  segment.id = recognised_id(window, position);
  segment.window = window;
  segment.start = std::chrono::seconds(30 * window);
  segment.end = segment.start + std::chrono::seconds(2);
  segment.text = text;
  segment.avg_logprob = -0.1F / 3;
  segment.no_speech_prob = 1e-7F;
  segment.compression_ratio = 1.1F;
  segment.temperature = 0.2F;
  segment.tokens = {1, 50257, 3};
  segment.language = "ru";
  segment.kind = window % 2 == 0 ? SegmentKind::kSpeech : SegmentKind::kUnintelligible;
  segment.token_scores = {{" a", -0.1F / 3}, {"\xD0", -2.5F}, {"", 0}};
  segment.words = {{segment.start, segment.start + Millis(400), " " + text, 1.0F / 3},
                   {segment.end, segment.end, "", 1}};
  return segment;
}

template <class Harness>
class JobStoreContract : public ::testing::Test {
 protected:
  JobStore& store() { return harness_.store(); }
  ManualClock& clock() { return harness_.clock; }
  Job add(const OwnerId& owner) { return add(queued_job(owner)); }
  Job add(const Job& job) {
    EXPECT_TRUE(store().add(job));
    return job;
  }
  Claim claim() { return store().claim_next(kLease).value().value(); }
  Job now(const Job& job) { return store().find(job.owner, job.id).value(); }
  void append(const Claim& held, uint64_t window, const std::string& text) {
    const JobProgress progress{std::chrono::seconds(30 * (window + 1)), std::nullopt, std::nullopt};
    ASSERT_TRUE(store().append_segments(held, window, {segment_of(window, text)}, progress));
  }
  // Changes the newest text.
  TextEdit edit(const Job& job, const std::vector<TextChange>& changes) {
    const auto before = store().text(job.owner, job.id, std::nullopt).value();
    auto edit = apply_changes(before, changes).value();
    EXPECT_EQ(store().save_edit(job.owner, job.id, before, edit, std::nullopt).value(), before.version + 1);
    return edit;
  }
  // Ids of Ann's segments, in order.
  std::vector<uint64_t> found(const std::vector<std::string>& terms) {
    std::vector<uint64_t> ids;
    const auto page = store().search(ann_, {terms, 100, 0}).value();
    for (const auto& hit : page.hits) ids.push_back(hit.segment.id);
    std::sort(ids.begin(), ids.end());
    return ids;
  }
  // The worker of the next claim dies: its lease runs out.
  void claim_and_die() {
    claim();
    clock().advance(kLease);
  }
  std::vector<std::string> event_types(const Job& job) {
    std::vector<std::string> types;
    const auto events = store().events_after(job.owner, job.id, 0, 1000);
    for (const auto& event : events.value()) types.push_back(event.type);
    return types;
  }

  const OwnerId ann_ = new_id();
  const OwnerId bob_ = new_id();

 private:
  Harness harness_;
};

TYPED_TEST_SUITE_P(JobStoreContract);

TYPED_TEST_P(JobStoreContract, KeepsEveryFieldOfANewJob) {
  Job job = queued_job(this->ann_);
  job.name = "Совещание №1 (запись).mp4";
  job.state = JobState::kUploading;
  job.media_size_bytes = 5'000'000'000;
  job.settings = {"large-v3", "ru", Task::kTranslate, "Привет, \"мир\"", 2, false};
  job.settings.temperature = 0.4F;
  job.settings.token_scores = true;
  job.created = this->clock().now();
  this->add(job);
  const Job found = this->now(job);
  EXPECT_EQ(found.name, job.name);
  EXPECT_EQ(found.state, job.state);
  EXPECT_EQ(found.media, job.media);
  EXPECT_EQ(found.media_size_bytes, job.media_size_bytes);
  EXPECT_EQ(found.settings, job.settings);
  EXPECT_EQ(found.created, job.created);
  EXPECT_EQ(found.attempts, 0);
  EXPECT_EQ(found.started, std::nullopt);
  EXPECT_EQ(found.error, std::nullopt);
}

TYPED_TEST_P(JobStoreContract, KeepsDefaultSettings) {
  const Job job = this->add(this->ann_);
  EXPECT_EQ(this->now(job).settings, JobSettings());
}

TYPED_TEST_P(JobStoreContract, ForeignAndUnknownJobsAreNotFoundAlike) {
  const Job job = this->add(this->ann_);
  auto& store = this->store();
  EXPECT_EQ(code_of(store.find(this->bob_, job.id)), ErrorCode::kNotFound);
  EXPECT_EQ(code_of(store.find(this->ann_, new_id())), ErrorCode::kNotFound);
  EXPECT_EQ(code_of(store.segments(this->bob_, job.id, 0)), ErrorCode::kNotFound);
  EXPECT_EQ(code_of(store.rename(this->bob_, job.id, "mine")), ErrorCode::kNotFound);
  EXPECT_EQ(code_of(store.cancel(this->bob_, job.id)), ErrorCode::kNotFound);
  EXPECT_EQ(code_of(store.remove(this->bob_, job.id)), ErrorCode::kNotFound);
  EXPECT_EQ(code_of(store.events_after(this->bob_, job.id, 0, 10)), ErrorCode::kNotFound);
  EXPECT_EQ(this->now(job).name, job.name);
}

TYPED_TEST_P(JobStoreContract, ListsJobsOfOneOwnerNewestFirstInPages) {
  const Job first = this->add(this->ann_);
  const Job second = this->add(this->ann_);
  this->add(this->bob_);
  const auto page = this->store().list(this->ann_, {}, 10, 0).value();
  ASSERT_EQ(page.size(), 2u);
  EXPECT_EQ(page[0].id, second.id);
  EXPECT_EQ(page[1].id, first.id);
  EXPECT_EQ(this->store().list(this->ann_, {}, 1, 1).value().at(0).id, first.id);
  EXPECT_TRUE(this->store().list(this->ann_, {}, 10, 5).value().empty());
  EXPECT_TRUE(this->store().list(this->ann_, {}, 10, SIZE_MAX).value().empty());
  EXPECT_EQ(this->store().count(this->ann_, {}).value(), 2u);
}

TYPED_TEST_P(JobStoreContract, GivesNothingWhenNothingIsQueued) {
  Job job = queued_job(this->ann_);
  job.state = JobState::kUploading;
  this->add(job);
  EXPECT_EQ(this->store().claim_next(kLease).value(), std::nullopt);
}

TYPED_TEST_P(JobStoreContract, AClaimRunsTheJobAsANewAttempt) {
  const Job job = this->add(this->ann_);
  const Claim held = this->claim();
  EXPECT_EQ(held.job.id, job.id);
  EXPECT_EQ(held.job.state, JobState::kRunning);
  EXPECT_EQ(held.job.attempts, 1);
  EXPECT_EQ(held.epoch, held.job.epoch);
  EXPECT_EQ(this->now(job).started, this->clock().now());
  EXPECT_EQ(this->store().claim_next(kLease).value(), std::nullopt);
}

TYPED_TEST_P(JobStoreContract, TheJobsOfAnOwnerGoInTheirOrder) {
  const Job first = this->add(this->ann_);
  const Job second = this->add(this->ann_);
  EXPECT_EQ(this->claim().job.id, first.id);
  EXPECT_EQ(this->claim().job.id, second.id);
}

TYPED_TEST_P(JobStoreContract, AnOwnerWithManyJobsDoesNotHoldUpOthers) {
  this->add(this->ann_);
  const Job second = this->add(this->ann_);
  const Job foreign = this->add(this->bob_);
  EXPECT_EQ(this->claim().job.owner, this->ann_);
  EXPECT_EQ(this->claim().job.id, foreign.id);
  EXPECT_EQ(this->claim().job.id, second.id);
}

TYPED_TEST_P(JobStoreContract, OwnersTakeTurnsOnOneWorker) {
  for (int i = 0; i < 3; ++i) this->add(this->ann_);
  for (int i = 0; i < 2; ++i) this->add(this->bob_);
  std::vector<OwnerId> served;
  for (int i = 0; i < 5; ++i) {
    const Claim held = this->claim();
    served.push_back(held.job.owner);
    ASSERT_TRUE(this->store().finish(held, Millis(1), {}));
  }
  EXPECT_THAT(served, ::testing::ElementsAre(this->ann_, this->bob_, this->ann_, this->bob_, this->ann_));
}

TYPED_TEST_P(JobStoreContract, QueuePositionsAreTheOrderOfClaims) {
  const Job running = this->add(this->ann_);
  this->claim();
  const Job third = this->add(this->ann_);
  const Job first = this->add(this->bob_);
  const Job second = this->add(this->bob_);
  EXPECT_EQ(this->store().queue_place(first.id).value()->position, 0u);
  EXPECT_EQ(this->store().queue_place(second.id).value()->position, 1u);
  EXPECT_EQ(this->store().queue_place(third.id).value()->position, 2u);
  EXPECT_EQ(this->store().queue_place(running.id).value(), std::nullopt);
  EXPECT_EQ(this->store().queue_place(new_id()).value(), std::nullopt);
}

TYPED_TEST_P(JobStoreContract, TheQueueIsListedInTheOrderOfClaims) {
  const Job first = this->add(this->ann_);
  const Job second = this->add(this->ann_);
  const Job other = this->add(this->bob_);
  const auto queue = this->store().queue(2).value();
  ASSERT_EQ(queue.size(), 2u);
  EXPECT_EQ(queue[0].id, first.id);
  EXPECT_EQ(queue[1].id, other.id);
  this->claim();
  EXPECT_EQ(this->store().queue(10).value().size(), 2u);
}

TYPED_TEST_P(JobStoreContract, AShortJobIsClaimedBeforeTheFilmsOfTheQueue) {
  Job film = queued_job(this->ann_);
  film.duration = std::chrono::hours(3);
  this->add(film);
  Job unknown = queued_job(this->ann_);
  unknown.media_size_bytes = JobStore::kSmallMediaBytes + 1;
  this->add(unknown);
  Job clip = queued_job(this->ann_);
  clip.duration = Millis(5000);
  clip.media_size_bytes = 1'000'000'000;
  this->add(clip);
  Job recording = queued_job(this->ann_);
  recording.media_size_bytes = JobStore::kSmallMediaBytes;
  this->add(recording);
  EXPECT_EQ(this->store().claim_short(kLease, Millis(5000)).value().value().job.id, clip.id);
  EXPECT_EQ(this->store().claim_short(kLease, Millis(5000)).value().value().job.id, recording.id);
  EXPECT_EQ(this->store().claim_short(kLease, Millis(5000)).value(), std::nullopt);
  EXPECT_EQ(this->claim().job.id, film.id);
}

TYPED_TEST_P(JobStoreContract, AWaitingJobLearnsItsDurationOnce) {
  const Job job = this->add(this->ann_);
  ASSERT_TRUE(this->store().measured(job.id, Millis(5000)));
  ASSERT_TRUE(this->store().measured(job.id, Millis(7000)));
  EXPECT_EQ(this->now(job).duration, Millis(5000));
  EXPECT_EQ(this->event_types(job), (std::vector<std::string>{"state", "state"}));  // added, measured
  const Job running = this->add(this->bob_);
  this->claim();
  this->claim();
  ASSERT_TRUE(this->store().measured(running.id, Millis(5000)));
  EXPECT_EQ(this->now(running).duration, std::nullopt);
}

TYPED_TEST_P(JobStoreContract, SegmentsComeBackExactly) {
  const Job job = this->add(this->ann_);
  const Claim held = this->claim();
  this->append(held, 0, "Привет,\n\"мир\" \xF0\x9F\x8E\xAC");
  this->append(held, 1, "second");
  const std::vector<Segment> expected{segment_of(0, "Привет,\n\"мир\" \xF0\x9F\x8E\xAC"), segment_of(1, "second")};
  EXPECT_EQ(this->store().segments(job.owner, job.id, 0).value(), expected);
  EXPECT_EQ(this->store().segments(job.owner, job.id, 1).value().size(), 1u);
  EXPECT_TRUE(this->store().segments(job.owner, job.id, 2).value().empty());
}

TYPED_TEST_P(JobStoreContract, AWindowIsACheckpoint) {
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

TYPED_TEST_P(JobStoreContract, AppendingAWindowTwiceChangesNothing) {
  const Job job = this->add(this->ann_);
  const Claim held = this->claim();
  this->append(held, 0, "once");
  this->append(held, 0, "twice");
  const auto segments = this->store().segments(job.owner, job.id, 0).value();
  ASSERT_EQ(segments.size(), 1u);
  EXPECT_EQ(segments[0].text, "once");
  EXPECT_EQ(this->now(job).windows_done, 1u);
}

TYPED_TEST_P(JobStoreContract, AWindowThatLeavesAGapIsRefused) {
  const Job job = this->add(this->ann_);
  const Claim held = this->claim();
  EXPECT_EQ(code_of(this->store().append_segments(held, 1, {}, {})), ErrorCode::kInvalidArgument);
  EXPECT_EQ(this->now(job).windows_done, 0u);
}

TYPED_TEST_P(JobStoreContract, AWindowWithoutSpeechMovesProgressOn) {
  const Job job = this->add(this->ann_);
  const Claim held = this->claim();
  ASSERT_TRUE(this->store().append_segments(held, 0, {}, {Millis(30'000), std::nullopt, std::nullopt}));
  EXPECT_EQ(this->now(job).audio_done, Millis(30'000));
  EXPECT_EQ(this->now(job).windows_done, 1u);
  EXPECT_EQ(this->event_types(job).back(), "progress");
}

TYPED_TEST_P(JobStoreContract, ProgressNeverGoesBack) {
  const Job job = this->add(this->ann_);
  const Claim held = this->claim();
  this->append(held, 0, "a");
  ASSERT_TRUE(this->store().report(held, {Millis(0), Millis(90'000), 2.0}));
  EXPECT_EQ(this->now(job).audio_done, Millis(30'000));
  EXPECT_EQ(this->now(job).duration, Millis(90'000));
  EXPECT_EQ(this->now(job).speed, 2.0);
}

TYPED_TEST_P(JobStoreContract, TheLanguageIsSettledOnce) {
  const Job job = this->add(this->ann_);
  const Claim held = this->claim();
  ASSERT_TRUE(this->store().set_language(held, "ru"));
  ASSERT_TRUE(this->store().set_language(held, "uk"));
  EXPECT_EQ(this->now(job).language, "ru");
}

TYPED_TEST_P(JobStoreContract, FinishingEndsTheJob) {
  const Job job = this->add(this->ann_);
  const Claim held = this->claim();
  ASSERT_TRUE(this->store().finish(held, Millis(61'000), {"the file ends early", "Ж\""}));
  const Job found = this->now(job);
  EXPECT_EQ(found.state, JobState::kDone);
  EXPECT_EQ(found.duration, Millis(61'000));
  EXPECT_EQ(found.audio_done, Millis(61'000));
  EXPECT_EQ(found.finished, this->clock().now());
  EXPECT_THAT(found.warnings, ::testing::ElementsAre("the file ends early", "Ж\""));
  EXPECT_EQ(this->store().claim_next(kLease).value(), std::nullopt);
}

TYPED_TEST_P(JobStoreContract, AFailureKeepsItsErrorAndWhatWasDone) {
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

TYPED_TEST_P(JobStoreContract, AReleasedJobIsFirstInItsOwnersQueueAgain) {
  const Job job = this->add(this->ann_);
  this->add(this->ann_);
  const Claim held = this->claim();
  this->append(held, 0, "a");
  ASSERT_TRUE(this->store().release(held));
  EXPECT_EQ(this->now(job).state, JobState::kQueued);
  const Claim again = this->claim();
  EXPECT_EQ(again.job.id, job.id);
  EXPECT_EQ(again.job.windows_done, 1u);
  EXPECT_EQ(again.job.attempts, 2);
  EXPECT_GT(again.epoch, held.epoch);
}

TYPED_TEST_P(JobStoreContract, AJobWhoseLeaseRanOutIsClaimedAgain) {
  const Job job = this->add(this->ann_);
  const Claim dead = this->claim();
  this->append(dead, 0, "a");
  this->clock().advance(kLease - Millis(1));
  EXPECT_EQ(this->store().claim_next(kLease).value(), std::nullopt);
  this->clock().advance(Millis(1));
  const Claim held = this->claim();
  EXPECT_EQ(held.job.id, job.id);
  EXPECT_EQ(held.job.windows_done, 1u);
  EXPECT_EQ(held.job.attempts, 2);
}

TYPED_TEST_P(JobStoreContract, RenewalKeepsTheClaim) {
  this->add(this->ann_);
  const Claim held = this->claim();
  this->clock().advance(kLease - Millis(1));
  ASSERT_TRUE(this->store().renew(held, kLease));
  this->clock().advance(kLease - Millis(1));
  EXPECT_EQ(this->store().claim_next(kLease).value(), std::nullopt);
}

TYPED_TEST_P(JobStoreContract, ALeaseDoesNotFollowTheWallClock) {
  this->add(this->ann_);
  this->claim();
  this->clock().jump(std::chrono::hours(1));
  EXPECT_EQ(this->store().claim_next(kLease).value(), std::nullopt);
  this->clock().jump(-std::chrono::hours(2));
  this->clock().advance(kLease);
  EXPECT_NE(this->store().claim_next(kLease).value(), std::nullopt);
}

TYPED_TEST_P(JobStoreContract, AWorkerThatLostItsJobCannotChangeIt) {
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

TYPED_TEST_P(JobStoreContract, AJobThatKillsThreeWorkersFailsAndBlocksNobody) {
  const Job poison = this->add(this->ann_);
  const Job next = this->add(this->ann_);
  for (int i = 0; i < JobStore::kMaxDeaths; ++i) this->claim_and_die();
  EXPECT_EQ(this->claim().job.id, next.id);
  EXPECT_EQ(this->now(poison).state, JobState::kFailed);
  ASSERT_NE(this->now(poison).error, std::nullopt);
  EXPECT_THAT(this->now(poison).error->message, ::testing::HasSubstr("stopped"));
  EXPECT_NE(this->now(poison).finished, std::nullopt);
}

TYPED_TEST_P(JobStoreContract, ASavedWindowForgivesEarlierDeaths) {
  const Job job = this->add(this->ann_);
  this->claim_and_die();
  this->claim_and_die();
  this->append(this->claim(), 0, "progress");
  this->clock().advance(kLease);
  const Claim held = this->claim();
  EXPECT_EQ(held.job.id, job.id);
  EXPECT_EQ(held.job.attempts, 4);
}

TYPED_TEST_P(JobStoreContract, ReleasesAreNotDeaths) {
  const Job job = this->add(this->ann_);
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(this->store().release(this->claim()));
  EXPECT_EQ(this->claim().job.id, job.id);
}

TYPED_TEST_P(JobStoreContract, CancellingTakesTheJobFromItsWorker) {
  const Job job = this->add(this->ann_);
  const Claim held = this->claim();
  ASSERT_TRUE(this->store().cancel(job.owner, job.id));
  EXPECT_EQ(this->now(job).state, JobState::kCancelled);
  EXPECT_EQ(this->now(job).finished, this->clock().now());
  EXPECT_EQ(code_of(this->store().append_segments(held, 0, {segment_of(0, "a")}, {})), ErrorCode::kConflict);
  EXPECT_TRUE(this->store().segments(job.owner, job.id, 0).value().empty());
  EXPECT_EQ(this->store().claim_next(kLease).value(), std::nullopt);
}

TYPED_TEST_P(JobStoreContract, AnEndedJobCannotBeCancelled) {
  const Job job = this->add(this->ann_);
  ASSERT_TRUE(this->store().finish(this->claim(), Millis(1), {}));
  EXPECT_EQ(code_of(this->store().cancel(job.owner, job.id)), ErrorCode::kConflict);
  EXPECT_EQ(this->now(job).state, JobState::kDone);
}

TYPED_TEST_P(JobStoreContract, ARemovedJobIsGone) {
  const Job job = this->add(this->ann_);
  const Claim held = this->claim();
  this->append(held, 0, "secret");
  EXPECT_EQ(this->store().remove(job.owner, job.id).value().media, job.media);
  EXPECT_EQ(code_of(this->store().find(job.owner, job.id)), ErrorCode::kNotFound);
  EXPECT_EQ(code_of(this->store().segments(job.owner, job.id, 0)), ErrorCode::kNotFound);
  EXPECT_EQ(code_of(this->store().remove(job.owner, job.id)), ErrorCode::kNotFound);
  EXPECT_EQ(code_of(this->store().append_segments(held, 1, {}, {})), ErrorCode::kConflict);
  EXPECT_EQ(code_of(this->store().fail_job(held, {})), ErrorCode::kConflict);
  EXPECT_EQ(this->store().count(this->ann_, {}).value(), 0u);
}

TYPED_TEST_P(JobStoreContract, TheLastEventOfARemovedJobSaysSo) {
  const Job job = this->add(this->ann_);
  ASSERT_TRUE(this->store().remove(job.owner, job.id));
  const auto events = this->store().events_after(job.owner, job.id, 0, 10).value();
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].type, "deleted");
  EXPECT_EQ(code_of(this->store().events_after(job.owner, job.id, events[0].sequence, 10)), ErrorCode::kNotFound);
  EXPECT_EQ(code_of(this->store().events_after(this->bob_, job.id, 0, 10)), ErrorCode::kNotFound);
}

TYPED_TEST_P(JobStoreContract, RenamingKeepsTheRest) {
  const Job job = this->add(this->ann_);
  ASSERT_TRUE(this->store().rename(job.owner, job.id, "Лекция"));
  EXPECT_EQ(this->now(job).name, "Лекция");
  EXPECT_EQ(this->now(job).state, JobState::kQueued);
}

TYPED_TEST_P(JobStoreContract, CompleteMediaQueueTheJobsThatWait) {
  Job job = queued_job(this->ann_);
  job.state = JobState::kUploading;
  this->add(job);
  const Job earlier = this->add(this->ann_);
  ASSERT_TRUE(this->store().media_completed(job.media, 1234));
  EXPECT_EQ(this->now(job).state, JobState::kQueued);
  EXPECT_EQ(this->now(job).media_size_bytes, 1234u);
  EXPECT_EQ(this->claim().job.id, earlier.id);
  EXPECT_EQ(this->claim().job.id, job.id);
}

TYPED_TEST_P(JobStoreContract, CompleteMediaDoNotWakeCancelledJobs) {
  Job job = queued_job(this->ann_);
  job.state = JobState::kUploading;
  this->add(job);
  ASSERT_TRUE(this->store().cancel(job.owner, job.id));
  ASSERT_TRUE(this->store().media_completed(job.media, 1));
  EXPECT_EQ(this->now(job).state, JobState::kCancelled);
}

TYPED_TEST_P(JobStoreContract, LostMediaFailTheJobsThatWait) {
  Job job = queued_job(this->ann_);
  job.state = JobState::kUploading;
  this->add(job);
  const Error error{ErrorCode::kTimeout, "the upload was not finished in time"};
  ASSERT_TRUE(this->store().media_lost(job.media, error));
  EXPECT_EQ(this->now(job).state, JobState::kFailed);
  EXPECT_EQ(this->now(job).error, error);
}

TYPED_TEST_P(JobStoreContract, HousekeepingSeesJobsOfAllOwners) {
  Job waiting = queued_job(this->ann_);
  waiting.state = JobState::kUploading;
  this->add(waiting);
  const Job done = this->add(this->bob_);
  ASSERT_TRUE(this->store().finish(this->claim(), Millis(1), {}));
  const WallTime end = this->clock().now();
  EXPECT_EQ(this->store().uploading(10).value().at(0).id, waiting.id);
  EXPECT_TRUE(this->store().finished_before(end, 10).value().empty());
  EXPECT_EQ(this->store().finished_before(end + Millis(1), 10).value().at(0).id, done.id);
  EXPECT_EQ(this->store().jobs_with_media(done.media).value().at(0).id, done.id);
  EXPECT_TRUE(this->store().jobs_with_media(new_id()).value().empty());
}

TYPED_TEST_P(JobStoreContract, EventsTellTheStoryInOrder) {
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

TYPED_TEST_P(JobStoreContract, EventsResumeAfterAnyOfThem) {
  const Job job = this->add(this->ann_);
  this->append(this->claim(), 0, "a");
  const auto all = this->store().events_after(job.owner, job.id, 0, 1000).value();
  const auto rest = this->store().events_after(job.owner, job.id, all[1].sequence, 1000).value();
  ASSERT_EQ(rest.size(), 1u);
  EXPECT_EQ(rest[0].sequence, all[2].sequence);
  EXPECT_EQ(this->store().events_after(job.owner, job.id, 0, 2).value().size(), 2u);
  EXPECT_TRUE(this->store().events_after(job.owner, job.id, UINT64_MAX, 2).value().empty());
}

TYPED_TEST_P(JobStoreContract, EventsOfAnEndedJobKeepItsTextAndItsEnd) {
  const Job job = this->add(this->ann_);
  const Claim held = this->claim();
  ASSERT_TRUE(this->store().report(held, {}));
  this->append(held, 0, "a");
  ASSERT_TRUE(this->store().finish(held, Millis(1), {}));
  EXPECT_THAT(this->event_types(job), ::testing::ElementsAre("state", "state", "segments", "state"));
}

TYPED_TEST_P(JobStoreContract, ARequestSentTwiceAddsOneJob) {
  const Job first = queued_job(this->ann_);
  const Job again = queued_job(this->ann_);
  EXPECT_EQ(this->store().add_once(first, {"key", "digest"}).value(), first.id);
  EXPECT_EQ(this->store().add_once(again, {"key", "digest"}).value(), first.id);
  EXPECT_EQ(code_of(this->store().add_once(again, {"key", "other"})), ErrorCode::kConflict);
  EXPECT_EQ(code_of(this->store().find(again.owner, again.id)), ErrorCode::kNotFound);
  const Job foreign = queued_job(this->bob_);
  EXPECT_EQ(this->store().add_once(foreign, {"key", "digest"}).value(), foreign.id);
}

TYPED_TEST_P(JobStoreContract, ARequestIsForgottenAfterADayOrWithItsJob) {
  const Job first = queued_job(this->ann_);
  const Job second = queued_job(this->ann_);
  const Job third = queued_job(this->ann_);
  ASSERT_TRUE(this->store().add_once(first, {"key", "digest"}));
  this->clock().advance(JobStore::kKeepRequests);
  EXPECT_EQ(this->store().add_once(second, {"key", "other"}).value(), second.id);
  ASSERT_TRUE(this->store().remove(second.owner, second.id));
  EXPECT_EQ(this->store().add_once(third, {"key", "third"}).value(), third.id);
}

TYPED_TEST_P(JobStoreContract, KeepsWhatAJobWasMadeFrom) {
  Job job = queued_job(this->ann_);
  job.source = new_id();
  this->add(job);
  EXPECT_EQ(this->now(job).source, job.source);
}

TYPED_TEST_P(JobStoreContract, ListsByStateAndByPartOfTheName) {
  Job lecture = queued_job(this->ann_);
  lecture.name = "Лекция 3.mp4";
  this->add(lecture);
  Job other = queued_job(this->ann_);
  other.name = "100%.mp3";
  other.state = JobState::kUploading;
  this->add(other);
  const auto ids = [&](const JobFilter& filter) {
    std::vector<JobId> found;
    const auto jobs = this->store().list(this->ann_, filter, 10, 0).value();
    for (const Job& job : jobs) found.push_back(job.id);
    EXPECT_EQ(this->store().count(this->ann_, filter).value(), found.size());
    return found;
  };
  EXPECT_THAT(ids({{JobState::kQueued}, ""}), ::testing::ElementsAre(lecture.id));
  EXPECT_THAT(ids({{JobState::kQueued, JobState::kUploading}, ""}), ::testing::ElementsAre(other.id, lecture.id));
  EXPECT_THAT(ids({{}, "ЛЕКЦИЯ"}), ::testing::ElementsAre(lecture.id));
  EXPECT_THAT(ids({{}, "0%"}), ::testing::ElementsAre(other.id));
  EXPECT_THAT(ids({{JobState::kDone}, ""}), ::testing::IsEmpty());
}

TYPED_TEST_P(JobStoreContract, TellsTheWorkBeforeAQueuedJob) {
  Job running = queued_job(this->ann_);
  running.duration = Millis(60'000);
  this->add(running);
  Job next = queued_job(this->ann_);
  next.duration = Millis(10'000);
  this->add(next);
  const Job last = this->add(this->ann_);
  this->append(this->claim(), 0, "a");
  EXPECT_EQ(this->store().queue_place(last.id).value()->position, 1u);
  EXPECT_EQ(this->store().queue_place(last.id).value()->audio_before, Millis(40'000));
  const Job later = this->add(this->ann_);
  EXPECT_EQ(this->store().queue_place(later.id).value()->audio_before, std::nullopt);
  EXPECT_EQ(this->store().queue_place(running.id).value(), std::nullopt);
}

TYPED_TEST_P(JobStoreContract, TheUsualSpeedIsTheMiddleOfTheLastJobs) {
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

TYPED_TEST_P(JobStoreContract, AnEditIsANewVersionOfTheText) {
  const Job job = this->add(this->ann_);
  this->append(this->claim(), 0, "recognised");
  const TextEdit edit = this->edit(job, {SegmentChange{0, "written"}});
  EXPECT_EQ(this->now(job).version, 1u);
  const auto now = this->store().text(job.owner, job.id, std::nullopt).value();
  EXPECT_EQ(now.version, 1u);
  EXPECT_EQ(now.segments, edit.segments);
  EXPECT_TRUE(now.segments.at(0).words.at(0).checked);
  EXPECT_EQ(this->store().segments(job.owner, job.id, 0).value(), edit.segments);
  EXPECT_EQ(this->store().text(job.owner, job.id, 0).value().segments.at(0), segment_of(0, "recognised"));
  EXPECT_EQ(code_of(this->store().text(job.owner, job.id, 2)), ErrorCode::kNotFound);
  EXPECT_EQ(code_of(this->store().text(this->bob_, job.id, 0)), ErrorCode::kNotFound);
  EXPECT_EQ(this->event_types(job).back(), "edited");
}

TYPED_TEST_P(JobStoreContract, AnEditOfAnOldVersionChangesNothing) {
  const Job job = this->add(this->ann_);
  this->append(this->claim(), 0, "recognised");
  const auto before = this->store().text(job.owner, job.id, std::nullopt).value();
  this->edit(job, {SegmentChange{0, "first"}});
  const TextEdit late = apply_changes(before, std::vector<TextChange>{SegmentChange{0, "second"}}).value();
  EXPECT_EQ(code_of(this->store().save_edit(job.owner, job.id, before, late, std::nullopt)), ErrorCode::kStale);
  EXPECT_EQ(this->store().segments(job.owner, job.id, 0).value().at(0).text, "first");
  EXPECT_EQ(code_of(this->store().save_edit(this->bob_, job.id, before, late, std::nullopt)), ErrorCode::kNotFound);
}

TYPED_TEST_P(JobStoreContract, SegmentsAreInsertedAndDeletedAndComeBack) {
  const Job job = this->add(this->ann_);
  const Claim held = this->claim();
  this->append(held, 0, "a");
  this->append(held, 1, "b");
  this->edit(job, {SegmentInsertion{std::nullopt, Millis(5000), Millis(6000), "new"}, SegmentDeletion{1000}});
  const auto now = this->store().text(job.owner, job.id, std::nullopt).value();
  ASSERT_EQ(now.segments.size(), 2u);
  EXPECT_EQ(now.segments[1].id, kFirstInsertedId);
  EXPECT_EQ(now.deleted.at(0).id, 1000u);
  EXPECT_EQ(now.next_id, kFirstInsertedId + 1);
  const auto then = this->store().text(job.owner, job.id, 0).value();
  ASSERT_TRUE(this->store().save_edit(job.owner, job.id, now, difference(now, then), 0));
  EXPECT_EQ(this->store().segments(job.owner, job.id, 0).value(), then.segments);
  this->append(held, 2, "c");
  EXPECT_EQ(this->store().segments(job.owner, job.id, 0).value().size(), 3u);
  EXPECT_EQ(this->store().segments(job.owner, job.id, 2).value().at(0).text, "c");
}

TYPED_TEST_P(JobStoreContract, VersionsAreListedNewestFirst) {
  const Job job = this->add(this->ann_);
  this->append(this->claim(), 0, "a");
  this->edit(job, {SegmentChange{0, "b"}});
  const auto now = this->store().text(job.owner, job.id, std::nullopt).value();
  const auto then = this->store().text(job.owner, job.id, 0).value();
  ASSERT_TRUE(this->store().save_edit(job.owner, job.id, now, difference(now, then), 0));
  const auto versions = this->store().versions(job.owner, job.id).value();
  ASSERT_EQ(versions.size(), 3u);
  EXPECT_EQ(versions[0].version, 2u);
  EXPECT_EQ(versions[0].kind, VersionKind::kRestore);
  EXPECT_EQ(versions[0].restored, 0u);
  EXPECT_EQ(versions[1].kind, VersionKind::kEdit);
  EXPECT_EQ(versions[1].n_changes, 1u);
  EXPECT_EQ(versions[1].created, this->clock().now());
  EXPECT_EQ(versions[2].kind, VersionKind::kRecognised);
  EXPECT_EQ(code_of(this->store().versions(this->bob_, job.id)), ErrorCode::kNotFound);
}

TYPED_TEST_P(JobStoreContract, WhatWasSaidIsFoundInEveryLanguage) {
  const Job job = this->add(this->ann_);
  const Claim held = this->claim();
  this->append(held, 0, "Съешь ещё этих мягких БУЛОК");
  this->append(held, 1, "the Café is open");
  this->append(held, 2, "今天天气好");
  EXPECT_THAT(this->found({"булок"}), ::testing::ElementsAre(0));
  EXPECT_THAT(this->found({"еще", "съешь"}), ::testing::ElementsAre(0));
  EXPECT_THAT(this->found({"cafe"}), ::testing::ElementsAre(1000));
  EXPECT_THAT(this->found({"天气"}), ::testing::ElementsAre(2000));
  EXPECT_THAT(this->found({"天气好"}), ::testing::ElementsAre(2000));
  EXPECT_THAT(this->found({"cafe", "open", "a"}), ::testing::ElementsAre(1000));
  EXPECT_THAT(this->found({"cafe\" or \"open"}), ::testing::IsEmpty());
  EXPECT_THAT(this->found({"%"}), ::testing::IsEmpty());
  const auto page = this->store().search(this->ann_, {{"cafe"}, 1, 0}).value();
  EXPECT_EQ(page.total, 1u);
  EXPECT_EQ(page.hits.at(0).job, job.id);
  EXPECT_EQ(page.hits.at(0).name, job.name);
  EXPECT_EQ(page.hits.at(0).segment, segment_of(1, "the Café is open"));
}

TYPED_TEST_P(JobStoreContract, SearchSeesTheNewestTextOfItsOwnerAlone) {
  const Job job = this->add(this->ann_);
  this->append(this->claim(), 0, "recognised");
  EXPECT_EQ(this->store().search(this->bob_, {{"recognised"}, 10, 0}).value().total, 0u);
  this->edit(job, {SegmentChange{0, "written by hand"}});
  EXPECT_THAT(this->found({"recognised"}), ::testing::IsEmpty());
  EXPECT_THAT(this->found({"by hand"}), ::testing::ElementsAre(0));
  this->edit(job, {SegmentDeletion{0}});
  EXPECT_THAT(this->found({"by hand"}), ::testing::IsEmpty());
  const auto now = this->store().text(job.owner, job.id, std::nullopt).value();
  const auto then = this->store().text(job.owner, job.id, 1).value();
  ASSERT_TRUE(this->store().save_edit(job.owner, job.id, now, difference(now, then), 1));
  EXPECT_THAT(this->found({"by hand"}), ::testing::ElementsAre(0));
  ASSERT_TRUE(this->store().remove(job.owner, job.id));
  EXPECT_THAT(this->found({"by hand"}), ::testing::IsEmpty());
}

TYPED_TEST_P(JobStoreContract, SearchGivesPages) {
  this->add(this->ann_);
  const Claim held = this->claim();
  for (uint64_t window = 0; window < 5; ++window) this->append(held, window, "word");
  const auto page = this->store().search(this->ann_, {{"word"}, 2, 4}).value();
  EXPECT_EQ(page.total, 5u);
  EXPECT_EQ(page.hits.size(), 1u);
}

TYPED_TEST_P(JobStoreContract, PeaksAreKeptWithTheirJob) {
  const Job job = this->add(this->ann_);
  const Claim held = this->claim();
  EXPECT_EQ(code_of(this->store().peaks(job.owner, job.id)), ErrorCode::kNotFound);
  ASSERT_TRUE(this->store().save_peaks(held, {Millis(50), false, {}}));
  const Peaks peaks{Millis(100), true, {0, 255, 7, 0}};
  ASSERT_TRUE(this->store().save_peaks(held, peaks));
  EXPECT_EQ(this->store().peaks(job.owner, job.id).value(), peaks);
  EXPECT_EQ(code_of(this->store().peaks(this->bob_, job.id)), ErrorCode::kNotFound);
  ASSERT_TRUE(this->store().cancel(job.owner, job.id));
  EXPECT_EQ(code_of(this->store().save_peaks(held, {})), ErrorCode::kConflict);
}

TYPED_TEST_P(JobStoreContract, TellsTheLanguagesThatWereHeardMostFirst) {
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

TYPED_TEST_P(JobStoreContract, AFailureThatMayPassIsTriedAgainLater) {
  const Job job = this->add(this->ann_);
  ASSERT_TRUE(this->store().retry_later(this->claim(), {ErrorCode::kDecoderFailed, "it crashed"}, Millis(5000)));
  EXPECT_EQ(this->now(job).state, JobState::kQueued);
  EXPECT_EQ(this->now(job).failures, 1);
  EXPECT_EQ(this->store().queue_place(job.id).value(), std::nullopt);
  EXPECT_EQ(this->store().claim_next(kLease).value(), std::nullopt);
  this->clock().advance(Millis(5000));
  EXPECT_EQ(this->claim().job.id, job.id);
}

TYPED_TEST_P(JobStoreContract, AJobThatFailsAgainAndAgainFailsForGood) {
  const Job job = this->add(this->ann_);
  const Error error{ErrorCode::kDecoderFailed, "it crashed"};
  for (int i = 0; i < JobStore::kMaxFailures; ++i)
    ASSERT_TRUE(this->store().retry_later(this->claim(), error, Millis(0)));
  EXPECT_EQ(this->now(job).state, JobState::kFailed);
  EXPECT_EQ(this->now(job).error, error);
}

TYPED_TEST_P(JobStoreContract, ASavedWindowForgivesEarlierFailures) {
  const Job job = this->add(this->ann_);
  for (uint64_t window = 0; window < 10; ++window) {
    const Claim held = this->claim();
    this->append(held, window, "a");
    ASSERT_TRUE(this->store().retry_later(held, {ErrorCode::kDecoderFailed, "it crashed"}, Millis(0)));
  }
  EXPECT_EQ(this->now(job).state, JobState::kQueued);
  const Claim zombie{this->now(job), 3};
  EXPECT_EQ(code_of(this->store().retry_later(zombie, {}, Millis(0))), ErrorCode::kConflict);
}

TYPED_TEST_P(JobStoreContract, TextsTakeRoom) {
  this->add(this->ann_);
  EXPECT_EQ(this->store().text_bytes(this->ann_).value(), 0u);
  this->append(this->claim(), 0, "some text");
  EXPECT_GE(this->store().text_bytes(this->ann_).value(), 9u);
  EXPECT_EQ(this->store().text_bytes(this->bob_).value(), 0u);
}

TYPED_TEST_P(JobStoreContract, CountsJobsOfAllOwnersByState) {
  this->add(this->ann_);
  this->add(this->bob_);
  this->add(this->bob_);
  this->claim();
  const auto counts = this->store().count_states().value();
  EXPECT_EQ(counts.at(JobState::kQueued), 2U);
  EXPECT_EQ(counts.at(JobState::kRunning), 1U);
}

TYPED_TEST_P(JobStoreContract, TransientJobsAreWorkedOnButNotListed) {
  Job job = queued_job(this->ann_);
  job.is_transient = true;
  this->add(job);
  const Job kept = this->add(this->ann_);
  EXPECT_EQ(this->store().count(this->ann_, {}).value(), 1U);
  EXPECT_EQ(this->store().list(this->ann_, {}, 10, 0).value().at(0).id, kept.id);
  ASSERT_EQ(this->store().transient(10).value().size(), 1U);
  EXPECT_EQ(this->store().transient(10).value().at(0).id, job.id);
  EXPECT_TRUE(this->now(job).is_transient);
  EXPECT_EQ(this->claim().job.id, job.id);
}

REGISTER_TYPED_TEST_SUITE_P(
    JobStoreContract, CountsJobsOfAllOwnersByState, TransientJobsAreWorkedOnButNotListed, KeepsEveryFieldOfANewJob,
    KeepsDefaultSettings, ForeignAndUnknownJobsAreNotFoundAlike, ListsJobsOfOneOwnerNewestFirstInPages,
    GivesNothingWhenNothingIsQueued, AClaimRunsTheJobAsANewAttempt, TheJobsOfAnOwnerGoInTheirOrder,
    AnOwnerWithManyJobsDoesNotHoldUpOthers, OwnersTakeTurnsOnOneWorker, QueuePositionsAreTheOrderOfClaims,
    TheQueueIsListedInTheOrderOfClaims, AShortJobIsClaimedBeforeTheFilmsOfTheQueue, AWaitingJobLearnsItsDurationOnce,
    SegmentsComeBackExactly, AWindowIsACheckpoint, AppendingAWindowTwiceChangesNothing, AWindowThatLeavesAGapIsRefused,
    AWindowWithoutSpeechMovesProgressOn, ProgressNeverGoesBack, TheLanguageIsSettledOnce, FinishingEndsTheJob,
    AFailureKeepsItsErrorAndWhatWasDone, AReleasedJobIsFirstInItsOwnersQueueAgain, AJobWhoseLeaseRanOutIsClaimedAgain,
    RenewalKeepsTheClaim, ALeaseDoesNotFollowTheWallClock, AWorkerThatLostItsJobCannotChangeIt,
    AJobThatKillsThreeWorkersFailsAndBlocksNobody, ASavedWindowForgivesEarlierDeaths, ReleasesAreNotDeaths,
    CancellingTakesTheJobFromItsWorker, AnEndedJobCannotBeCancelled, ARemovedJobIsGone, TheLastEventOfARemovedJobSaysSo,
    RenamingKeepsTheRest, CompleteMediaQueueTheJobsThatWait, CompleteMediaDoNotWakeCancelledJobs,
    LostMediaFailTheJobsThatWait, HousekeepingSeesJobsOfAllOwners, EventsTellTheStoryInOrder,
    EventsResumeAfterAnyOfThem, EventsOfAnEndedJobKeepItsTextAndItsEnd, ARequestSentTwiceAddsOneJob,
    ARequestIsForgottenAfterADayOrWithItsJob, KeepsWhatAJobWasMadeFrom, ListsByStateAndByPartOfTheName,
    TellsTheWorkBeforeAQueuedJob, TheUsualSpeedIsTheMiddleOfTheLastJobs, AnEditIsANewVersionOfTheText,
    AnEditOfAnOldVersionChangesNothing, SegmentsAreInsertedAndDeletedAndComeBack, VersionsAreListedNewestFirst,
    WhatWasSaidIsFoundInEveryLanguage, SearchSeesTheNewestTextOfItsOwnerAlone, SearchGivesPages,
    PeaksAreKeptWithTheirJob, TellsTheLanguagesThatWereHeardMostFirst, AFailureThatMayPassIsTriedAgainLater,
    AJobThatFailsAgainAndAgainFailsForGood, ASavedWindowForgivesEarlierFailures, TextsTakeRoom);

}  // namespace v2t::testing
