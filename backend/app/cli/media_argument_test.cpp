// Tests of what is typed as a FILE.
#include "app/cli/media_argument.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <thread>

#include "base/temp_folder.h"

namespace v2t::cli {
namespace {

TEST(MediaArgument, OpensAFile) {
  const TempFolder folder;
  ASSERT_TRUE(write_file_atomically(folder.path() / "a b.mp4", "abc").has_value());
  EXPECT_TRUE(open_media_argument((folder.path() / "a b.mp4").string(), {}).has_value());
}

TEST(MediaArgument, SpoolsAPipeThatHasAName) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  const UniqueFd source(ends[0]);
  std::jthread writer([fd = UniqueFd(ends[1])] { EXPECT_EQ(::write(fd.get(), "abc", 3), 3); });
  const auto media = open_media_argument("/dev/fd/" + std::to_string(source.get()), {});
  ASSERT_TRUE(media.has_value());
  EXPECT_EQ(::lseek(media->get(), 0, SEEK_END), 3);
}

TEST(MediaArgument, AFolderIsToldFromAFile) {
  const TempFolder folder;
  const auto media = open_media_argument(folder.path().string(), {});
  ASSERT_FALSE(media.has_value());
  EXPECT_EQ(media.error().code, ErrorCode::kNotMedia);
  EXPECT_NE(media.error().message.find("is a folder; give the files in it"), std::string::npos);
}

TEST(MediaArgument, AnAddressIsToldFromAFile) {
  const auto media = open_media_argument("https://example.org/film.mp4", {});
  ASSERT_FALSE(media.has_value());
  EXPECT_EQ(media.error().code, ErrorCode::kNotMedia);
  EXPECT_NE(media.error().message.find("is an address; download it"), std::string::npos);
}

TEST(MediaArgument, AMissingFileIsNamed) {
  const auto media = open_media_argument("/nowhere/film.mp4", {});
  ASSERT_FALSE(media.has_value());
  EXPECT_EQ(media.error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace v2t::cli
