// Tests of the index by hash.
#include "whisper/flat_index.h"

#include <gtest/gtest.h>

namespace v2t::whisper {
namespace {

TEST(FlatIndex, FindsNothingWhereNothingWasAdded) {
  EXPECT_FALSE(FlatIndex().find(1, [](int) { return true; }));
}

TEST(FlatIndex, FindsAllThatWasAddedWhileItGrows) {
  FlatIndex index;
  for (int number = 0; number < 1000; ++number) index.add(static_cast<uint64_t>(number) << 32, number);
  int n_found = 0;
  for (int number = 0; number < 1000; ++number)
    n_found += index.find(static_cast<uint64_t>(number) << 32, [&](int found) { return found == number; }) ? 1 : 0;
  EXPECT_EQ(n_found, 1000);
}

TEST(FlatIndex, TellsApartWhatHasOneHash) {
  FlatIndex index;
  for (int number = 0; number < 40; ++number) index.add(7, number);
  EXPECT_EQ(index.find(7, [](int found) { return found == 39; }), 39);
  EXPECT_FALSE(index.find(7, [](int) { return false; }));
}

}  // namespace
}  // namespace v2t::whisper
