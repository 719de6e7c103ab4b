// What every JobStore promises of the queue: turns, claims, leases, deaths, later attempts, as tests.
#pragma once

#include "domain/testing/job_store_fixture.h"

namespace v2t::testing {

template <class Harness>
class JobQueueContract : public JobStoreFixture<Harness> {};
TYPED_TEST_SUITE_P(JobQueueContract);

TYPED_TEST_P(JobQueueContract, GivesNothingWhenNothingIsQueued) {
  Job job = queued_job(this->ann_);
  job.state = JobState::kUploading;
  this->add(job);
  EXPECT_EQ(this->store().claim_next(kLease).value(), std::nullopt);
}

TYPED_TEST_P(JobQueueContract, AClaimRunsTheJobAsANewAttempt) {
  const Job job = this->add(this->ann_);
  const Claim held = this->claim();
  EXPECT_EQ(held.job.id, job.id);
  EXPECT_EQ(held.job.state, JobState::kRunning);
  EXPECT_EQ(held.job.attempts, 1);
  EXPECT_EQ(held.epoch, held.job.epoch);
  EXPECT_EQ(this->now(job).started, this->clock().now());
  EXPECT_EQ(this->store().claim_next(kLease).value(), std::nullopt);
}

TYPED_TEST_P(JobQueueContract, TheJobsOfAnOwnerGoInTheirOrder) {
  const Job first = this->add(this->ann_);
  const Job second = this->add(this->ann_);
  EXPECT_EQ(this->claim().job.id, first.id);
  EXPECT_EQ(this->claim().job.id, second.id);
}

TYPED_TEST_P(JobQueueContract, AnOwnerWithManyJobsDoesNotHoldUpOthers) {
  this->add(this->ann_);
  const Job second = this->add(this->ann_);
  const Job foreign = this->add(this->bob_);
  EXPECT_EQ(this->claim().job.owner, this->ann_);
  EXPECT_EQ(this->claim().job.id, foreign.id);
  EXPECT_EQ(this->claim().job.id, second.id);
}

TYPED_TEST_P(JobQueueContract, OwnersTakeTurnsOnOneWorker) {
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

TYPED_TEST_P(JobQueueContract, QueuePositionsAreTheOrderOfClaims) {
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

TYPED_TEST_P(JobQueueContract, TheQueueIsListedInTheOrderOfClaims) {
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

TYPED_TEST_P(JobQueueContract, AShortJobIsClaimedBeforeTheFilmsOfTheQueue) {
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

TYPED_TEST_P(JobQueueContract, AWaitingJobLearnsItsDurationOnce) {
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

TYPED_TEST_P(JobQueueContract, TellsTheWorkBeforeAQueuedJob) {
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

TYPED_TEST_P(JobQueueContract, AReleasedJobIsFirstInItsOwnersQueueAgain) {
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

TYPED_TEST_P(JobQueueContract, AJobWhoseLeaseRanOutIsClaimedAgain) {
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

TYPED_TEST_P(JobQueueContract, RenewalKeepsTheClaim) {
  this->add(this->ann_);
  const Claim held = this->claim();
  this->clock().advance(kLease - Millis(1));
  ASSERT_TRUE(this->store().renew(held, kLease));
  this->clock().advance(kLease - Millis(1));
  EXPECT_EQ(this->store().claim_next(kLease).value(), std::nullopt);
}

TYPED_TEST_P(JobQueueContract, ALeaseDoesNotFollowTheWallClock) {
  this->add(this->ann_);
  this->claim();
  this->clock().jump(std::chrono::hours(1));
  EXPECT_EQ(this->store().claim_next(kLease).value(), std::nullopt);
  this->clock().jump(-std::chrono::hours(2));
  this->clock().advance(kLease);
  EXPECT_NE(this->store().claim_next(kLease).value(), std::nullopt);
}

TYPED_TEST_P(JobQueueContract, AJobThatKillsThreeWorkersFailsAndBlocksNobody) {
  const Job poison = this->add(this->ann_);
  const Job next = this->add(this->ann_);
  for (int i = 0; i < JobStore::kMaxDeaths; ++i) this->claim_and_die();
  EXPECT_EQ(this->claim().job.id, next.id);
  EXPECT_EQ(this->now(poison).state, JobState::kFailed);
  ASSERT_NE(this->now(poison).error, std::nullopt);
  EXPECT_THAT(this->now(poison).error->message, ::testing::HasSubstr("stopped"));
  EXPECT_NE(this->now(poison).finished, std::nullopt);
}

TYPED_TEST_P(JobQueueContract, ASavedWindowForgivesEarlierDeaths) {
  const Job job = this->add(this->ann_);
  this->claim_and_die();
  this->claim_and_die();
  this->append(this->claim(), 0, "progress");
  this->clock().advance(kLease);
  const Claim held = this->claim();
  EXPECT_EQ(held.job.id, job.id);
  EXPECT_EQ(held.job.attempts, 4);
}

TYPED_TEST_P(JobQueueContract, ReleasesAreNotDeaths) {
  const Job job = this->add(this->ann_);
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(this->store().release(this->claim()));
  EXPECT_EQ(this->claim().job.id, job.id);
}

TYPED_TEST_P(JobQueueContract, AFailureThatMayPassIsTriedAgainLater) {
  const Job job = this->add(this->ann_);
  ASSERT_TRUE(this->store().retry_later(this->claim(), {ErrorCode::kDecoderFailed, "it crashed"}, Millis(5000)));
  EXPECT_EQ(this->now(job).state, JobState::kQueued);
  EXPECT_EQ(this->now(job).failures, 1);
  EXPECT_EQ(this->store().queue_place(job.id).value(), std::nullopt);
  EXPECT_EQ(this->store().claim_next(kLease).value(), std::nullopt);
  this->clock().advance(Millis(5000));
  EXPECT_EQ(this->claim().job.id, job.id);
}

TYPED_TEST_P(JobQueueContract, AJobThatFailsAgainAndAgainFailsForGood) {
  const Job job = this->add(this->ann_);
  const Error error{ErrorCode::kDecoderFailed, "it crashed"};
  for (int i = 0; i < JobStore::kMaxFailures; ++i)
    ASSERT_TRUE(this->store().retry_later(this->claim(), error, Millis(0)));
  EXPECT_EQ(this->now(job).state, JobState::kFailed);
  EXPECT_EQ(this->now(job).error, error);
}

TYPED_TEST_P(JobQueueContract, ASavedWindowForgivesEarlierFailures) {
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

REGISTER_TYPED_TEST_SUITE_P(JobQueueContract, GivesNothingWhenNothingIsQueued, AClaimRunsTheJobAsANewAttempt,
                            TheJobsOfAnOwnerGoInTheirOrder, AnOwnerWithManyJobsDoesNotHoldUpOthers,
                            OwnersTakeTurnsOnOneWorker, QueuePositionsAreTheOrderOfClaims,
                            TheQueueIsListedInTheOrderOfClaims, AShortJobIsClaimedBeforeTheFilmsOfTheQueue,
                            AWaitingJobLearnsItsDurationOnce, TellsTheWorkBeforeAQueuedJob,
                            AReleasedJobIsFirstInItsOwnersQueueAgain, AJobWhoseLeaseRanOutIsClaimedAgain,
                            RenewalKeepsTheClaim, ALeaseDoesNotFollowTheWallClock,
                            AJobThatKillsThreeWorkersFailsAndBlocksNobody, ASavedWindowForgivesEarlierDeaths,
                            ReleasesAreNotDeaths, AFailureThatMayPassIsTriedAgainLater,
                            AJobThatFailsAgainAndAgainFailsForGood, ASavedWindowForgivesEarlierFailures);

}  // namespace v2t::testing
