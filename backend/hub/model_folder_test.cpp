// Caches of the hub's layout are read whoever wrote them.
#include "hub/model_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "base/temp_folder.h"

namespace v2t::hub {
namespace {

namespace fs = std::filesystem;

const std::string kOld(40, 'a');
const std::string kNew(40, 'b');

class ModelFolderTest : public testing::Test {
 protected:
  fs::path repository() const { return repository_folder(folder_.path(), "o/n"); }
  fs::path snapshot(const std::string& commit) const { return repository() / "snapshots" / commit; }
  void put(const fs::path& folder, const std::vector<std::string>& files) const {
    fs::create_directories(folder);
    for (const auto& name : files) std::ofstream(folder / name) << "content";
  }
  void put_whole(const fs::path& folder) const {
    put(folder, {"model.bin", "config.json", "tokenizer.json", "vocabulary.txt"});
  }
  void set_main(const std::string& commit) const {
    fs::create_directories(repository() / "refs");
    std::ofstream(repository() / "refs/main") << commit;
  }

  TempFolder folder_;
};

TEST_F(ModelFolderTest, HasTheHubsName) {
  EXPECT_EQ(repository_folder("/c", "Systran/faster-whisper-base"), "/c/models--Systran--faster-whisper-base");
}

TEST_F(ModelFolderTest, MainDecidesWhichSnapshotIsUsed) {
  put_whole(snapshot(kOld));
  put_whole(snapshot(kNew));
  set_main(kOld + "\n");
  EXPECT_EQ(model_in_cache(folder_.path(), "o/n")->model, snapshot(kOld) / "model.bin");
}

TEST_F(ModelFolderTest, WithoutMainTheNewestCompleteSnapshotIsUsed) {
  put_whole(snapshot(kOld));
  put_whole(snapshot(kNew));
  put(snapshot(std::string(40, 'c')), {"model.bin"});
  fs::last_write_time(snapshot(kOld), fs::file_time_type::clock::now() - std::chrono::hours(1));
  EXPECT_EQ(model_in_cache(folder_.path(), "o/n")->model, snapshot(kNew) / "model.bin");
}

TEST_F(ModelFolderTest, ThatIsIncompleteHoldsNoModel) {
  put(snapshot(kOld), {"model.bin", "config.json", "tokenizer.json"});
  set_main(kOld);
  EXPECT_FALSE(model_in_cache(folder_.path(), "o/n"));
  EXPECT_FALSE(model_in_cache(folder_.path(), "o/other"));
}

TEST_F(ModelFolderTest, WithLinksThatLeadNowhereHoldsNoModel) {
  put_whole(snapshot(kOld));
  fs::remove(snapshot(kOld) / "model.bin");
  fs::create_symlink("../../blobs/none", snapshot(kOld) / "model.bin");
  EXPECT_FALSE(model_in_cache(folder_.path(), "o/n"));
}

TEST_F(ModelFolderTest, WithAnEmptyFileHoldsNoModel) {
  put_whole(snapshot(kOld));
  std::ofstream(snapshot(kOld) / "model.bin");
  EXPECT_FALSE(model_in_cache(folder_.path(), "o/n"));
}

TEST_F(ModelFolderTest, MainCannotLeadOutOfTheCache) {
  put_whole(folder_.path() / "outside");
  fs::create_directories(repository() / "snapshots");
  set_main("../../outside");
  EXPECT_FALSE(model_in_cache(folder_.path(), "o/n"));
}

TEST_F(ModelFolderTest, OtherThingsInACacheAreLeftAside) {
  put_whole(folder_.path() / "models--bad/snapshots" / kOld);
  put_whole(folder_.path() / "models--a--b--c/snapshots" / kOld);
  put_whole(folder_.path() / "datasets--a--b/snapshots" / kOld);
  put_whole(folder_.path() / "local/.fetch-1234");
  put_whole(folder_.path() / "local/good");
  const auto found = models_in_cache(folder_.path());
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].name, "good");
}

TEST(ModelLayout, PrefersCtranslate2AndTakesWhatIsComplete) {
  const std::vector<std::string> hugging_face{"config.json", "model.safetensors", "tokenizer.json"};
  auto both = hugging_face;
  both.insert(both.end(), {"model.bin", "vocabulary.txt", "ggml-base.bin"});
  EXPECT_EQ(layout_of(both)->format, ModelFormat::kCtranslate2);
  std::erase(both, "vocabulary.txt");
  EXPECT_EQ(layout_of(both)->format, ModelFormat::kSafetensors);
  std::erase(both, "config.json");
  EXPECT_EQ(layout_of(both)->format, ModelFormat::kGgml);
}

TEST(ModelLayout, TakesTheTokenizerInItsOlderFiles) {
  const auto layout =
      layout_of({"model.safetensors", "config.json", "vocab.json", "merges.txt", "added_tokens.json", "README.md"});
  EXPECT_THAT(layout->others, testing::ElementsAre("config.json", "vocab.json", "merges.txt", "added_tokens.json"));
}

TEST(ModelLayout, NeedsEveryFileThatASafetensorsIndexNames) {
  std::vector<std::string> present{"model.safetensors.index.json", "config.json", "tokenizer.json",
                                   "model-00001-of-00002.safetensors"};
  EXPECT_THAT(layout_of(present).error().message, testing::HasSubstr("model-00002-of-00002.safetensors"));
  present.emplace_back("model-00002-of-00002.safetensors");
  EXPECT_EQ(layout_of(present)->shards.size(), 2u);
  EXPECT_EQ(files_of(*layout_of(present)).back(), "model-00002-of-00002.safetensors");
}

TEST(ModelLayout, AsksWhichOfSeveralGgmlModels) {
  EXPECT_THAT(layout_of({"ggml-base.bin", "ggml-tiny.bin"}).error().message, testing::HasSubstr("2 GGML models"));
}

TEST(ModelLayout, SaysWhatIsMissing) {
  EXPECT_THAT(layout_of({"model.safetensors", "config.json"}).error().message, testing::HasSubstr("tokenizer.json"));
  EXPECT_THAT(layout_of({"model.bin", "config.json", "tokenizer.json"}).error().message,
              testing::HasSubstr("vocabulary.json or vocabulary.txt"));
  EXPECT_THAT(layout_of({"README.md"}).error().message, testing::HasSubstr("model.safetensors"));
}

TEST_F(ModelFolderTest, SizeIsThatOfItsFilesTogether) {
  put_whole(snapshot(kOld));
  EXPECT_EQ(size_of(*model_in_folder(snapshot(kOld))), 28u);
}

}  // namespace
}  // namespace v2t::hub
