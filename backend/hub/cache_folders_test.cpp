// The order of cache folders (tests/hub checks that fetch_weights keeps the same).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "hub/hub_options.h"

namespace v2t::hub {
namespace {

using testing::ElementsAre;

TEST(CacheFolders, AreReadInTheDocumentedOrderAndWrittenToTheFirst) {
  const auto folders =
      cache_folders({.whisper_cache_dir = "/w", .hf_hub_cache = "/c", .hf_home = "/h", .home = "/home/u"});
  EXPECT_THAT(folders.read, ElementsAre("/w", "/c", "/h/hub", "/home/u/.cache/huggingface/hub"));
  EXPECT_EQ(folders.write, "/w");
}

TEST(CacheFolders, DefaultToTheOneOfTheHubInTheHomeFolder) {
  const auto folders = cache_folders({.whisper_cache_dir = "", .home = "/home/u"});
  EXPECT_THAT(folders.read, ElementsAre("/home/u/.cache/huggingface/hub"));
  EXPECT_EQ(folders.write, "/home/u/.cache/huggingface/hub");
}

TEST(CacheFolders, AreListedOnceThoughSetTwice) {
  EXPECT_THAT(cache_folders({.whisper_cache_dir = "/c", .hf_hub_cache = "/c"}).read, ElementsAre("/c"));
}

TEST(CacheFolders, ExpandTheHomeFolder) {
  EXPECT_EQ(cache_folders({.whisper_cache_dir = "~/models", .home = "/home/u"}).write, "/home/u/models");
}

TEST(CacheFolders, AreNoneWithoutAnyVariable) {
  EXPECT_TRUE(cache_folders({}).read.empty());
  EXPECT_TRUE(cache_folders({}).write.empty());
}

}  // namespace
}  // namespace v2t::hub
