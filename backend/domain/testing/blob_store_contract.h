// What every BlobStore promises, as tests. Instantiate with a harness that has a `ManualClock clock` and a
// `BlobStore& store()`.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "domain/blob_store.h"
#include "domain/testing/error_code.h"
#include "domain/testing/manual_clock.h"

namespace v2t::testing {

inline std::span<const std::byte> bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }

inline std::string content_of(const UniqueFd& file) {
  std::string content(1'000'000, '\0');
  const ssize_t n = ::pread(file.get(), content.data(), content.size(), 0);
  content.resize(n < 0 ? 0 : static_cast<size_t>(n));
  return content;
}

template <class Harness>
class BlobStoreContract : public ::testing::Test {
 protected:
  BlobStore& store() { return harness_.store(); }
  ManualClock& clock() { return harness_.clock; }
  BlobInfo create(uint64_t size) { return store().create(ann_, "talk.mp4", size).value(); }
  BlobInfo create_complete(const std::string& content) {
    const BlobInfo info = create(content.size());
    EXPECT_TRUE(store().append(ann_, info.id, 0, bytes_of(content)));
    return store().flush(ann_, info.id).value();
  }

  const OwnerId ann_ = new_id();
  const OwnerId bob_ = new_id();

 private:
  Harness harness_;
};

TYPED_TEST_SUITE_P(BlobStoreContract);

TYPED_TEST_P(BlobStoreContract, ANewBlobIsEmptyAndIncomplete) {
  const BlobInfo made = this->store().create(this->ann_, "../Видео \"1\".mp4", 10).value();
  const BlobInfo found = this->store().find(this->ann_, made.id).value();
  EXPECT_TRUE(is_id(made.id));
  EXPECT_EQ(found.name, "../Видео \"1\".mp4");
  EXPECT_EQ(found.owner, this->ann_);
  EXPECT_EQ(found.size_bytes, 0u);
  EXPECT_EQ(found.final_size_bytes, 10u);
  EXPECT_FALSE(found.is_complete);
  EXPECT_EQ(found.created, this->clock().now());
}

TYPED_TEST_P(BlobStoreContract, ForeignAndUnknownBlobsAreNotFoundAlike) {
  const BlobInfo info = this->create_complete("abc");
  auto& store = this->store();
  EXPECT_EQ(code_of(store.find(this->bob_, info.id)), ErrorCode::kNotFound);
  EXPECT_EQ(code_of(store.find(this->ann_, new_id())), ErrorCode::kNotFound);
  EXPECT_EQ(code_of(store.find(this->ann_, "../../etc/passwd")), ErrorCode::kNotFound);
  EXPECT_EQ(code_of(store.append(this->bob_, info.id, 0, bytes_of("x"))), ErrorCode::kNotFound);
  EXPECT_EQ(code_of(store.flush(this->bob_, info.id)), ErrorCode::kNotFound);
  EXPECT_EQ(code_of(store.open(this->bob_, info.id)), ErrorCode::kNotFound);
  EXPECT_EQ(code_of(store.remove(this->bob_, info.id)), ErrorCode::kNotFound);
}

TYPED_TEST_P(BlobStoreContract, GrowsByAppendsAndIsCompleteWithItsDeclaredSize) {
  const BlobInfo info = this->create(6);
  EXPECT_EQ(this->store().append(this->ann_, info.id, 0, bytes_of("abc")).value(), 3u);
  EXPECT_FALSE(this->store().flush(this->ann_, info.id).value().is_complete);
  EXPECT_EQ(this->store().append(this->ann_, info.id, 3, bytes_of("def")).value(), 6u);
  EXPECT_TRUE(this->store().flush(this->ann_, info.id).value().is_complete);
  EXPECT_EQ(content_of(this->store().open(this->ann_, info.id).value()), "abcdef");
}

TYPED_TEST_P(BlobStoreContract, RefusesAnyOtherOffset) {
  const BlobInfo info = this->create(6);
  ASSERT_TRUE(this->store().append(this->ann_, info.id, 0, bytes_of("abc")));
  EXPECT_EQ(code_of(this->store().append(this->ann_, info.id, 0, bytes_of("abc"))), ErrorCode::kConflict);
  EXPECT_EQ(code_of(this->store().append(this->ann_, info.id, 4, bytes_of("e"))), ErrorCode::kConflict);
  EXPECT_EQ(code_of(this->store().append(this->ann_, info.id, UINT64_MAX, bytes_of("e"))), ErrorCode::kConflict);
  EXPECT_EQ(this->store().find(this->ann_, info.id).value().size_bytes, 3u);
}

TYPED_TEST_P(BlobStoreContract, RefusesMoreThanDeclaredAndTakesNothingOfIt) {
  const BlobInfo info = this->create(4);
  ASSERT_TRUE(this->store().append(this->ann_, info.id, 0, bytes_of("abc")));
  EXPECT_EQ(code_of(this->store().append(this->ann_, info.id, 3, bytes_of("de"))), ErrorCode::kTooLarge);
  EXPECT_EQ(this->store().append(this->ann_, info.id, 3, bytes_of("d")).value(), 4u);
}

TYPED_TEST_P(BlobStoreContract, ACompleteBlobNeverChanges) {
  const BlobInfo info = this->create_complete("abc");
  EXPECT_EQ(code_of(this->store().append(this->ann_, info.id, 3, bytes_of("d"))), ErrorCode::kConflict);
  EXPECT_TRUE(this->store().flush(this->ann_, info.id).value().is_complete);
  EXPECT_EQ(content_of(this->store().open(this->ann_, info.id).value()), "abc");
}

TYPED_TEST_P(BlobStoreContract, AnEmptyBlobIsCompleteAfterAFlush) {
  const BlobInfo info = this->create(0);
  EXPECT_TRUE(this->store().flush(this->ann_, info.id).value().is_complete);
  EXPECT_EQ(content_of(this->store().open(this->ann_, info.id).value()), "");
}

TYPED_TEST_P(BlobStoreContract, WithoutADeclaredSizeItGrowsOn) {
  const BlobInfo info = this->store().create(this->ann_, "pipe", std::nullopt).value();
  ASSERT_TRUE(this->store().append(this->ann_, info.id, 0, bytes_of("abc")));
  const BlobInfo flushed = this->store().flush(this->ann_, info.id).value();
  EXPECT_FALSE(flushed.is_complete);
  EXPECT_EQ(flushed.final_size_bytes, std::nullopt);
}

TYPED_TEST_P(BlobStoreContract, AnIncompleteBlobCannotBeRead) {
  const BlobInfo info = this->create(4);
  EXPECT_EQ(code_of(this->store().open(this->ann_, info.id)), ErrorCode::kConflict);
}

TYPED_TEST_P(BlobStoreContract, ARemovedBlobIsGoneButReadersKeepIt) {
  const BlobInfo info = this->create_complete("abc");
  const UniqueFd file = this->store().open(this->ann_, info.id).value();
  ASSERT_TRUE(this->store().remove(this->ann_, info.id));
  EXPECT_EQ(code_of(this->store().find(this->ann_, info.id)), ErrorCode::kNotFound);
  EXPECT_EQ(code_of(this->store().open(this->ann_, info.id)), ErrorCode::kNotFound);
  EXPECT_EQ(code_of(this->store().remove(this->ann_, info.id)), ErrorCode::kNotFound);
  EXPECT_EQ(content_of(file), "abc");
}

TYPED_TEST_P(BlobStoreContract, RefusesWhatTheDiskCannotHold) {
  EXPECT_EQ(code_of(this->store().create(this->ann_, "a", uint64_t{1} << 49)), ErrorCode::kDiskFull);
  EXPECT_TRUE(this->store().incomplete(this->ann_).value().empty());
}

TYPED_TEST_P(BlobStoreContract, KnowsTheUploadsUnderWayOfAnOwner) {
  const BlobInfo info = this->create(4);
  this->create_complete("abc");
  const auto infos = this->store().incomplete(this->ann_).value();
  ASSERT_EQ(infos.size(), 1u);
  EXPECT_EQ(infos[0].id, info.id);
  EXPECT_TRUE(this->store().incomplete(this->bob_).value().empty());
}

TYPED_TEST_P(BlobStoreContract, AbandonedMeansNotTouchedForLong) {
  const BlobInfo info = this->create(4);
  this->create_complete("abc");
  this->clock().advance(std::chrono::hours(1));
  const WallTime later = this->clock().now();
  EXPECT_EQ(this->store().abandoned(later).value().at(0).id, info.id);
  ASSERT_TRUE(this->store().append(this->ann_, info.id, 0, bytes_of("a")));
  EXPECT_TRUE(this->store().abandoned(later).value().empty());
}

TYPED_TEST_P(BlobStoreContract, KnowsWhatWasCompletedBefore) {
  this->create(4);
  const BlobInfo info = this->create_complete("abc");
  const WallTime then = this->clock().now();
  EXPECT_TRUE(this->store().completed(then).value().empty());
  EXPECT_EQ(this->store().completed(then + Millis(1)).value().at(0).id, info.id);
}

TYPED_TEST_P(BlobStoreContract, WithoutADeclaredSizeItEndsWhereItIsTold) {
  const BlobInfo info = this->store().create(this->ann_, "pipe", std::nullopt).value();
  ASSERT_TRUE(this->store().append(this->ann_, info.id, 0, std::as_bytes(std::span("abc", 3))));
  const BlobInfo whole = this->store().complete(this->ann_, info.id, Lifetime::kForGood).value();
  EXPECT_TRUE(whole.is_complete);
  EXPECT_EQ(whole.size_bytes, 3U);
  EXPECT_TRUE(this->store().open(this->ann_, info.id));
  EXPECT_TRUE(this->store().complete(this->ann_, info.id, Lifetime::kForGood).value().is_complete);
  EXPECT_EQ(code_of(this->store().append(this->ann_, info.id, 3, std::as_bytes(std::span("d", 1)))),
            ErrorCode::kConflict);
}

TYPED_TEST_P(BlobStoreContract, DoesNotEndBeforeItsDeclaredSize) {
  EXPECT_EQ(code_of(this->store().complete(this->ann_, this->create(4).id, Lifetime::kForGood)), ErrorCode::kConflict);
}

REGISTER_TYPED_TEST_SUITE_P(BlobStoreContract, WithoutADeclaredSizeItEndsWhereItIsTold, DoesNotEndBeforeItsDeclaredSize,
                            ANewBlobIsEmptyAndIncomplete, ForeignAndUnknownBlobsAreNotFoundAlike,
                            GrowsByAppendsAndIsCompleteWithItsDeclaredSize, RefusesAnyOtherOffset,
                            RefusesMoreThanDeclaredAndTakesNothingOfIt, ACompleteBlobNeverChanges,
                            AnEmptyBlobIsCompleteAfterAFlush, WithoutADeclaredSizeItGrowsOn,
                            AnIncompleteBlobCannotBeRead, ARemovedBlobIsGoneButReadersKeepIt,
                            RefusesWhatTheDiskCannotHold, KnowsTheUploadsUnderWayOfAnOwner,
                            AbandonedMeansNotTouchedForLong, KnowsWhatWasCompletedBefore);

}  // namespace v2t::testing
