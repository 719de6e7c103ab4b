// The BlobStore on disk keeps the contract, over restarts and crashes, on full disks and against hostile folders.
#include "store/disk_blob_store.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <csignal>
#include <fstream>

#include "base/temp_folder.h"
#include "domain/testing/blob_store_contract.h"
#include "store/blob_meta.h"
#include "store/folder_lock.h"

namespace v2t::store {
namespace {

using testing::bytes_of;
using testing::code_of;
using testing::content_of;

struct DiskHarness {
  TempFolder folder;
  testing::ManualClock clock;
  std::unique_ptr<DiskBlobStore> disk = DiskBlobStore::open(folder.path() / "media", clock, {0}).value();
  BlobStore& store() { return *disk; }
};

}  // namespace
}  // namespace v2t::store

namespace v2t::testing {
INSTANTIATE_TYPED_TEST_SUITE_P(Disk, BlobStoreContract, store::DiskHarness);
}

namespace v2t::store {
namespace {

class DiskBlobStoreTest : public ::testing::Test {
 protected:
  std::unique_ptr<DiskBlobStore> open() { return DiskBlobStore::open(path(), clock_, {0}).value(); }
  std::filesystem::path path() const { return folder_.path() / "media"; }
  std::filesystem::path path_of(const BlobId& id) const { return path() / id.substr(0, 2) / id; }
  // An upload of "abc", the first half of six bytes.
  BlobInfo half_uploaded() {
    auto store = open();
    const BlobInfo info = store->create(ann_, "talk.mp4", 6).value();
    store->append(ann_, info.id, 0, bytes_of("abc")).value();
    return info;
  }

  TempFolder folder_;
  SystemClock clock_;
  const OwnerId ann_ = new_id();
};

TEST_F(DiskBlobStoreTest, AnUploadGoesOnAfterARestart) {
  const BlobInfo info = half_uploaded();
  auto store = open();
  const BlobInfo found = store->find(ann_, info.id).value();
  EXPECT_EQ(found.name, "talk.mp4");
  EXPECT_EQ(found.size_bytes, 3u);
  EXPECT_EQ(found.final_size_bytes, 6u);
  EXPECT_EQ(found.created, info.created);
  ASSERT_TRUE(store->append(ann_, info.id, 3, bytes_of("def")));
  ASSERT_TRUE(store->flush(ann_, info.id));
  EXPECT_EQ(content_of(open()->open(ann_, info.id).value()), "abcdef");
}

TEST_F(DiskBlobStoreTest, BytesThatReachedTheDiskBeforeACrashCount) {
  const BlobInfo info = half_uploaded();
  std::ofstream(path_of(info.id) / "data.part", std::ios::app) << "d";
  EXPECT_EQ(open()->find(ann_, info.id).value().size_bytes, 4u);
}

TEST_F(DiskBlobStoreTest, AWholeUploadThatACrashLeftIncompleteIsCompleted) {
  const BlobInfo info = half_uploaded();
  std::ofstream(path_of(info.id) / "data.part", std::ios::app) << "def";
  EXPECT_TRUE(open()->find(ann_, info.id).value().is_complete);
  EXPECT_TRUE(open()->find(ann_, info.id).value().is_complete);
}

TEST_F(DiskBlobStoreTest, ACrashInsideCreateLeavesNothing) {
  const BlobInfo info = half_uploaded();
  std::filesystem::remove(path_of(info.id) / "meta.json");
  EXPECT_EQ(code_of(open()->find(ann_, info.id)), ErrorCode::kNotFound);
  EXPECT_FALSE(std::filesystem::exists(path_of(info.id)));
}

TEST_F(DiskBlobStoreTest, ADamagedDescriptionHidesOneBlobAndDeletesNothing) {
  const BlobInfo info = half_uploaded();
  std::ofstream(path_of(info.id) / "meta.json") << "{\"owner\": 5";
  EXPECT_EQ(code_of(open()->find(ann_, info.id)), ErrorCode::kNotFound);
  EXPECT_TRUE(std::filesystem::exists(path_of(info.id) / "data.part"));
}

TEST_F(DiskBlobStoreTest, AFileLargerThanItsDeclaredSizeIsHidden) {
  const BlobInfo info = half_uploaded();
  std::ofstream(path_of(info.id) / "data.part", std::ios::app) << "more than declared";
  EXPECT_EQ(code_of(open()->find(ann_, info.id)), ErrorCode::kNotFound);
}

TEST_F(DiskBlobStoreTest, ForeignFilesInTheFolderAreLeftAlone) {
  open();
  std::filesystem::create_directories(path() / "ab" / "notes");
  std::ofstream(path() / "readme.txt") << "hello";
  open();
  EXPECT_TRUE(std::filesystem::exists(path() / "readme.txt"));
  EXPECT_TRUE(std::filesystem::exists(path() / "ab" / "notes"));
}

TEST_F(DiskBlobStoreTest, SymbolicLinksAreNotFollowed) {
  auto store = open();
  const BlobInfo info = store->create(ann_, "a", 3).value();
  ASSERT_TRUE(store->append(ann_, info.id, 0, bytes_of("abc")));
  ASSERT_TRUE(store->flush(ann_, info.id));
  std::filesystem::remove(path_of(info.id) / "data");
  std::filesystem::create_symlink("/etc/hostname", path_of(info.id) / "data");
  EXPECT_FALSE(store->open(ann_, info.id));
}

TEST_F(DiskBlobStoreTest, OfNoDeclaredSizeItOutlivesARestartWhenItWasCompletedForGood) {
  auto store = open();
  const auto complete = [&](Lifetime lifetime) {
    const BlobInfo info = store->create(ann_, "pipe", std::nullopt).value();
    store->append(ann_, info.id, 0, bytes_of("abc")).value();
    EXPECT_TRUE(store->complete(ann_, info.id, lifetime).value().is_complete);
    EXPECT_EQ(content_of(store->open(ann_, info.id).value()), "abc");
    return info.id;
  };
  const BlobId kept = complete(Lifetime::kForGood);
  const BlobId passing = complete(Lifetime::kOfProcess);
  const BlobId unfinished = store->create(ann_, "pipe", std::nullopt).value().id;
  store = open();
  EXPECT_EQ(content_of(store->open(ann_, kept).value()), "abc");
  EXPECT_EQ(code_of(store->find(ann_, passing)), ErrorCode::kNotFound);
  EXPECT_FALSE(std::filesystem::exists(path_of(passing)));
  EXPECT_FALSE(std::filesystem::exists(path_of(unfinished)));
}

TEST_F(DiskBlobStoreTest, ACompleteFileIsReadOnly) {
  auto store = open();
  const BlobInfo info = store->create(ann_, "a", 3).value();
  ASSERT_TRUE(store->append(ann_, info.id, 0, bytes_of("abc")));
  ASSERT_TRUE(store->flush(ann_, info.id));
  const auto mode = std::filesystem::status(path_of(info.id) / "data").permissions();
  EXPECT_EQ(mode, std::filesystem::perms::owner_read);
}

TEST_F(DiskBlobStoreTest, RemovalLeavesNothingOnTheDisk) {
  const BlobInfo info = half_uploaded();
  std::ofstream(path_of(info.id) / "meta.json.left-by-a-crash") << "{}";
  ASSERT_TRUE(open()->remove(ann_, info.id));
  EXPECT_FALSE(std::filesystem::exists(path_of(info.id)));
}

TEST_F(DiskBlobStoreTest, TheReserveIsKeptFree) {
  auto store = DiskBlobStore::open(path(), clock_, {uint64_t{1} << 60}).value();
  EXPECT_EQ(code_of(store->create(ann_, "a", 1)), ErrorCode::kDiskFull);
  EXPECT_THAT(store->create(ann_, "a", 1).error().message, ::testing::HasSubstr("reserve"));
}

TEST_F(DiskBlobStoreTest, WhatWasPromisedToOneUploadIsNotPromisedAgain) {
  auto store = open();
  const uint64_t most = std::filesystem::space(path()).available / 4 * 3;
  ASSERT_TRUE(store->create(ann_, "a", most));
  EXPECT_EQ(code_of(store->create(ann_, "b", most)), ErrorCode::kDiskFull);
}

TEST_F(DiskBlobStoreTest, AParentThatIsMissingIsNamed) {
  const auto store = DiskBlobStore::open(folder_.path() / "no" / "media", clock_, {0});
  ASSERT_FALSE(store);
  EXPECT_THAT(store.error().message, ::testing::HasSubstr("no/media"));
}

// In a child process with a limit on the size of files: 0 when all claims hold, else the line of the first broken one.
#define CLAIM(condition) \
  if (!(condition)) std::_Exit(__LINE__ % 251 + 1)

void expect_full_disks_to_be_survived(const std::filesystem::path& folder) {
  const OwnerId owner = new_id();
  const SystemClock clock;
  auto store = DiskBlobStore::open(folder, clock, {0}).value();
  const BlobInfo info = store->create(owner, "a", 20'000).value();
  CLAIM(store->append(owner, info.id, 0, bytes_of(std::string(5'000, 'a'))));
  const auto failed = store->append(owner, info.id, 5'000, bytes_of(std::string(15'000, 'b')));
  CLAIM(code_of(failed) == ErrorCode::kDiskFull);
  CLAIM(store->find(owner, info.id).value().size_bytes == 5'000);
  CLAIM(std::filesystem::file_size(folder / info.id.substr(0, 2) / info.id / "data.part") == 5'000);
  CLAIM(store->append(owner, info.id, 5'000, bytes_of("c")).value() == 5'001);
  std::_Exit(0);
}

TEST_F(DiskBlobStoreTest, AWriteThatFailsHalfwayIsUndone) {
  const pid_t child = ::fork();
  if (child == 0) {
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{10'000, 10'000};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    expect_full_disks_to_be_survived(path());
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0) << "line " << WEXITSTATUS(status) << " modulo 251";
}

TEST(BlobMeta, RefusesWhatItDidNotWrite) {
  const BlobId id = new_id();
  EXPECT_TRUE(blob_meta_from_json(id, blob_meta_to_json({id, new_id(), "a", 0, 5, false, {}})));
  EXPECT_FALSE(blob_meta_from_json(id, ""));
  EXPECT_FALSE(blob_meta_from_json(id, "[]"));
  EXPECT_FALSE(blob_meta_from_json(id, R"({"owner":"a","name":"b"})"));
  EXPECT_FALSE(blob_meta_from_json(id, R"({"owner":"a","name":"b","created_ms":1,"size_bytes":-1})"));
  EXPECT_FALSE(blob_meta_from_json(id, R"({"owner":"a","name":"b","created_ms":1,"size_bytes":1e30})"));
}

TEST(FolderLock, IsHeldByOne) {
  const TempFolder folder;
  {
    const auto held = FolderLock::take(folder.path());
    ASSERT_TRUE(held);
    EXPECT_EQ(code_of(FolderLock::take(folder.path())), ErrorCode::kConflict);
  }
  EXPECT_TRUE(FolderLock::take(folder.path()));
}

TEST(FolderLock, NamesTheFolderThatIsMissing) {
  const TempFolder folder;
  const auto held = FolderLock::take(folder.path() / "no");
  ASSERT_FALSE(held);
  EXPECT_THAT(held.error().message, ::testing::HasSubstr("no/lock"));
  EXPECT_THAT(held.error().message, ::testing::HasSubstr("DATA_DIR"));
}

}  // namespace
}  // namespace v2t::store
