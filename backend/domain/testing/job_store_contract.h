// What every JobStore promises of jobs: they are kept, listed, counted, renamed and removed, as tests.
#pragma once

#include "domain/testing/job_store_fixture.h"

namespace v2t::testing {

template <class Harness>
class JobStoreContract : public JobStoreFixture<Harness> {};
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

TYPED_TEST_P(JobStoreContract, CountsJobsOfAllOwnersByState) {
  this->add(this->ann_);
  this->add(this->bob_);
  this->add(this->bob_);
  this->claim();
  const auto counts = this->store().count_states().value();
  EXPECT_EQ(counts.at(JobState::kQueued), 2U);
  EXPECT_EQ(counts.at(JobState::kRunning), 1U);
}

TYPED_TEST_P(JobStoreContract, TransientJobsAreWorkedOnButNeitherListedNorFound) {
  Job job = queued_job(this->ann_);
  job.is_transient = true;
  this->add(job);
  const Job kept = this->add(this->ann_);
  EXPECT_EQ(this->store().count(this->ann_, {}).value(), 1U);
  EXPECT_EQ(this->store().list(this->ann_, {}, 10, 0).value().at(0).id, kept.id);
  ASSERT_EQ(this->store().transient(10).value().size(), 1U);
  EXPECT_EQ(this->store().transient(10).value().at(0).id, job.id);
  EXPECT_TRUE(this->now(job).is_transient);
  const Claim held = this->claim();
  EXPECT_EQ(held.job.id, job.id);
  this->append(held, 0, "secret plans");
  EXPECT_THAT(this->found({"secret"}), ::testing::IsEmpty());
  EXPECT_THAT(this->found({"pl"}), ::testing::IsEmpty());
  this->edit(job, {SegmentChange{.segment = 0, .text = "new secret plans"}});
  EXPECT_THAT(this->found({"secret"}), ::testing::IsEmpty());
}

REGISTER_TYPED_TEST_SUITE_P(JobStoreContract, KeepsEveryFieldOfANewJob, KeepsDefaultSettings,
                            ForeignAndUnknownJobsAreNotFoundAlike, ListsJobsOfOneOwnerNewestFirstInPages,
                            AnEndedJobCannotBeCancelled, ARemovedJobIsGone, TheLastEventOfARemovedJobSaysSo,
                            RenamingKeepsTheRest, CompleteMediaQueueTheJobsThatWait,
                            CompleteMediaDoNotWakeCancelledJobs, LostMediaFailTheJobsThatWait,
                            HousekeepingSeesJobsOfAllOwners, ARequestSentTwiceAddsOneJob,
                            ARequestIsForgottenAfterADayOrWithItsJob, KeepsWhatAJobWasMadeFrom,
                            ListsByStateAndByPartOfTheName, CountsJobsOfAllOwnersByState,
                            TransientJobsAreWorkedOnButNeitherListedNorFound);

}  // namespace v2t::testing
