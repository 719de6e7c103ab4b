// Tests of file reading, mapping and atomic writing.
#include "base/file.h"

#include <gtest/gtest.h>

#include <algorithm>

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

TEST(Files, AFileInAFoldersPlaceIsTold) {
  const TempFolder folder;
  ASSERT_TRUE(write_file_atomically(folder.path() / "f", "12345").has_value());
  const auto opened = open_for_reading(folder.path() / "f" / "g");
  EXPECT_EQ(opened.error().code, ErrorCode::kNotFound);
  EXPECT_NE(opened.error().message.find("a file where a folder should be"), std::string::npos);
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

TEST(Files, MapsOnHugePagesShowTheSameBytes) {
  const TempFolder folder;
  for (const size_t size : {size_t{1}, size_t{5000}, (size_t{20} << 20) + 77}) {
    std::string content(size, '\0');
    for (size_t i = 0; i < size; ++i) content[i] = static_cast<char>(i * i >> 7);
    const auto path = folder.path() / std::to_string(size);
    ASSERT_TRUE(write_file_atomically(path, content));
    const auto map = MappedFile::open(path, MappedFile::Pages::kHuge).value();
    EXPECT_TRUE(std::ranges::equal(map->bytes(), std::as_bytes(std::span(content)))) << size;
    EXPECT_EQ(reinterpret_cast<uintptr_t>(map->bytes().data()) % (size_t{2} << 20), 0u);
  }
}

TEST(Files, AreWrittenFromPartsInTheirOrder) {
  const TempFolder folder;
  std::vector<std::string> parts;
  std::string whole;
  for (size_t i = 0; i < 3000; ++i) whole += parts.emplace_back(i * 37 % 9000, static_cast<char>('a' + i % 26));
  std::vector<std::span<const std::byte>> bytes;
  bytes.reserve(parts.size());
  for (const auto& part : parts) bytes.push_back(std::as_bytes(std::span(part)));
  ASSERT_TRUE(write_file_atomically(folder.path() / "f", bytes, {}));
  EXPECT_TRUE(read_file(folder.path() / "f", size_t{64} << 20).value() == whole);
}

TEST(Files, AStoppedWriteLeavesNothingBehind) {
  const TempFolder folder;
  std::stop_source stop;
  stop.request_stop();
  const std::string content = "x";
  const auto written =
      write_file_atomically(folder.path() / "f", {std::as_bytes(std::span(content))}, stop.get_token());
  EXPECT_EQ(written.error().code, ErrorCode::kCancelled);
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(Files, AMissingFileIsNamed) {
  auto error = MappedFile::open("/no/such/file").error();
  EXPECT_EQ(error.code, ErrorCode::kNotFound);
  EXPECT_NE(error.message.find("/no/such/file"), std::string::npos);
}

}  // namespace
}  // namespace v2t
