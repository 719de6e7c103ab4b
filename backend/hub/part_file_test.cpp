// A part becomes a blob only when it is whole and right.
#include "hub/part_file.h"

#include <gtest/gtest.h>

#include <fstream>

#include "base/temp_folder.h"

namespace v2t::hub {
namespace {

namespace fs = std::filesystem;

constexpr const char* kHelloHash = "ce013625030ba8dba906f756967f9e9ca394464a";  // git hash-object of "hello\n"

std::span<const std::byte> bytes(std::string_view text) { return std::as_bytes(std::span(text)); }

class PartFileTest : public testing::Test {
 protected:
  BlobSpec hello() const { return {folder_.path() / kHelloHash, kHelloHash, 6}; }
  fs::path part() const { return part_path(hello().path); }

  TempFolder folder_;
};

TEST_F(PartFileTest, BecomesTheBlobWhenWhole) {
  auto file = PartFile::open(hello(), {});
  ASSERT_TRUE(file->append(bytes("hel")));
  EXPECT_FALSE(fs::exists(hello().path));
  ASSERT_TRUE(file->append(bytes("lo\n")));
  ASSERT_TRUE(file->finish());
  EXPECT_EQ(*read_file(hello().path, 100), "hello\n");
  EXPECT_FALSE(fs::exists(part()));
}

TEST_F(PartFileTest, GoesOnWithWhatAnEarlierAttemptLeft) {
  std::ofstream(part()) << "hel";
  auto file = PartFile::open(hello(), {});
  EXPECT_TRUE(file->is_resumed());
  EXPECT_EQ(file->size(), 3u);
  ASSERT_TRUE(file->append(bytes("lo\n")));
  EXPECT_TRUE(file->finish());
}

TEST_F(PartFileTest, WithAnotherHashIsRemoved) {
  auto file = PartFile::open(hello(), {});
  ASSERT_TRUE(file->append(bytes("hallo\n")));
  EXPECT_EQ(file->finish().error().code, ErrorCode::kUnavailable);
  EXPECT_TRUE(fs::is_empty(folder_.path()));
}

TEST_F(PartFileTest, ThatIsTooShortIsNotFinished) {
  auto file = PartFile::open(hello(), {});
  ASSERT_TRUE(file->append(bytes("hello")));
  EXPECT_FALSE(file->finish());
  EXPECT_FALSE(fs::exists(hello().path));
}

TEST_F(PartFileTest, TakesNoMoreThanTheBlobsSize) {
  auto file = PartFile::open(hello(), {});
  ASSERT_TRUE(file->append(bytes("hel")));
  EXPECT_EQ(file->append(bytes("lo\n!")).error().code, ErrorCode::kUnavailable);
  EXPECT_TRUE(fs::is_empty(folder_.path()));
}

TEST_F(PartFileTest, ThatIsLongerThanTheBlobBeginsAnew) {
  std::ofstream(part()) << "hello world";
  auto file = PartFile::open(hello(), {});
  EXPECT_EQ(file->size(), 0u);
  EXPECT_FALSE(file->is_resumed());
}

TEST_F(PartFileTest, RestartForgetsWhatWasThere) {
  auto file = PartFile::open(hello(), {});
  ASSERT_TRUE(file->append(bytes("wrong")));
  ASSERT_TRUE(file->restart());
  ASSERT_TRUE(file->append(bytes("hello\n")));
  EXPECT_TRUE(file->finish());
}

TEST_F(PartFileTest, FollowsNoLinkOutOfTheCache) {
  fs::create_symlink(folder_.path() / "elsewhere", part());
  EXPECT_FALSE(PartFile::open(hello(), {}));
  EXPECT_FALSE(fs::exists(folder_.path() / "elsewhere"));
}

TEST_F(PartFileTest, HashingStopsWhenAsked) {
  std::ofstream(part()) << "hel";
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(PartFile::open(hello(), stop.get_token()).error().code, ErrorCode::kCancelled);
}

TEST_F(PartFileTest, HashOfAFileIsCompared) {
  std::ofstream(hello().path) << "hello\n";
  EXPECT_TRUE(*has_hash(hello().path, kHelloHash, {}));
  EXPECT_FALSE(*has_hash(hello().path, std::string(64, '0'), {}));
  EXPECT_EQ(has_hash(folder_.path() / "none", kHelloHash, {}).error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace v2t::hub
