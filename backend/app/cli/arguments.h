// The command line: argv -> one command with its options.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "app/services/exports.h"
#include "domain/transcript.h"

namespace v2t::cli {

// Exit codes that scripts can rely on.
inline constexpr int kExitDone = 0;
inline constexpr int kExitFailed = 1;         // at least one file or check failed
inline constexpr int kExitUsage = 2;          // wrong flags or settings
inline constexpr int kExitNoModel = 3;        // the model is not here and cannot be downloaded
inline constexpr int kExitInterrupted = 130;  // Ctrl-C; finished segments were written

struct TranscribeArguments {
  std::vector<std::string> files;  // "-": standard input
  std::optional<std::string> language;
  Task task = Task::kTranscribe;
  std::optional<std::string> output_dir;  // absent: beside each file; "-": standard output
  std::vector<std::string> formats;       // names: "txt", "srt"
  std::vector<std::string> languages;     // to detect among; empty: all
  std::vector<std::string> hotwords;
  std::string initial_prompt;
  std::optional<int> beam_size;
  std::optional<int> best_of;
  std::optional<float> patience;
  std::optional<float> length_penalty;
  std::vector<float> temperatures;  // empty: the engine's
  std::optional<int> audio_track;
  bool word_timestamps = true;
  bool quiet = false;
  ExportWishes wishes;  // of the files that are written
};

struct ConvertArguments {
  std::string input;                  // "-": standard input
  std::vector<std::string> outputs;   // "-": standard output
  std::optional<std::string> from;    // format of the input; absent: by its name
  std::optional<std::string> format;  // of the outputs; absent: by their names
  std::optional<std::string> language;
  ExportWishes wishes;
  bool reshapes = false;  // a rule for subtitles was given: cues that were read do not stay as they are
};

struct ServeArguments {};

struct ModelsArguments {
  enum class Action { kList, kPull, kVerify, kConvert };
  Action action = Action::kList;
  std::string name;  // not of kList
  std::string out;   // of kConvert: the file to write
  std::string type = "f16";
};

struct KeysArguments {
  enum class Action { kList, kCreate, kRevoke };
  Action action = Action::kList;
  std::string name;  // of kCreate and kRevoke
};

struct DoctorArguments {};

struct Arguments {
  std::variant<TranscribeArguments, ConvertArguments, ServeArguments, ModelsArguments, KeysArguments, DoctorArguments>
      command;
  std::map<std::string, std::string> settings;  // flags of config.h that were given: "--port" -> "8000"
};

// What to do, or what was printed (help, version, a usage error) and the exit code that follows.
struct ParsedArguments {
  std::optional<Arguments> arguments;
  int exit_code = kExitDone;
};

// Help goes to standard output, errors to standard error.
ParsedArguments parse_arguments(int argc, const char* const* argv);

}  // namespace v2t::cli
