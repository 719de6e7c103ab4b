// What the contract suites of JobStore share: job_store_contract.h, job_queue_contract.h, job_work_contract.h and
// job_text_contract.h. Instantiate each with a harness that has a `ManualClock clock` and a `JobStore& store()`:
// INSTANTIATE_TYPED_TEST_SUITE_P(Sqlite, JobStoreContract, SqliteHarness);
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
class JobStoreFixture : public ::testing::Test {
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

}  // namespace v2t::testing
