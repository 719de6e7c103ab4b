// The command line, by CLI11.
#include "app/cli/arguments.h"

#include <CLI/CLI.hpp>
#include <cstdio>

#include "base/file.h"
#include "base/text.h"
#include "config.h"
#include "domain/languages.h"
#include "domain/speech_engine.h"

namespace v2t::cli {
namespace {

constexpr size_t kMaxHotwordsFile = 100'000;  // bytes

// The help's own words say what is taken; CLI11's would stand before them: "INT:INT in [1 - 10]".
template <typename T>
CLI::Validator in_range(T least, T most) {
  return CLI::Range(least, most).description("");
}

CLI::Validator one_of(std::set<std::string> names) { return CLI::IsMember(std::move(names)).description(""); }

// CLI11 stores through pointers, so options live here until parsing is over.
struct Parser {
  CLI::App app{"Text from video and audio, with Whisper, on this machine.", "video2text"};
  std::map<std::string, std::string> settings;
  TranscribeArguments transcribe;
  std::string formats = "txt,srt";
  std::string task = "transcribe";
  std::string languages;
  std::string hotwords;
  std::string hotwords_file;
  ModelsArguments models;
  ConvertArguments convert;
  KeysArguments keys;
};

void add_settings(CLI::App& command, Parser& parser, const std::vector<std::string_view>& only) {
  for (const Setting& setting : v2t::settings()) {
    if (setting.flag.empty()) continue;
    if (!only.empty() && std::find(only.begin(), only.end(), setting.flag) == only.end()) continue;
    const std::string flag(setting.flag);
    command.add_option_function<std::string>(
        flag, [&parser, &setting](const std::string& value) { parser.settings[std::string(setting.flag)] = value; },
        std::string(setting.help) + " [" + std::string(setting.environment) + "]");
  }
}

void add_layout(CLI::App& command, ExportWishes& wishes) {
  command.add_option("--layout", wishes.layout, "of txt and docx: plain, times or paragraphs (default)");
  command.add_flag_callback(
      "--words", [&] { wishes.words = true; }, "times of words in vtt, ass and lrc (default: in ass)");
  command.add_flag_callback("--no-words", [&] { wishes.words = false; }, "no times of words in them");
}

std::vector<CLI::Option*> add_subtitle_rules(CLI::App& command, SubtitleWishes& wishes) {
  std::string presets;
  for (const auto& preset : subtitle_presets()) presets += (presets.empty() ? "" : ", ") + std::string(preset.name);
  const auto add_time = [&](const char* flag, std::optional<Millis>& time, const char* help) {
    return command.add_option_function<int64_t>(flag, [&time](int64_t value) { time = Millis(value); }, help);
  };
  return {command.add_option("--preset", wishes.preset, "rules for subtitles: " + presets),
          command.add_option("--line-columns", wishes.line_columns, "characters a line"),
          command.add_option("--max-lines", wishes.max_lines, "lines of a subtitle"),
          command.add_option("--max-cps", wishes.max_cps, "reading speed, characters a second"),
          add_time("--min-ms", wishes.shortest, "shortest stay of a subtitle"),
          add_time("--max-ms", wishes.longest, "longest stay"),
          add_time("--gap-ms", wishes.gap, "least time between two")};
}

CLI::App* add_transcribe(Parser& parser) {
  auto* command = parser.app.add_subcommand("transcribe", "write the text of media files");
  auto& options = parser.transcribe;
  command->add_option("FILE", options.files, "media files of any kind; - is standard input")->required();
  command->add_option("--language", options.language, "spoken language: en, ru, german ... (default: detected)");
  command->add_option("--languages", parser.languages, "detect among these only, separated by commas: ru,en");
  command->add_option("--task", parser.task, "transcribe, or translate to English")
      ->check(one_of({"transcribe", "translate"}));
  command->add_option("-o,--output-dir", options.output_dir,
                      "folder of the results (default: beside each file); - is standard output");
  command->add_option("-f,--format", parser.formats,
                      "results to write, separated by commas: " + export_format_names() + " (default: txt,srt)");
  add_layout(*command, options.wishes);
  add_subtitle_rules(*command, options.wishes.subtitles);
  command->add_option("--initial-prompt", options.initial_prompt, "names and words to expect");
  command->add_option("--hotwords", parser.hotwords, "terms that occur, separated by commas: 'Kowloon,Sweynheim'");
  command->add_option("--hotwords-file", parser.hotwords_file, "a file with one term per line");
  command
      ->add_option("--beam-size", options.beam_size,
                   "ways to go on that are weighed at once, 1 to 10 (default: 1, and more where that is unsure)")
      ->check(in_range(1, kMaxBeams));
  command->add_option("--patience", options.patience, "how long a beam search goes on for better endings (default: 1)")
      ->check(in_range(0.1, 10.0));
  command->add_option("--length-penalty", options.length_penalty, "0 to 1: how far long results are preferred")
      ->check(in_range(0.0, 1.0));
  command->add_option("--best-of", options.best_of, "samples at temperatures above 0 (default: 1)")
      ->check(in_range(1, kMaxBeams));
  command
      ->add_option("--temperature", options.temperatures,
                   "tried in order until a result is good (default: 0,0.2,0.4,0.6,0.8,1)")
      ->delimiter(',')
      ->check(in_range(0.0, 2.0));
  command
      ->add_option("--audio-track", options.audio_track, "which audio track, from 1 (default: the video's own choice)")
      ->check(in_range(1, 1000));
  command->add_flag_callback(
      "--word-timestamps", [&] { options.word_timestamps = true; }, "times of words, as by default");
  command->add_flag_callback("--no-word-timestamps", [&] { options.word_timestamps = false; }, "no times of words");
  command->add_flag("-q,--quiet", options.quiet, "no text and no progress on the screen");
  add_settings(*command, parser, {"--model", "--threads", "--log-level", "--log-format"});
  return command;
}

CLI::App* add_convert(Parser& parser) {
  auto* command = parser.app.add_subcommand("convert", "text with times (json, srt, vtt, tsv) into other formats");
  auto& options = parser.convert;
  command->add_option("IN", options.input, "what to read; - is standard input")->required();
  command
      ->add_option("OUT", options.outputs,
                   "files to write, of the format that their names end in; - is standard output")
      ->required();
  command->add_option("--from", options.from, "format of IN: json, srt, vtt or tsv (default: by its name)");
  command->add_option("-f,--format", options.format,
                      "format of OUT: " + export_format_names() + " (default: by its name)");
  command->add_option("--language", options.language, "language of the text, where the file does not say it");
  add_layout(*command, options.wishes);
  const auto rules = add_subtitle_rules(*command, options.wishes.subtitles);
  command->final_callback([&options, rules] {
    for (const auto* rule : rules) options.reshapes = options.reshapes || rule->count() > 0;
  });
  return command;
}

CLI::App* add_models(Parser& parser) {
  using Action = ModelsArguments::Action;
  auto* command =
      parser.app.add_subcommand("models", "the model library: list, pull NAME, verify NAME, convert NAME OUT");
  command->require_subcommand(0, 1);
  add_settings(*command, parser, {"--log-level", "--log-format"});
  command->add_subcommand("list", "known models, and which of them are here")->callback([&] {
    parser.models.action = Action::kList;
  });
  auto add_named = [&](const char* name, const char* help, Action action) {
    auto* child = command->add_subcommand(name, help);
    child->add_option("NAME", parser.models.name, "base, small, large-v3-turbo, owner/name, or a path")->required();
    child->callback([&parser, action] { parser.models.action = action; });
    return child;
  };
  auto* convert = add_named("convert", "write a model as a file of whisper.cpp (ggml-*.bin)", Action::kConvert);
  convert->add_option("OUT", parser.models.out, "the file to write")->required();
  convert->add_option("--type", parser.models.type, "of matrices: f32, f16 (default), q8_0, q5_0 or q5_1")
      ->check(one_of({"f32", "f16", "q8_0", "q5_0", "q5_1"}));
  add_named("pull", "download a model now", Action::kPull);
  add_named("verify", "compare a model's files with their checksums", Action::kVerify);
  return command;
}

// Terms between separators, trimmed, without empty ones.
std::vector<std::string> terms(const std::string& text, char separator) {
  std::vector<std::string> out;
  for (const auto& term : split(text, separator))
    if (!trim(term).empty()) out.emplace_back(trim(term));
  return out;
}

void read_hotwords(Parser& parser) {
  auto& hotwords = parser.transcribe.hotwords;
  hotwords = terms(parser.hotwords, ',');
  if (parser.hotwords_file.empty()) return;
  const auto content = read_file(parser.hotwords_file, kMaxHotwordsFile);
  if (!content) throw CLI::ValidationError("--hotwords-file", content.error().message);
  for (auto& term : terms(*content, '\n')) hotwords.push_back(std::move(term));
}

CLI::App* add_keys(Parser& parser) {
  using Action = KeysArguments::Action;
  auto* command = parser.app.add_subcommand("keys", "API keys of the server: list, create NAME, revoke NAME");
  command->require_subcommand(0, 1);
  add_settings(*command, parser, {"--data-dir", "--log-level", "--log-format"});
  command->add_subcommand("list", "names of the keys, and when they were used")->callback([&] {
    parser.keys.action = Action::kList;
  });
  auto add_named = [&](const char* name, const char* help, Action action) {
    auto* child = command->add_subcommand(name, help);
    child->add_option("NAME", parser.keys.name, "who or what uses the key, such as laptop")->required();
    child->callback([&parser, action] { parser.keys.action = action; });
  };
  add_named("create", "make a key and print it, once", Action::kCreate);
  add_named("revoke", "let a key in no more", Action::kRevoke);
  return command;
}

// What is no language stays as it is, and is refused with the other settings.
std::string language_code(const std::string& text) { return language_from(text).value_or(text); }

void finish_transcribe(Parser& parser) {
  for (const auto& text : terms(parser.languages, ',')) parser.transcribe.languages.push_back(language_code(text));
  if (auto& language = parser.transcribe.language) language = language_code(*language);
  read_hotwords(parser);

  parser.transcribe.task = parser.task == "translate" ? Task::kTranslate : Task::kTranscribe;
  for (const auto& format : split(parser.formats, ','))
    parser.transcribe.formats.push_back(to_lower_ascii(trim(format)));
}

}  // namespace

ParsedArguments parse_arguments(int argc, const char* const* argv) {
  Parser parser;
  parser.app.require_subcommand(1);
  parser.app.set_version_flag("--version", "video2text " V2T_VERSION);
  auto* serve = parser.app.add_subcommand("serve", "the web app and the API, on http://localhost:7860");
  add_settings(*serve, parser, {});
  auto* transcribe = add_transcribe(parser);
  auto* convert = add_convert(parser);
  auto* models = add_models(parser);
  auto* keys = add_keys(parser);
  auto* doctor = parser.app.add_subcommand("doctor", "say, line by line, what would fail here and what to do");
  add_settings(*doctor, parser, {});
  if (argc < 2) {
    std::fputs(parser.app.help().c_str(), stderr);
    return {std::nullopt, kExitUsage};
  }
  try {
    parser.app.parse(argc, argv);
    if (*transcribe) finish_transcribe(parser);
  } catch (const CLI::ParseError& problem) {
    return {std::nullopt, parser.app.exit(problem) == 0 ? kExitDone : kExitUsage};
  }
  Arguments arguments{ServeArguments{}, parser.settings};
  if (*transcribe) {
    arguments.command = parser.transcribe;
  } else if (*convert) {
    arguments.command = parser.convert;
  } else if (*models) {
    arguments.command = parser.models;
  } else if (*keys) {
    arguments.command = parser.keys;
  } else if (*doctor) {
    arguments.command = DoctorArguments{};
  }
  return {arguments, kExitDone};
}

}  // namespace v2t::cli
