// Tests of files in a bucket.
#include "store/bucket.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "base/file.h"
#include "base/temp_folder.h"
#include "domain/testing/error_code.h"

namespace v2t::store {
namespace {

using testing::code_of;
using ::testing::HasSubstr;

std::vector<std::string> names_in(const std::filesystem::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) names.push_back(entry.path().filename());
  return names;
}

TEST(Bucket, AFolderIsNoMountPointAndProcIs) {
  const TempFolder folder;
  EXPECT_FALSE(is_mount_point(folder.path()));
  EXPECT_FALSE(is_mount_point(folder.path() / "nothing"));
  EXPECT_TRUE(is_mount_point("/proc"));
}

TEST(Bucket, TheCheckLeavesNothingBehind) {
  const TempFolder folder;
  EXPECT_TRUE(check_bucket(folder.path()));
  EXPECT_TRUE(names_in(folder.path()).empty());
}

TEST(Bucket, OneThatCannotBeWrittenIsNamed) {
  const auto checked = check_bucket("/proc/nowhere");
  ASSERT_FALSE(checked);
  EXPECT_THAT(checked.error().message, HasSubstr("/proc/nowhere"));
}

TEST(Bucket, ACopyIsWholeAndMakesItsFolder) {
  const TempFolder folder;
  const std::string content(3'000'000, 'x');
  ASSERT_TRUE(write_file_atomically(folder.path() / "a", content));
  ASSERT_TRUE(copy_whole(folder.path() / "a", folder.path() / "deep/er/b"));
  EXPECT_EQ(read_file(folder.path() / "deep/er/b", 4'000'000).value(), content);
  EXPECT_EQ(names_in(folder.path() / "deep/er").size(), 1);
}

TEST(Bucket, WhatCannotBeCopiedLeavesTheOldFile) {
  const TempFolder folder;
  ASSERT_TRUE(write_file_atomically(folder.path() / "old", "old"));
  EXPECT_EQ(code_of(copy_whole(folder.path() / "missing", folder.path() / "old")), ErrorCode::kNotFound);
  EXPECT_EQ(read_file(folder.path() / "old", 10).value(), "old");
  EXPECT_EQ(names_in(folder.path()).size(), 1);
}

}  // namespace
}  // namespace v2t::store
