// A file written in pieces appears whole or not at all.
#include "base/new_file.h"

#include <gtest/gtest.h>

#include "base/temp_folder.h"

namespace v2t {
namespace {

std::span<const std::byte> bytes(std::string_view text) { return std::as_bytes(std::span(text)); }

TEST(NewFile, AppearsWholeWhenItIsFinished) {
  const TempFolder folder;
  const auto path = folder.path() / "model.bin";
  ASSERT_TRUE(write_file_atomically(path, "old"));
  auto file = NewFile::create(path).value();
  ASSERT_TRUE(file.append(bytes("ab")));
  EXPECT_EQ(read_file(path, 100).value(), "old");
  ASSERT_TRUE(file.append(bytes("c")));
  ASSERT_TRUE(file.finish());
  EXPECT_EQ(read_file(path, 100).value(), "abc");
}

TEST(NewFile, LeavesNothingWhenItIsGivenUp) {
  const TempFolder folder;
  {
    ASSERT_TRUE(NewFile::create(folder.path() / "model.bin")->append(bytes("ab")));
  }
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(NewFile, NamesAFolderThatIsNotThere) {
  const auto file = NewFile::create("/no/such/folder/model.bin");
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace v2t
