// Tests of the worker: jobs are done, resumed, cancelled, dropped, and fail as they should.
#include "app/services/worker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "app/services/jobs.h"
#include "base/log.h"
#include "domain/testing/error_code.h"
#include "domain/testing/fake_speech.h"
#include "domain/testing/manual_clock.h"
#include "domain/testing/memory_blob_store.h"
#include "domain/testing/memory_job_store.h"

namespace v2t {
namespace {

using ::testing::ElementsAre;
using testing::fake_segment;
using testing::FakeEngine;
using ::testing::Field;
using testing::Gate;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using namespace std::chrono_literals;

class WorkerTest : public ::testing::Test {
 protected:
  void SetUp() override { log::configure(log::Level::kSilent, log::Format::kText); }
  void start() {
    worker_ = std::make_unique<Worker>(
        WorkerParts{store_, blobs_, models_, media_, *bell_, activities_, clock_,
                    [this](const ModelFiles&, std::stop_token stop) { return load(stop); }, testing::make_fake_windows},
        options_);
  }
  Result<std::unique_ptr<SpeechEngine>> load(std::stop_token stop) {
    if (loading_gate_) loading_gate_->pass(stop);
    if (stop.stop_requested()) return fail(ErrorCode::kCancelled, "stopped while loading");
    if (engine_error_) return tl::unexpected(*engine_error_);
    return std::make_unique<FakeEngine>(script_);
  }
  // A queued job for a file with this content.
  JobId add(const std::string& content, const JobSettings& settings = {}) { return add_of(owner_, content, settings); }
  JobId add_of(const OwnerId& owner, const std::string& content, const JobSettings& settings = {}) {
    const BlobInfo blob = blobs_.add(owner, "lecture.mp4", content);
    return jobs_.create(owner, blob.id, settings).value().job.id;
  }
  // Of three windows, the first of which is done; the worker waits at the gate with the second.
  JobId add_held() {
    script_.gates[1] = &gate_;
    const JobId id = add("90");
    start();
    gate_.wait_for_visitor();
    return id;
  }
  // Of 120 s; its worker died after windows that end at these times.
  JobId add_half_done(std::initializer_list<Millis> ends) {
    const JobId id = add("120");
    const Claim dead = store_.claim_next(options_.lease).value().value();
    EXPECT_TRUE(store_.set_language(dead, "ru"));
    uint64_t window = 0;
    for (const Millis end : ends) {
      EXPECT_TRUE(store_.append_segments(dead, window, {fake_segment(window, "ru")}, {end, {}, {}}));
      ++window;
    }
    clock_.advance(options_.lease);
    return id;
  }
  Job job(const JobId& id) { return store_.find(owner_, id).value(); }
  std::vector<Segment> segments(const JobId& id) { return store_.segments(owner_, id, 0).value(); }

  // Looks again at every ring; gives up only where a test would hang for ever.
  template <class Condition>
  void wait_until(Condition condition) {
    for (int tries = 0; tries < 1'000; ++tries) {
      const uint64_t seen = bell_->rings();
      if (condition()) return;
      bell_->wait(seen, 100ms, {});
    }
    FAIL() << "waited in vain";
  }
  Job wait_for_end(const JobId& id) {
    wait_until([&] { return is_final(job(id).state); });
    return job(id);
  }
  void wait_until_dropped(const JobId& id) {
    wait_until([&] { return !activities_.find(id); });
  }

  const OwnerId owner_ = new_id();
  testing::ManualClock clock_;
  testing::MemoryJobStore store_{clock_};
  testing::MemoryBlobStore blobs_{clock_};
  testing::FakeModelLibrary models_;
  testing::FakeMediaReader media_;
  std::unique_ptr<Doorbell> bell_ = make_doorbell();
  ActivityBoard activities_{*bell_};
  Jobs jobs_{{store_, blobs_, *bell_, activities_, clock_}, {}};
  FakeEngine::Script script_;
  std::optional<Error> engine_error_;
  Gate gate_;
  Gate* loading_gate_ = nullptr;
  WorkerOptions options_{.slots = 1, .express_slots = 0, .preload = "", .poll = 10ms};
  std::unique_ptr<Worker> worker_;  // last: its threads use all of the above
};

TEST_F(WorkerTest, TurnsAFileIntoSegments) {
  const JobId id = add("75");
  start();
  const Job done = wait_for_end(id);
  EXPECT_EQ(done.state, JobState::kDone);
  EXPECT_EQ(done.language, "ru");
  EXPECT_EQ(done.duration, 75s);
  EXPECT_EQ(done.audio_done, 75s);
  EXPECT_THAT(done.warnings, IsEmpty());
  EXPECT_EQ(done.coverage, (Coverage{Samples(900), Samples(600), Samples(150)}));
  EXPECT_THAT(segments(id), ElementsAre(fake_segment(0, "ru"), fake_segment(1, "ru"), fake_segment(2, "ru")));
  wait_until_dropped(id);
}

TEST_F(WorkerTest, WorksOnJobsThatComeLater) {
  start();
  EXPECT_EQ(wait_for_end(add("30")).state, JobState::kDone);
}

TEST_F(WorkerTest, AGivenLanguageIsNotDetected) {
  JobSettings settings;
  settings.language = "en";
  const JobId id = add("30", settings);
  start();
  EXPECT_EQ(wait_for_end(id).language, "en");
  EXPECT_EQ(script_.n_detections, 0);
  EXPECT_THAT(segments(id), ElementsAre(fake_segment(0, "en")));
}

TEST_F(WorkerTest, AResumedJobEqualsAnUninterruptedOne) {
  const JobId whole = add("120");
  start();
  wait_for_end(whole);
  worker_.reset();

  const JobId id = add_half_done({30s, 60s});
  script_.n_detections = 0;
  script_.n_decoded_windows = 0;
  start();
  const Job done = wait_for_end(id);
  EXPECT_EQ(done.state, JobState::kDone);
  EXPECT_EQ(done.attempts, 2);
  EXPECT_EQ(segments(id), segments(whole));
  EXPECT_EQ(script_.n_decoded_windows, 2);
  EXPECT_EQ(script_.n_detections, 0);
}

TEST_F(WorkerTest, TheSpeedOfAResumedJobDoesNotCountWhatIsHeardAgain) {
  Gate second;
  script_.gates = {{1, &gate_}, {2, &second}};
  const JobId id = add_half_done({30s});
  start();
  gate_.wait_for_visitor();
  clock_.advance(100s);
  gate_.open();
  second.wait_for_visitor();
  EXPECT_EQ(job(id).speed, std::nullopt);
  clock_.advance(10s);
  second.open();
  EXPECT_FLOAT_EQ(static_cast<float>(wait_for_end(id).speed.value()), 6);  // the last of 60 s in 10
}

TEST_F(WorkerTest, AJobWhoseWindowsAnotherProgramCutGoesOnWhereTheyEnd) {
  const JobId id = add_half_done({9s, 20s});
  start();
  const Job done = wait_for_end(id);
  EXPECT_EQ(done.state, JobState::kDone);
  EXPECT_EQ(done.windows_done, 2u + 4u);  // 100 s are left: three windows of 30 s, one of 10 s
  EXPECT_EQ(script_.n_decoded_windows, 4);
}

TEST_F(WorkerTest, AShutdownKeepsSavedWindowsAndGivesTheJobBack) {
  const JobId id = add_held();
  worker_.reset();
  EXPECT_EQ(job(id).state, JobState::kQueued);
  EXPECT_THAT(segments(id), ElementsAre(fake_segment(0, "ru")));
  gate_.open();
  start();
  EXPECT_EQ(wait_for_end(id).state, JobState::kDone);
  EXPECT_THAT(segments(id), SizeIs(3));
}

TEST_F(WorkerTest, AShutdownDoesNotWaitForAModelToLoad) {
  loading_gate_ = &gate_;
  options_.preload = "base";
  const JobId id = add("30");
  start();
  gate_.wait_for_visitor();
  worker_->request_stop();
  worker_.reset();
  EXPECT_EQ(job(id).state, JobState::kQueued);
}

TEST_F(WorkerTest, NoMediaAreHeldOpenWhileAModelIsOnItsWay) {
  loading_gate_ = &gate_;
  const JobId id = add("30");
  start();
  gate_.wait_for_visitor();
  EXPECT_EQ(media_.n_open(), 0);
  gate_.open();
  EXPECT_EQ(wait_for_end(id).state, JobState::kDone);
}

TEST_F(WorkerTest, AnotherJobLoadsTheModelWhenTheOneThatLoadsItIsCancelled) {
  loading_gate_ = &gate_;
  options_.slots = 2;
  const JobId first = add("30");
  start();
  gate_.wait_for_visitor();
  const JobId second = add("30");
  wait_until([&] {
    const auto activity = activities_.find(second);
    return activity && activity->phase == Activity::Phase::kLoadingModel;
  });
  ASSERT_TRUE(jobs_.cancel(owner_, first));
  wait_until_dropped(first);
  gate_.open();
  EXPECT_EQ(wait_for_end(second).state, JobState::kDone);
}

TEST_F(WorkerTest, CancellingStopsTheWork) {
  const JobId id = add_held();
  EXPECT_EQ(jobs_.cancel(owner_, id).value().job.state, JobState::kCancelled);
  wait_until_dropped(id);
  EXPECT_EQ(job(id).state, JobState::kCancelled);
  EXPECT_THAT(segments(id), SizeIs(1));
  EXPECT_EQ(wait_for_end(add("20")).state, JobState::kDone);
}

TEST_F(WorkerTest, DeletingStopsTheWorkAndLeavesNothing) {
  const JobId id = add_held();
  const BlobId media = job(id).media;
  ASSERT_TRUE(jobs_.remove(owner_, id));
  wait_until_dropped(id);
  EXPECT_EQ(testing::code_of(store_.find(owner_, id)), ErrorCode::kNotFound);
  EXPECT_EQ(testing::code_of(blobs_.find(owner_, media)), ErrorCode::kNotFound);
}

TEST_F(WorkerTest, AWorkerThatLostItsLeaseWritesNothingMore) {
  const JobId id = add_held();
  const Claim other = store_.take_over(id);
  bell_->ring();
  wait_until_dropped(id);
  EXPECT_EQ(job(id).state, JobState::kRunning);
  EXPECT_THAT(segments(id), SizeIs(1));
  EXPECT_TRUE(store_.append_segments(other, 1, {fake_segment(1, "ru")}, {}));
}

TEST_F(WorkerTest, AnUnreadableFileFailsWithItsReason) {
  const JobId id = add("not media");
  start();
  const Job failed = wait_for_end(id);
  EXPECT_EQ(failed.state, JobState::kFailed);
  ASSERT_NE(failed.error, std::nullopt);
  EXPECT_EQ(failed.error->code, ErrorCode::kNotMedia);
  EXPECT_THAT(failed.error->message, HasSubstr("lecture.mp4"));
  EXPECT_EQ(models_.n_calls(), 0);
}

TEST_F(WorkerTest, DeletedMediaFailTheJob) {
  const JobId id = add("30");
  ASSERT_TRUE(blobs_.remove(owner_, job(id).media));
  start();
  const Job failed = wait_for_end(id);
  ASSERT_NE(failed.error, std::nullopt);
  EXPECT_EQ(failed.error->code, ErrorCode::kNotFound);
  EXPECT_THAT(failed.error->message, HasSubstr("upload it again"));
}

TEST_F(WorkerTest, AnEngineThatCannotBeLoadedFailsTheJob) {
  engine_error_ = Error{ErrorCode::kModelInvalid, "model.bin is damaged"};
  const JobId id = add("30");
  start();
  EXPECT_EQ(wait_for_end(id).error, engine_error_);
}

TEST_F(WorkerTest, AnErrorOfTheEngineKeepsWhatWasDone) {
  script_.errors[1] = Error{ErrorCode::kInternal, "the engine broke"};
  const JobId id = add("90");
  start();
  EXPECT_EQ(wait_for_end(id).error, script_.errors[1]);
  EXPECT_THAT(segments(id), SizeIs(1));
}

TEST_F(WorkerTest, AnExceptionFailsOneJobAndNoMore) {
  script_.throws = true;
  const JobId id = add("30");
  start();
  EXPECT_THAT(wait_for_end(id).error.value().message, HasSubstr("exploded"));
  script_.throws = false;
  EXPECT_EQ(wait_for_end(add("30")).state, JobState::kDone);
}

TEST_F(WorkerTest, AnUnknownModelFailsTheJob) {
  JobSettings settings;
  settings.model = "gigantic";
  const JobId id = add("30", settings);
  start();
  EXPECT_EQ(wait_for_end(id).error.value().code, ErrorCode::kNotFound);
}

TEST_F(WorkerTest, AModelThatIsNotAvailableFailsTheJobWithTheRemedyAndTheNextJobAsksAgain) {
  models_.fail_next(1);
  const JobId id = add("30");
  start();
  const Job failed = wait_for_end(id);
  EXPECT_EQ(failed.state, JobState::kFailed);
  EXPECT_EQ(failed.error.value().code, ErrorCode::kModelUnavailable);
  EXPECT_THAT(failed.error->message, HasSubstr("fetch_weights"));
  EXPECT_EQ(wait_for_end(add("30")).state, JobState::kDone);
}

TEST_F(WorkerTest, AClipDoesNotWaitForAFilm) {
  options_.slots = 2;
  script_.gates[3] = &gate_;
  const JobId film = add("900");
  start();
  gate_.wait_for_visitor();
  const JobId clip = add("5");
  EXPECT_EQ(wait_for_end(clip).state, JobState::kDone);
  EXPECT_EQ(job(film).state, JobState::kRunning);
  EXPECT_EQ(activities_.find(film)->phase, Activity::Phase::kTranscribing);
  gate_.open();
  EXPECT_EQ(wait_for_end(film).state, JobState::kDone);
  EXPECT_THAT(segments(film), SizeIs(30));
  EXPECT_EQ(models_.n_calls(), 1);
}

TEST_F(WorkerTest, AFailureThatMayPassIsTriedAgainAfterAPause) {
  script_.errors[1] = {ErrorCode::kUnavailable, "the decoding process was killed"};
  const JobId id = add("60");
  start();
  wait_until([&] { return job(id).failures == 1; });
  wait_until_dropped(id);
  EXPECT_EQ(job(id).state, JobState::kQueued);
  script_.errors.clear();
  clock_.advance(2s);
  EXPECT_EQ(wait_for_end(id).state, JobState::kDone);
  EXPECT_THAT(segments(id), SizeIs(2));
}

TEST_F(WorkerTest, TheWaveformIsKeptWithTheJob) {
  const JobId id = add("60");
  start();
  wait_for_end(id);
  const Peaks peaks = store_.peaks(owner_, id).value();
  EXPECT_TRUE(peaks.is_complete);
  EXPECT_EQ(peaks.step * peaks.values.size(), 60s);
}

TEST_F(WorkerTest, AFullDiskDelaysAJobButDoesNotFailIt) {
  const JobId id = add_held();
  store_.fail_writes_with(Error{ErrorCode::kDiskFull, "no space left"});
  gate_.open();
  wait_until_dropped(id);
  EXPECT_EQ(job(id).state, JobState::kRunning);
  store_.fail_writes_with(std::nullopt);
  EXPECT_EQ(wait_for_end(id).state, JobState::kDone);
  EXPECT_EQ(job(id).attempts, 2);
  EXPECT_THAT(segments(id), SizeIs(3));
}

TEST_F(WorkerTest, AFullDiskDoesNotHoldUpAShutdown) {
  options_.poll = 1h;
  const JobId id = add_held();
  store_.fail_writes_with(Error{ErrorCode::kDiskFull, "no space left"});
  gate_.open();
  wait_until_dropped(id);
  worker_.reset();
  EXPECT_EQ(job(id).state, JobState::kRunning);
}

TEST_F(WorkerTest, AStoreThatCannotTakeAWindowFailsTheJob) {
  const JobId id = add_held();
  store_.fail_next_append_with(Error{ErrorCode::kInternal, "text too big"});
  gate_.open();
  EXPECT_EQ(wait_for_end(id).error.value().message, "text too big");
}

TEST_F(WorkerTest, AFileThatKilledTheProcessThreeTimesFailsAndTheNextOneIsDone) {
  const JobId poison = add("30");
  for (int death = 0; death < JobStore::kMaxDeaths; ++death) {
    ASSERT_NE(store_.claim_next(options_.lease).value(), std::nullopt);
    clock_.advance(options_.lease);
  }
  const JobId next = add("30");
  start();
  const Job failed = wait_for_end(poison);
  EXPECT_EQ(failed.state, JobState::kFailed);
  EXPECT_THAT(failed.error.value().message, HasSubstr("stopped three times while working on this file"));
  EXPECT_EQ(failed.attempts, JobStore::kMaxDeaths);
  EXPECT_EQ(wait_for_end(next).state, JobState::kDone);
}

TEST_F(WorkerTest, SilenceIsDoneWithAWarning) {
  const JobId id = add("0");
  start();
  const Job done = wait_for_end(id);
  EXPECT_EQ(done.state, JobState::kDone);
  EXPECT_THAT(done.warnings, ElementsAre(Field(&Warning::code, WarningCode::kNoSpeech)));
}

TEST_F(WorkerTest, IsReadyOnceItsFirstModelIsLoaded) {
  options_.preload = "base";
  start();
  wait_until([&] { return worker_->readiness().is_ready; });
  EXPECT_THAT(worker_->downloads(), IsEmpty());
}

TEST_F(WorkerTest, SaysWhyItIsNotReady) {
  options_.preload = "gigantic";
  start();
  wait_until([&] { return worker_->readiness().reason == "there is no model gigantic"; });
  EXPECT_FALSE(worker_->readiness().is_ready);
  EXPECT_EQ(worker_->readiness().problem->message, "there is no model gigantic");
}

TEST_F(WorkerTest, TwoModelsTakeTurnsInOnePlace) {
  options_.slots = 2;
  options_.max_engines = 1;
  JobSettings small;
  small.model = "small";
  const JobId first = add("60");
  const JobId second = add("60", small);
  start();
  EXPECT_EQ(wait_for_end(first).state, JobState::kDone);
  EXPECT_EQ(wait_for_end(second).state, JobState::kDone);
}

TEST_F(WorkerTest, HousekeepingQueuesJobsWhoseUploadWasCompletedByACrashedProcess) {
  Job waiting;
  waiting.id = new_id();
  waiting.owner = owner_;
  waiting.media = blobs_.add(owner_, "a", "30").id;
  ASSERT_TRUE(store_.add(waiting));
  start();
  EXPECT_EQ(wait_for_end(waiting.id).state, JobState::kDone);
}

// Films stop at their second window, which a clip does not have.
TEST_F(WorkerTest, AClipIsDoneWhileFilmsHoldAllSlots) {
  options_.slots = 2;
  options_.express_slots = 1;
  script_.gates[1] = &gate_;
  std::vector<JobId> films(5);
  std::ranges::generate(films, [this] { return add("10800"); });
  start();
  gate_.wait_for_visitor();
  const JobId clip = add("5");
  EXPECT_EQ(wait_for_end(clip).state, JobState::kDone);
  const auto n_running =
      std::ranges::count_if(films, [&](const JobId& id) { return job(id).state == JobState::kRunning; });
  EXPECT_EQ(n_running, 2);
  EXPECT_EQ(job(films.back()).state, JobState::kQueued);
  EXPECT_EQ(job(films.back()).duration, 10800s);
  gate_.open();
}

TEST_F(WorkerTest, AnOwnerWithNothingRunningTakesThePlaceOfAnothersSecondFilm) {
  options_.slots = 2;
  script_.gates[1] = &gate_;
  start();
  const JobId first = add("10800");
  wait_until([&] { return job(first).windows_done == 1; });
  const JobId second = add("10800");
  wait_until([&] { return job(second).windows_done == 1; });
  const OwnerId other = new_id();
  const JobId theirs = add_of(other, "90");
  wait_until([&] { return store_.find(other, theirs)->state == JobState::kRunning; });
  EXPECT_EQ(job(first).state, JobState::kRunning);
  EXPECT_EQ(job(second).state, JobState::kQueued);
  gate_.open();
  wait_until([&] { return is_final(store_.find(other, theirs)->state); });
  EXPECT_EQ(wait_for_end(second).state, JobState::kDone);
  EXPECT_THAT(segments(second), SizeIs(360));
}

}  // namespace
}  // namespace v2t
