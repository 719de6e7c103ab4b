// Tests of standard input as a file.
#include "app/cli/spool.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <thread>

#include "base/temp_folder.h"

namespace v2t::cli {
namespace {

TEST(Spool, MakesAPipeSeekable) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  const UniqueFd source(ends[0]);
  std::jthread writer([fd = UniqueFd(ends[1])] { EXPECT_EQ(::write(fd.get(), "abc", 3), 3); });
  auto file = spool_to_file(source.get(), {});
  ASSERT_TRUE(file.has_value());
  EXPECT_EQ(::lseek(file->get(), 0, SEEK_END), 3);
}

TEST(Spool, ReadsARegularFileInPlace) {
  const TempFolder folder;
  ASSERT_TRUE(write_file_atomically(folder.path() / "f", "abcd").has_value());
  const UniqueFd source(::open((folder.path() / "f").c_str(), O_RDONLY));
  auto file = spool_to_file(source.get(), {});
  ASSERT_TRUE(file.has_value());
  EXPECT_EQ(::lseek(file->get(), 0, SEEK_END), 4);
}

TEST(Spool, StopsWhileNothingComes) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  const UniqueFd source(ends[0]);
  const UniqueFd silent_writer(ends[1]);
  std::stop_source stop;
  stop.request_stop();
  const auto file = spool_to_file(source.get(), stop.get_token());
  ASSERT_FALSE(file.has_value());
  EXPECT_EQ(file.error().code, ErrorCode::kCancelled);
}

}  // namespace
}  // namespace v2t::cli
