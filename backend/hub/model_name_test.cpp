// Which names of models are accepted, and what they stand for.
#include "hub/model_name.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace v2t::hub {
namespace {

using testing::HasSubstr;

std::string repository_of(std::string_view name) {
  const auto parsed = parse_model_name(name);
  return parsed ? parsed->repository : parsed.error().message;
}

TEST(ModelName, StandsForTheRepositoryOfItsSize) {
  EXPECT_EQ(repository_of("tiny"), "Systran/faster-whisper-tiny");
  EXPECT_EQ(repository_of("base.en"), "Systran/faster-whisper-base.en");
  EXPECT_EQ(repository_of("large-v2"), "Systran/faster-whisper-large-v2");
  EXPECT_EQ(repository_of("distil-large-v3"), "Systran/faster-distil-whisper-large-v3");
  EXPECT_EQ(repository_of("distil-large-v3.5"), "distil-whisper/distil-large-v3.5-ct2");
}

TEST(ModelName, OfAnAliasIsTheCanonicalName) {
  EXPECT_EQ(parse_model_name("large")->name, "large-v3");
  EXPECT_EQ(parse_model_name("turbo")->name, "large-v3-turbo");
  EXPECT_EQ(repository_of("turbo"), "mobiuslabsgmbh/faster-whisper-large-v3-turbo");
}

TEST(ModelName, OfARepositoryIsItself) {
  EXPECT_EQ(repository_of("someone/my_whisper-v1.2"), "someone/my_whisper-v1.2");
}

TEST(ModelName, OfALocalFolderHasNoRepository) {
  EXPECT_EQ(parse_model_name("my-model")->name, "my-model");
  EXPECT_EQ(repository_of("my-model"), "");
}

TEST(ModelName, ThatCouldLeaveItsFolderIsRefused) {
  const std::string long_name(97, 'a');
  for (const std::string& name :
       {std::string(),          std::string("."),      std::string(".."),    std::string("../base"),
        std::string("a/.."),    std::string("a/../b"), std::string("/etc"),  std::string("a/b/c"),
        std::string("a//b"),    std::string("a/"),     std::string("/a"),    std::string("a--b/c"),
        std::string("a/b..c"),  std::string("-a/b"),   std::string("a/.b"),  std::string("a/b.git"),
        std::string("a\\b"),    std::string("a b"),    std::string("a/b?c"), std::string("a/b%2e"),
        std::string("a\0b", 3), std::string("a/b\n"),  std::string("\xff"),  long_name})
    EXPECT_EQ(parse_model_name(name).error().code, ErrorCode::kInvalidArgument) << name;
}

TEST(ModelName, RefusalSaysWhichNamesThereAre) {
  EXPECT_THAT(parse_model_name("../base").error().message, HasSubstr("\"../base\""));
  EXPECT_THAT(parse_model_name("../base").error().message, HasSubstr("large-v3-turbo"));
}

TEST(ModelName, KnownNamesAreListedOnce) {
  std::set<std::string_view> names;
  for (const KnownModel& model : known_models()) EXPECT_TRUE(names.insert(model.name).second) << model.name;
}

}  // namespace
}  // namespace v2t::hub
