// One holder at a time.
#include "hub/file_lock.h"

#include <gtest/gtest.h>

#include <optional>

#include "base/temp_folder.h"

namespace v2t::hub {
namespace {

TEST(FileLock, IsWaitedForUntilItIsReleased) {
  const TempFolder folder;
  const auto file = folder.path() / "lock";
  auto first = FileLock::acquire(file, [] { FAIL() << "nobody else holds it"; }, {});
  std::optional<FileLock> held(std::move(*first));
  int waits = 0;
  const auto second = FileLock::acquire(file,
                                        [&] {
                                          if (++waits == 2) held.reset();
                                        },
                                        {});
  EXPECT_TRUE(second);
  EXPECT_EQ(waits, 2);
}

TEST(FileLock, StopsWaitingWhenAsked) {
  const TempFolder folder;
  const auto held = FileLock::acquire(folder.path() / "lock", [] {}, {});
  std::stop_source stop;
  const auto second = FileLock::acquire(folder.path() / "lock", [&] { stop.request_stop(); }, stop.get_token());
  EXPECT_EQ(second.error().code, ErrorCode::kCancelled);
}

TEST(FileLock, InNoFolderIsAnError) {
  EXPECT_EQ(FileLock::acquire("/nowhere/at/all/lock", [] {}, {}).error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace v2t::hub
