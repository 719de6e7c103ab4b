// What every JobStore promises of texts: versions, and what is found in them, as tests.
#pragma once

#include "domain/testing/job_store_fixture.h"

namespace v2t::testing {

template <class Harness>
class JobTextContract : public JobStoreFixture<Harness> {};
TYPED_TEST_SUITE_P(JobTextContract);

TYPED_TEST_P(JobTextContract, AnEditIsANewVersionOfTheText) {
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

TYPED_TEST_P(JobTextContract, AnEditOfAnOldVersionChangesNothing) {
  const Job job = this->add(this->ann_);
  this->append(this->claim(), 0, "recognised");
  const auto before = this->store().text(job.owner, job.id, std::nullopt).value();
  this->edit(job, {SegmentChange{0, "first"}});
  const TextEdit late = apply_changes(before, std::vector<TextChange>{SegmentChange{0, "second"}}).value();
  EXPECT_EQ(code_of(this->store().save_edit(job.owner, job.id, before, late, std::nullopt)), ErrorCode::kStale);
  EXPECT_EQ(this->store().segments(job.owner, job.id, 0).value().at(0).text, "first");
  EXPECT_EQ(code_of(this->store().save_edit(this->bob_, job.id, before, late, std::nullopt)), ErrorCode::kNotFound);
}

TYPED_TEST_P(JobTextContract, SegmentsAreInsertedAndDeletedAndComeBack) {
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

TYPED_TEST_P(JobTextContract, VersionsAreListedNewestFirst) {
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

TYPED_TEST_P(JobTextContract, WhatWasSaidIsFoundInEveryLanguage) {
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

TYPED_TEST_P(JobTextContract, SearchSeesTheNewestTextOfItsOwnerAlone) {
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

TYPED_TEST_P(JobTextContract, SearchGivesPages) {
  this->add(this->ann_);
  const Claim held = this->claim();
  for (uint64_t window = 0; window < 5; ++window) this->append(held, window, "word");
  const auto page = this->store().search(this->ann_, {{"word"}, 2, 4}).value();
  EXPECT_EQ(page.total, 5u);
  EXPECT_EQ(page.hits.size(), 1u);
}

TYPED_TEST_P(JobTextContract, TextsTakeRoom) {
  this->add(this->ann_);
  EXPECT_EQ(this->store().text_bytes(this->ann_).value(), 0u);
  this->append(this->claim(), 0, "some text");
  EXPECT_GE(this->store().text_bytes(this->ann_).value(), 9u);
  EXPECT_EQ(this->store().text_bytes(this->bob_).value(), 0u);
}

REGISTER_TYPED_TEST_SUITE_P(JobTextContract, AnEditIsANewVersionOfTheText, AnEditOfAnOldVersionChangesNothing,
                            SegmentsAreInsertedAndDeletedAndComeBack, VersionsAreListedNewestFirst,
                            WhatWasSaidIsFoundInEveryLanguage, SearchSeesTheNewestTextOfItsOwnerAlone, SearchGivesPages,
                            TextsTakeRoom);

}  // namespace v2t::testing
