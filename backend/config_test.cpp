// Tests of how settings are read.
#include "config.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace v2t {
namespace {

EnvironmentLookup environment(std::map<std::string, std::string, std::less<>> values) {
  return [values = std::move(values)](std::string_view name) -> std::optional<std::string> {
    const auto found = values.find(name);
    if (found == values.end()) return std::nullopt;
    return found->second;
  };
}

TEST(Config, DefaultsServeOnLoopbackWithTheModelBase) {
  const auto loaded = load_config({}, environment({{"HOME", "/h"}}), "/app/bin").value();
  EXPECT_EQ(loaded.config.host, "127.0.0.1");
  EXPECT_EQ(loaded.config.port, 7860);
  EXPECT_EQ(loaded.config.model, "base");
  EXPECT_EQ(loaded.config.data_dir, "/h/.local/share/video2text");
  EXPECT_EQ(loaded.config.static_dir.lexically_normal(), "/app/static");
}

TEST(Config, FlagsWinOverTheEnvironment) {
  const auto loaded =
      load_config({{"--port", "8000"}}, environment({{"PORT", "9000"}, {"HOST", "0.0.0.0"}}), "/b").value();
  EXPECT_EQ(loaded.config.port, 8000);
  EXPECT_EQ(loaded.sources.at("PORT"), SettingSource::kFlag);
  EXPECT_EQ(loaded.sources.at("HOST"), SettingSource::kEnvironment);
  EXPECT_EQ(loaded.sources.at("WHISPER_MODEL"), SettingSource::kDefault);
}

TEST(Config, ModelFoldersKeepTheNamesOfTheGuide) {
  const auto env =
      environment({{"HOME", "/h"}, {"HF_HOME", "/app/huggingface-cache"}, {"WHISPER_CACHE_DIR", "/app/models"}});
  const auto config = load_config({}, env, "/b").value().config;
  EXPECT_EQ(config.whisper_cache_dir, "/app/models");
  EXPECT_EQ(config.hf_home, "/app/huggingface-cache");
  EXPECT_EQ(config.hf_hub_cache, "");
  EXPECT_EQ(config.home, "/h");
}

TEST(Config, ASpaceHasItsOwnDefaults) {
  const auto here = load_config({}, environment({{"CPU_CORES", "2"}}), "/b").value().config;
  EXPECT_FALSE(here.trust_proxy);
  EXPECT_EQ(here.media_hours, 0);
  EXPECT_EQ(here.bucket_dir, "");
  EXPECT_EQ(here.threads, 0);
  const auto there =
      load_config({}, environment({{"SPACE_ID", "owner/name"}, {"CPU_CORES", "2"}}), "/b").value().config;
  EXPECT_TRUE(there.trust_proxy);
  EXPECT_EQ(there.media_hours, 24);
  EXPECT_EQ(there.bucket_dir, "/data");
  EXPECT_EQ(there.threads, 2);
}

TEST(Config, SettingsWinOverTheDefaultsOfASpace) {
  const auto config = load_config({},
                                  environment({{"SPACE_ID", "owner/name"},
                                               {"CPU_CORES", "half"},
                                               {"TRUST_PROXY", "0"},
                                               {"MEDIA_HOURS", "0"},
                                               {"BUCKET_DIR", "off"}}),
                                  "/b")
                          .value()
                          .config;
  EXPECT_FALSE(config.trust_proxy);
  EXPECT_EQ(config.media_hours, 0);
  EXPECT_EQ(config.bucket_dir, "");
  EXPECT_EQ(config.threads, 0);
}

TEST(Config, AnEmptyVariableIsAnUnsetOne) {
  EXPECT_EQ(load_config({}, environment({{"PORT", ""}}), "/b").value().config.port, 7860);
}

TEST(Config, AWrongValueIsNamedWithItsSourceAndWhatItTakes) {
  const auto error = load_config({}, environment({{"PORT", "78600"}}), "/b").error();
  EXPECT_EQ(error.code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(error.message, "PORT='78600': takes a whole number from 0 to 65535");
}

TEST(Config, TheTokenIsASecret) {
  const auto all = settings();
  const auto token = std::find_if(all.begin(), all.end(), [](const Setting& s) { return s.environment == "HF_TOKEN"; });
  ASSERT_NE(token, all.end());
  EXPECT_TRUE(token->is_secret);
}

}  // namespace
}  // namespace v2t
