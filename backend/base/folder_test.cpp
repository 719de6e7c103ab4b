// Tests of making folders.
#include "base/folder.h"

#include <gtest/gtest.h>

#include "base/file.h"
#include "base/temp_folder.h"

namespace v2t {
namespace {

TEST(Folder, IsMadeWithThoseAbove) {
  const TempFolder folder;
  EXPECT_TRUE(make_folder(folder.path() / "a" / "b").has_value());
  EXPECT_TRUE(std::filesystem::is_directory(folder.path() / "a" / "b"));
}

TEST(Folder, ThatCannotBeMadeIsNamedInTheError) {
  const TempFolder folder;
  ASSERT_TRUE(write_file_atomically(folder.path() / "f", "x").has_value());
  const auto error = make_folder(folder.path() / "f" / "b").error();
  EXPECT_NE(error.message.find((folder.path() / "f").string()), std::string::npos);
}

}  // namespace
}  // namespace v2t
