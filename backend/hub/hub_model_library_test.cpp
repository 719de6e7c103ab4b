// The library's promises: caches first, one download for many askers, errors that say what to do.
#include "hub/hub_model_library.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <fstream>
#include <latch>
#include <thread>

#include "base/temp_folder.h"
#include "hub/testing/fake_hub.h"

namespace v2t::hub {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;

const std::string kName = "mock/model";

class HubModelLibraryTest : public testing::Test {
 protected:
  HubOptions options(const std::string& endpoint) const {
    HubOptions options;
    options.folders = {{cache()}, cache()};
    options.endpoint = endpoint;
    options.retry.first_delay = std::chrono::milliseconds(1);
    return options;
  }
  std::unique_ptr<ModelLibrary> library(const HubOptions& options) const {
    auto made = make_hub_model_library(options);
    EXPECT_TRUE(made) << made.error().message;
    return std::move(*made);
  }
  std::unique_ptr<ModelLibrary> offline() const {
    HubOptions offline = options("http://127.0.0.1:9");
    offline.is_offline = true;
    return library(offline);
  }
  fs::path cache() const { return folder_.path() / "cache"; }
  fs::path put_model(const fs::path& folder,
                     const std::map<std::string, std::string>& files = fake_model_files()) const {
    fs::create_directories(folder);
    for (const auto& [name, content] : files) std::ofstream(folder / name) << content;
    return folder / "model.bin";
  }

  TempFolder folder_;
};

Result<ModelFiles> get(ModelLibrary& library, const std::string& name, std::stop_token stop = {}) {
  return library.get(name, {}, stop);
}

TEST_F(HubModelLibraryTest, DownloadsOnceAndThenUsesTheCache) {
  const FakeHub hub(kName, fake_model_files());
  const auto models = library(options(hub.url()));
  const auto first = get(*models, kName);
  ASSERT_TRUE(first) << first.error().message;
  EXPECT_EQ(first->name, kName);
  EXPECT_EQ(fs::file_size(first->model), 100'000u);
  EXPECT_FALSE(first->find("preprocessor_config.json"));
  const size_t asked = hub.requests().size();
  EXPECT_EQ(get(*models, kName)->model, first->model);
  EXPECT_EQ(hub.requests().size(), asked);
}

TEST_F(HubModelLibraryTest, MakesOneDownloadForManyAskersAndShowsProgressToAll) {
  constexpr int kAskers = 8;
  std::latch all_asked(kAskers);
  const FakeHub hub(kName, fake_model_files(), [&](std::string_view method, std::string_view path) {
    if (method == "GET" && path.ends_with("model.bin")) all_asked.wait();  // every asker has seen progress before
    return std::string();
  });
  const auto models = library(options(hub.url()));
  std::atomic<int> succeeded = 0;
  std::vector<std::jthread> askers;
  for (int i = 0; i < kAskers; ++i)
    askers.emplace_back([&] {
      bool has_seen = false;
      const auto files = models->get(kName,
                                     [&](const ModelProgress& progress) {
                                       EXPECT_EQ(progress.model, kName);
                                       if (!std::exchange(has_seen, true)) all_asked.count_down();
                                     },
                                     {});
      succeeded += files.has_value();
    });
  askers.clear();
  EXPECT_EQ(succeeded, kAskers);
  EXPECT_EQ(hub.count("GET", "model.bin"), 1u);
}

TEST_F(HubModelLibraryTest, HandsADownloadOnWhenItsFirstAskerStops) {
  std::latch first_downloads(1);
  std::latch first_stopped(1);
  std::atomic<int> downloads = 0;
  const FakeHub hub(kName, fake_model_files(), [&](std::string_view method, std::string_view path) {
    if (method != "GET" || !path.ends_with("model.bin") || downloads++ > 0) return std::string();
    first_downloads.count_down();
    first_stopped.wait();
    return std::string();
  });
  const auto models = library(options(hub.url()));
  std::stop_source stop;
  std::jthread first([&] {
    EXPECT_EQ(get(*models, kName, stop.get_token()).error().code, ErrorCode::kCancelled);
    first_stopped.count_down();
  });
  first_downloads.wait();
  std::latch second_waits(1);
  std::jthread second([&] {
    bool has_seen = false;
    const auto on_progress = [&](const ModelProgress&) {
      if (!std::exchange(has_seen, true)) second_waits.count_down();
    };
    EXPECT_TRUE(models->get(kName, on_progress, {}));
  });
  second_waits.wait();
  stop.request_stop();
}

TEST_F(HubModelLibraryTest, StopsAFollowerWithoutStoppingTheDownload) {
  std::latch follower_stopped(1);
  const FakeHub hub(kName, fake_model_files(), [&](std::string_view method, std::string_view path) {
    if (method == "GET" && path.ends_with("model.bin")) follower_stopped.wait();
    return std::string();
  });
  const auto models = library(options(hub.url()));
  std::latch leads(1);
  std::jthread leader([&] {
    bool has_seen = false;
    const auto on_progress = [&](const ModelProgress&) {
      if (!std::exchange(has_seen, true)) leads.count_down();
    };
    EXPECT_TRUE(models->get(kName, on_progress, {}));
  });
  leads.wait();
  std::stop_source stop;
  const auto stop_at_once = [&](const ModelProgress&) { stop.request_stop(); };
  EXPECT_EQ(models->get(kName, stop_at_once, stop.get_token()).error().code, ErrorCode::kCancelled);
  follower_stopped.count_down();
}

TEST_F(HubModelLibraryTest, GivesOneFailureToAllAndForgetsIt) {
  std::atomic<bool> is_broken = true;
  const FakeHub hub(kName, fake_model_files(), [&](std::string_view, std::string_view path) {
    return is_broken && path.starts_with("/api") ? http_reply(404, "", "") : "";
  });
  const auto models = library(options(hub.url()));
  EXPECT_EQ(get(*models, kName).error().code, ErrorCode::kNotFound);
  is_broken = false;
  EXPECT_TRUE(get(*models, kName));
}

TEST_F(HubModelLibraryTest, ChecksTheDiskBeforeItDownloads) {
  const FakeHub hub(kName, fake_model_files());
  HubOptions full = options(hub.url());
  full.free_bytes = [](const fs::path&) { return uint64_t{99'000}; };
  const auto error = get(*library(full), kName).error();
  EXPECT_EQ(error.code, ErrorCode::kDiskFull);
  EXPECT_THAT(error.message, AllOf(HasSubstr("100 kB needed, 99 kB free"), HasSubstr("WHISPER_CACHE_DIR")));
  EXPECT_EQ(hub.count("GET", "model.bin"), 0u);
}

TEST_F(HubModelLibraryTest, RefusesContentWithAnotherHash) {
  const FakeHub hub(kName, fake_model_files(), [](std::string_view method, std::string_view path) {
    return method == "GET" && path.ends_with("model.bin") ? http_reply(200, "", std::string(100'000, 'x')) : "";
  });
  const auto error = get(*library(options(hub.url())), kName).error();
  EXPECT_EQ(error.code, ErrorCode::kModelUnavailable);
  EXPECT_THAT(error.message, AllOf(HasSubstr("mock/model: model.bin: "), HasSubstr("hash differs")));
  EXPECT_EQ(get(*offline(), kName).error().code, ErrorCode::kModelUnavailable);
}

TEST_F(HubModelLibraryTest, RepairsASnapshotThatLacksAFile) {
  const FakeHub hub(kName, fake_model_files());
  const auto models = library(options(hub.url()));
  const auto files = get(*models, kName);
  ASSERT_TRUE(files);
  fs::remove(fs::canonical(*files->find("tokenizer.json")));
  ASSERT_TRUE(get(*models, kName));
  EXPECT_TRUE(fs::exists(*files->find("tokenizer.json")));
  EXPECT_EQ(hub.count("GET", "model.bin"), 1u);
}

TEST_F(HubModelLibraryTest, SaysOfflineWhatIsMissingWhereAndWhatToDo) {
  const auto error = get(*offline(), "base").error();
  EXPECT_EQ(error.code, ErrorCode::kModelUnavailable);
  EXPECT_THAT(error.message, AllOf(HasSubstr("model base: "), HasSubstr("HF_HUB_OFFLINE"), HasSubstr(cache().string()),
                                   HasSubstr("backend/tools/fetch_weights base")));
}

TEST_F(HubModelLibraryTest, SaysWhenThereIsNoFolderAtAll) {
  HubOptions nowhere = options("http://127.0.0.1:9");
  nowhere.folders = {};
  const auto error = get(*library(nowhere), "base").error();
  EXPECT_EQ(error.code, ErrorCode::kModelUnavailable);
  EXPECT_THAT(error.message, HasSubstr("WHISPER_CACHE_DIR"));
}

TEST_F(HubModelLibraryTest, SaysWhenTheFolderCannotBeMade) {
  const FakeHub hub(kName, fake_model_files());
  std::ofstream(cache()) << "a file, not a folder";
  const auto error = get(*library(options(hub.url())), kName).error();
  EXPECT_THAT(error.message, HasSubstr(cache().string()));
}

TEST_F(HubModelLibraryTest, PrefersLocalWeightsOfAnyFolderToSnapshots) {
  HubOptions two = options("http://127.0.0.1:9");
  two.folders.read.push_back(folder_.path() / "second");
  const auto local = put_model(folder_.path() / "second/local/base");
  put_model(cache() / "models--Systran--faster-whisper-base/snapshots" / FakeHub::kCommit);
  EXPECT_EQ(get(*library(two), "base")->model, local);
}

TEST_F(HubModelLibraryTest, ResolvesAliasesButKeepsTheNameAskedFor) {
  const auto local = put_model(cache() / "local/large-v3-turbo");
  const auto files = get(*offline(), "turbo");
  ASSERT_TRUE(files);
  EXPECT_EQ(files->model, local);
  EXPECT_EQ(files->name, "turbo");
}

TEST_F(HubModelLibraryTest, TakesPathsOnlyWhereAllowed) {
  const fs::path folder = folder_.path() / "my model";
  const auto model = put_model(folder);
  EXPECT_EQ(get(*offline(), folder.string()).error().code, ErrorCode::kInvalidArgument);
  HubOptions allowed = options("http://127.0.0.1:9");
  allowed.local_paths = LocalPaths::kAllowed;
  EXPECT_EQ(get(*library(allowed), folder.string())->model, model);
  fs::remove(folder / "tokenizer.json");
  const auto error = get(*library(allowed), folder.string()).error();
  EXPECT_EQ(error.code, ErrorCode::kModelInvalid);
  EXPECT_THAT(error.message, HasSubstr("tokenizer.json"));
}

TEST_F(HubModelLibraryTest, TakesAGgmlFileByItsPathAndByItsNameAmongLocalModels) {
  const auto model = put_model(cache() / "local", {{"ggml-tiny.bin", "x"}, {"notes.txt", "x"}}).parent_path();
  HubOptions allowed = options("http://127.0.0.1:9");
  allowed.local_paths = LocalPaths::kAllowed;
  const auto by_path = get(*library(allowed), (model / "ggml-tiny.bin").string());
  ASSERT_TRUE(by_path) << by_path.error().message;
  EXPECT_EQ(by_path->format, ModelFormat::kGgml);
  EXPECT_EQ(get(*offline(), "ggml-tiny")->model, model / "ggml-tiny.bin");
  EXPECT_EQ(get(*offline(), "ggml-tiny.bin")->model, model / "ggml-tiny.bin");
  EXPECT_EQ(offline()->list()->back().name, "ggml-tiny");
}

TEST_F(HubModelLibraryTest, TakesACtranslate2ModelByThePathOfItsWeights) {
  const auto model = put_model(folder_.path() / "mine");
  HubOptions allowed = options("http://127.0.0.1:9");
  allowed.local_paths = LocalPaths::kAllowed;
  EXPECT_EQ(get(*library(allowed), model.string())->format, ModelFormat::kCtranslate2);
}

TEST_F(HubModelLibraryTest, DownloadsTheHuggingFaceLayoutWhole) {
  const FakeHub hub(kName, {{"config.json", "{}"},
                            {"tokenizer.json", "{}"},
                            {"pytorch_model.bin", "unused"},
                            {"model.safetensors.index.json", "{}"},
                            {"model-00001-of-00002.safetensors", "a"},
                            {"model-00002-of-00002.safetensors", "b"}});
  const auto files = get(*library(options(hub.url())), kName);
  ASSERT_TRUE(files) << files.error().message;
  EXPECT_EQ(files->format, ModelFormat::kSafetensors);
  EXPECT_EQ(files->model.filename(), "model.safetensors.index.json");
  EXPECT_EQ(files->shards.size(), 2u);
  EXPECT_EQ(hub.count("GET", "pytorch_model.bin"), 0u);
}

TEST_F(HubModelLibraryTest, RefusesAnEndpointOrTokenThatCannotBeOne) {
  EXPECT_EQ(make_hub_model_library(options("huggingface.co")).error().code, ErrorCode::kInvalidArgument);
  HubOptions injected = options("http://127.0.0.1:9");
  injected.token = "hf_x\r\nHost: evil";
  const auto error = make_hub_model_library(injected).error();
  EXPECT_THAT(error.message, AllOf(HasSubstr("HF_TOKEN"), testing::Not(HasSubstr("hf_x"))));
}

TEST_F(HubModelLibraryTest, ListsKnownNamesFirstAndThenWhatElseIsHere) {
  put_model(cache() / "local/mine");
  put_model(cache() / "local/base");
  put_model(cache() / "models--someone--whisper/snapshots" / FakeHub::kCommit);
  put_model(cache() / "models--someone--incomplete/snapshots" / FakeHub::kCommit, {{"model.bin", "x"}});
  const auto entries = *offline()->list();
  EXPECT_EQ(entries.front().name, "tiny");
  EXPECT_FALSE(entries.front().is_downloaded);
  std::map<std::string, ModelEntry> by_name;
  for (const auto& entry : entries) EXPECT_TRUE(by_name.emplace(entry.name, entry).second) << entry.name;
  EXPECT_EQ(by_name["base"].folder, cache() / "local/base");
  EXPECT_EQ(by_name["base"].size_bytes, 100'021u);
  EXPECT_EQ(by_name["mine"].repository, "");
  EXPECT_EQ(by_name["someone/whisper"].repository, "someone/whisper");
  EXPECT_FALSE(by_name.contains("someone/incomplete"));
}

TEST_F(HubModelLibraryTest, VerifyFindsDamageInADownload) {
  const FakeHub hub(kName, fake_model_files());
  const auto models = library(options(hub.url()));
  const auto files = get(*models, kName);
  ASSERT_TRUE(models->verify(kName, {}, {}));
  std::ofstream(*files->find("config.json")) << "[]";
  const auto error = models->verify(kName, {}, {}).error();
  EXPECT_EQ(error.code, ErrorCode::kModelInvalid);
  EXPECT_THAT(error.message, AllOf(HasSubstr("config.json is damaged"), HasSubstr("delete ")));
}

TEST_F(HubModelLibraryTest, VerifyReadsTheSumsBesideLocalWeights) {
  const auto model = put_model(cache() / "local/base");
  EXPECT_TRUE(offline()->verify("base", {}, {}));  // nobody says what they should be
  std::ofstream(model.parent_path() / "SHA256SUMS") << std::string(64, '0') << "  model.bin\n";
  EXPECT_THAT(offline()->verify("base", {}, {}).error().message, HasSubstr("model.bin is damaged"));
}

TEST_F(HubModelLibraryTest, VerifyStopsAndSaysWhatIsNotHere) {
  EXPECT_EQ(offline()->verify("base", {}, {}).error().code, ErrorCode::kNotFound);
  const auto model = put_model(cache() / "local/base");
  std::ofstream(model.parent_path() / "SHA256SUMS") << std::string(64, '0') << "  config.json\n";
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(offline()->verify("base", {}, stop.get_token()).error().code, ErrorCode::kCancelled);
}

}  // namespace
}  // namespace v2t::hub
