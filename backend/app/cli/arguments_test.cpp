// Tests of the command line.
#include "app/cli/arguments.h"

#include <gtest/gtest.h>

#include <fstream>

#include "base/temp_folder.h"

namespace v2t::cli {
namespace {

ParsedArguments parse(std::vector<const char*> words) {
  words.insert(words.begin(), "video2text");
  return parse_arguments(static_cast<int>(words.size()), words.data());
}

TEST(Arguments, TranscribeTakesFilesAndOptions) {
  const auto parsed =
      parse({"transcribe", "a b.mp4", "-", "--language", "ru", "--format", "SRT, json", "--model", "small"});
  ASSERT_TRUE(parsed.arguments.has_value());
  const auto& transcribe = std::get<TranscribeArguments>(parsed.arguments->command);
  EXPECT_EQ(transcribe.files, (std::vector<std::string>{"a b.mp4", "-"}));
  EXPECT_EQ(transcribe.language, "ru");
  EXPECT_EQ(transcribe.formats, (std::vector<std::string>{"srt", "json"}));
  EXPECT_EQ(parsed.arguments->settings.at("--model"), "small");
}

TEST(Arguments, TranscribeWritesTextAndSubtitlesByDefault) {
  const auto parsed = parse({"transcribe", "a.mp4"});
  const auto& transcribe = std::get<TranscribeArguments>(parsed.arguments->command);
  EXPECT_EQ(transcribe.formats, (std::vector<std::string>{"txt", "srt"}));
  EXPECT_TRUE(transcribe.word_timestamps);
  EXPECT_EQ(transcribe.output_dir, std::nullopt);
}

TEST(Arguments, TranscribeTakesHowToDecode) {
  const auto parsed = parse({"transcribe", "a.mp4", "--languages", "RU, en", "--hotwords", "Kowloon, T. rex,",
                             "--beam-size", "5", "--temperature", "0,0.4"});
  ASSERT_TRUE(parsed.arguments.has_value());
  const auto& transcribe = std::get<TranscribeArguments>(parsed.arguments->command);
  EXPECT_EQ(transcribe.languages, (std::vector<std::string>{"ru", "en"}));
  EXPECT_EQ(transcribe.hotwords, (std::vector<std::string>{"Kowloon", "T. rex"}));
  EXPECT_EQ(transcribe.beam_size, 5);
  EXPECT_EQ(transcribe.temperatures, (std::vector<float>{0.0F, 0.4F}));
  EXPECT_EQ(parse({"transcribe", "a", "--beam-size", "11"}).exit_code, kExitUsage);
}

TEST(Arguments, LanguagesAreCodesOrNamesInAnyCase) {
  const auto parsed = parse({"transcribe", "a.mp4", "--language", "Russian", "--languages", "RU, english"});
  ASSERT_TRUE(parsed.arguments.has_value());
  const auto& transcribe = std::get<TranscribeArguments>(parsed.arguments->command);
  EXPECT_EQ(transcribe.language, "ru");
  EXPECT_EQ(transcribe.languages, (std::vector<std::string>{"ru", "en"}));
  const auto unknown = parse({"transcribe", "a.mp4", "--language", "klingon"});
  EXPECT_EQ(std::get<TranscribeArguments>(unknown.arguments->command).language, "klingon");
}

TEST(Arguments, HotwordsComeFromAFileToo) {
  const TempFolder folder;
  const auto path = folder.path() / "terms.txt";
  std::ofstream(path) << "Sweynheim\n\n  Pannartz \n";
  const auto parsed = parse({"transcribe", "a.mp4", "--hotwords", "Subiaco", "--hotwords-file", path.c_str()});
  ASSERT_TRUE(parsed.arguments.has_value());
  EXPECT_EQ(std::get<TranscribeArguments>(parsed.arguments->command).hotwords,
            (std::vector<std::string>{"Subiaco", "Sweynheim", "Pannartz"}));
  EXPECT_EQ(parse({"transcribe", "a", "--hotwords-file", "/nowhere/terms.txt"}).exit_code, kExitUsage);
}

TEST(Arguments, TranscribeTakesRulesForSubtitles) {
  const auto parsed =
      parse({"transcribe", "a.mp4", "--preset", "netflix", "--max-cps", "17.5", "--min-ms", "900", "--words"});
  const auto& wishes = std::get<TranscribeArguments>(parsed.arguments->command).wishes;
  EXPECT_EQ(wishes.subtitles.preset, "netflix");
  EXPECT_EQ(wishes.subtitles.max_cps, 17.5);
  EXPECT_EQ(wishes.subtitles.shortest, Millis(900));
  EXPECT_EQ(wishes.subtitles.longest, std::nullopt);
  EXPECT_EQ(wishes.words, true);
}

TEST(Arguments, ConvertTakesOneFileAndGivesSeveral) {
  const auto parsed = parse({"convert", "a.json", "b.srt", "c.docx", "--layout", "times"});
  const auto& convert = std::get<ConvertArguments>(parsed.arguments->command);
  EXPECT_EQ(convert.input, "a.json");
  EXPECT_EQ(convert.outputs, (std::vector<std::string>{"b.srt", "c.docx"}));
  EXPECT_FALSE(convert.reshapes);
  EXPECT_TRUE(std::get<ConvertArguments>(parse({"convert", "a", "b", "--max-lines", "1"}).arguments->command).reshapes);
  EXPECT_EQ(parse({"convert", "a.json"}).exit_code, kExitUsage);
}

TEST(Arguments, ServeTakesEverySettingWithAFlag) {
  const auto parsed = parse({"serve", "--port", "0", "--data-dir", "/d"});
  EXPECT_TRUE(std::holds_alternative<ServeArguments>(parsed.arguments->command));
  EXPECT_EQ(parsed.arguments->settings.at("--data-dir"), "/d");
}

TEST(Arguments, KeysAreListedCreatedAndRevoked) {
  using Action = KeysArguments::Action;
  EXPECT_EQ(std::get<KeysArguments>(parse({"keys"}).arguments->command).action, Action::kList);
  const auto parsed = parse({"keys", "--data-dir", "/d", "create", "laptop"});
  const auto& keys = std::get<KeysArguments>(parsed.arguments->command);
  EXPECT_EQ(keys.action, Action::kCreate);
  EXPECT_EQ(keys.name, "laptop");
  EXPECT_EQ(parsed.arguments->settings.at("--data-dir"), "/d");
  EXPECT_EQ(parse({"keys", "revoke"}).exit_code, kExitUsage);
}

TEST(Arguments, ModelsListsUnlessToldOtherwise) {
  EXPECT_EQ(std::get<ModelsArguments>(parse({"models"}).arguments->command).action, ModelsArguments::Action::kList);
  const auto pull = std::get<ModelsArguments>(parse({"models", "pull", "owner/name"}).arguments->command);
  EXPECT_EQ(pull.action, ModelsArguments::Action::kPull);
  EXPECT_EQ(pull.name, "owner/name");
}

TEST(Arguments, ModelsConvertNamesTheFileAndTheType) {
  const auto convert = std::get<ModelsArguments>(
      parse({"models", "convert", "base", "ggml-base.bin", "--type", "q5_1"}).arguments->command);
  EXPECT_EQ(convert.action, ModelsArguments::Action::kConvert);
  EXPECT_EQ(convert.name, "base");
  EXPECT_EQ(convert.out, "ggml-base.bin");
  EXPECT_EQ(convert.type, "q5_1");
  EXPECT_EQ(parse({"models", "convert", "base", "x.bin", "--type", "q3_k"}).exit_code, kExitUsage);
}

TEST(Arguments, MistakesEndWithTheUsageCode) {
  EXPECT_EQ(parse({"transcribe"}).exit_code, kExitUsage);
  EXPECT_EQ(parse({"transcribe", "a", "--task", "sing"}).exit_code, kExitUsage);
  EXPECT_EQ(parse({"fly"}).exit_code, kExitUsage);
  EXPECT_EQ(parse({}).exit_code, kExitUsage);
}

TEST(Arguments, HelpNamesTypesAndNoExpressions) {
  testing::internal::CaptureStdout();
  parse({"transcribe", "--help"});
  const std::string help = testing::internal::GetCapturedStdout();
  EXPECT_NE(help.find("--beam-size INT  "), std::string::npos);
  EXPECT_EQ(help.find(":INT"), std::string::npos);
  EXPECT_EQ(help.find('{'), std::string::npos);
}

TEST(Arguments, AloneItShowsTheCommands) {
  testing::internal::CaptureStderr();
  EXPECT_EQ(parse({}).exit_code, kExitUsage);
  EXPECT_NE(testing::internal::GetCapturedStderr().find("transcribe"), std::string::npos);
}

TEST(Arguments, HelpIsNoMistake) {
  const auto parsed = parse({"--help"});
  EXPECT_FALSE(parsed.arguments.has_value());
  EXPECT_EQ(parsed.exit_code, kExitDone);
}

}  // namespace
}  // namespace v2t::cli
