// Tests of file reading, mapping and atomic writing.
#include "base/file.h"

#include <gtest/gtest.h>

#include "base/temp_folder.h"

namespace v2t {
namespace {

TEST(Files, AtomicWriteReplacesTheWholeContent) {
  const TempFolder folder;
  const auto path = folder.path() / "запись №1.txt";
  ASSERT_TRUE(write_file_atomically(path, "first, and long").has_value());
  ASSERT_TRUE(write_file_atomically(path, "second").has_value());
  EXPECT_EQ(read_file(path, 100).value(), "second");
}

TEST(Files, AtomicWriteLeavesNothingBehindWhenItFails) {
  const TempFolder folder;
  EXPECT_EQ(write_file_atomically(folder.path() / "no" / "such", "x").error().code, ErrorCode::kNotFound);
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(Files, AtomicWriteTakesNothingsPlaceButAFiles) {
  const TempFolder folder;
  std::filesystem::create_symlink("/dev/null", folder.path() / "device");
  EXPECT_EQ(write_file_atomically(folder.path() / "device", "x").error().code, ErrorCode::kInvalidArgument);
  EXPECT_TRUE(std::filesystem::is_symlink(folder.path() / "device"));
  EXPECT_EQ(write_file_atomically(folder.path(), "x").error().code, ErrorCode::kInvalidArgument);
}

TEST(Files, ReadRefusesWhatIsOverTheLimit) {
  const TempFolder folder;
  ASSERT_TRUE(write_file_atomically(folder.path() / "f", "12345").has_value());
  EXPECT_EQ(read_file(folder.path() / "f", 4).error().code, ErrorCode::kTooLarge);
  EXPECT_EQ(read_file(folder.path() / "f", 5).value(), "12345");
}

TEST(Files, MapShowsTheBytes) {
  const TempFolder folder;
  ASSERT_TRUE(write_file_atomically(folder.path() / "f", "abc").has_value());
  auto map = MappedFile::open(folder.path() / "f");
  ASSERT_TRUE(map.has_value());
  EXPECT_EQ((*map)->bytes().size(), 3u);
  EXPECT_EQ((*map)->bytes()[1], std::byte{'b'});
}

TEST(Files, AMissingFileIsNamed) {
  auto error = MappedFile::open("/no/such/file").error();
  EXPECT_EQ(error.code, ErrorCode::kNotFound);
  EXPECT_NE(error.message.find("/no/such/file"), std::string::npos);
}

}  // namespace
}  // namespace v2t
