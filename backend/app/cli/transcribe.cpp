// `video2text transcribe`: media files in, text and subtitles out.
#include <cstdio>
#include <set>

#include "app/cli/commands.h"
#include "app/cli/live_text.h"
#include "app/cli/loading.h"
#include "app/cli/media_argument.h"
#include "app/cli/progress.h"
#include "app/cli/recordings.h"
#include "app/services/exports.h"
#include "app/services/settings_check.h"
#include "base/folder.h"
#include "base/text.h"

namespace v2t::cli {
namespace {

// What stays the same over all files of one call.
struct Session {
  const TranscribeArguments& arguments;
  const Composition& composition;
  std::vector<ExportFormat> formats;
  std::unique_ptr<MediaReader> reader;
  // Both load while the first file is opened.
  std::unique_ptr<Loading<WindowFactory>> make_windows;
  std::unique_ptr<Loading<std::unique_ptr<SpeechEngine>>> engine;
  bool writes_to_stdout = false;
  Samples audio_done{};                                        // of all files
  std::optional<std::chrono::steady_clock::time_point> begin;  // of the work on the first
};

Result<std::vector<ExportFormat>> parse_formats(const std::vector<std::string>& names) {
  std::vector<ExportFormat> formats;
  for (const auto& name : names) {
    const auto format = export_format_from_name(name);
    if (!format) return fail(ErrorCode::kInvalidArgument, "--format " + name + ": takes " + export_format_names());
    formats.push_back(*format);
  }
  return formats;
}

std::string display_name(const std::string& file) {
  return file == "-" ? "standard input" : std::filesystem::path(file).filename().string();
}

// Beside the media unless told otherwise; "audio.mp4" -> "audio.srt". What has no place of its own, as standard input
// and the shell's <(...), is named "transcript".
std::filesystem::path output_path(const TranscribeArguments& arguments, const std::string& file, ExportFormat format) {
  const std::filesystem::path media = file == "-" || file.starts_with("/dev/") ? "transcript" : file;
  const std::filesystem::path folder = arguments.output_dir.value_or(media.parent_path().string());
  std::filesystem::path name = media.filename();
  return folder / name.replace_extension(export_format_name(format));
}

// Two files that would write the same result are an error before any work is done.
Result<void> check_outputs(const Session& session) {
  std::set<std::filesystem::path> seen;
  for (const auto& file : session.arguments.files) {
    const auto path = output_path(session.arguments, file, session.formats.front());
    if (!seen.insert(path.lexically_normal()).second)
      return fail(ErrorCode::kInvalidArgument, "two files would both write " + path.string() +
                                                   ": convert them one by one, with different --output-dir");
  }
  return {};
}

Result<void> write_outputs(const Session& session, const std::string& file, const Transcript& transcript) {
  TRY(const ExportOptions options, export_options(session.arguments.wishes, transcript.language));
  for (const ExportFormat format : session.formats) {
    const std::string content = export_transcript(transcript, format, options);
    if (session.writes_to_stdout) {
      TRY_VOID(write_to_stdout(content));
      continue;
    }
    const auto path = output_path(session.arguments, file, format);
    auto written = write_file_atomically(path, content);
    if (!written && !session.arguments.output_dir)
      return fail(written.error().code, written.error().message + " (or give another folder with --output-dir)");
    TRY_VOID(std::move(written));
    if (!session.arguments.quiet) std::fprintf(stderr, "wrote %s\n", path.c_str());
  }
  return {};
}

Result<std::unique_ptr<SpeechEngine>> load_engine(const Composition& composition, bool quiet, std::stop_token stop) {
  StatusLine status(!quiet);
  TRY(auto library, composition.make_model_library(ModelSource::kNamesAndFolders));
  auto show = [&](const ModelProgress& progress) {
    status.show("model " + progress.model + ": " +
                download_line(progress.bytes_done, progress.bytes_total, status.columns()));
  };
  TRY(const ModelFiles files, library->get(composition.config().model, show, stop));
  return composition.load_engine(files, stop);
}

DecodeOptions decode_options(const TranscribeArguments& arguments) {
  DecodeOptions options;
  options.turn = "this command";  // one for all files
  options.language = arguments.language.value_or("");
  options.languages = arguments.languages;
  options.task = arguments.task;
  options.initial_prompt = arguments.initial_prompt;
  options.word_timestamps = arguments.word_timestamps;
  options.hotwords = arguments.hotwords;
  options.beam_size = arguments.beam_size;
  options.best_of = arguments.best_of.value_or(options.best_of);
  options.patience = arguments.patience.value_or(options.patience);
  options.length_penalty = arguments.length_penalty;
  if (!arguments.temperatures.empty()) options.temperatures = arguments.temperatures;
  return options;
}

// Fills `transcript` as far as it got, also when it fails.
Result<void> take_results(Session& session, Recording& recording, Transcript& transcript, std::stop_token stop) {
  const bool is_quiet = session.arguments.quiet;
  std::optional<LiveText> live(std::in_place, LiveTextOptions{.shows_text = !is_quiet && !session.writes_to_stdout,
                                                              .shows_progress = !is_quiet,
                                                              .total = recording.duration(),
                                                              .begin = recording.begin()});
  TranscriptionSink sink;
  sink.on_language = [&](const std::string& language) -> Result<void> {
    transcript.language = language;
    return {};
  };
  sink.on_window = [&](const WindowResult& window, Samples covered) -> Result<void> {
    transcript.segments.insert(transcript.segments.end(), window.segments.begin(), window.segments.end());
    transcript.coverage = transcript.coverage.value_or(Coverage());
    *transcript.coverage += window.coverage;
    transcript.duration = to_millis(covered);
    live->show(window, covered);
    return {};
  };
  TRY(const Samples read, recording.take_all(sink, stop));
  live.reset();
  session.audio_done += read;
  session.begin = session.begin.value_or(recording.begin());
  transcript.duration = to_millis(read);
  transcript.warnings = recording.warnings();
  return {};
}

int convert(Session& session, const std::string& file, Recording& recording, std::stop_token stop) {
  Transcript transcript;
  transcript.name = display_name(file);
  transcript.model = session.composition.config().model;
  transcript.task = session.arguments.task;
  auto done = take_results(session, recording, transcript, stop);
  const bool is_shown = !session.arguments.quiet && !session.writes_to_stdout;
  if (done && is_shown && session.arguments.files.size() == 1) print_speed(session.audio_done, *session.begin);
  for (const auto& warning : transcript.warnings)
    std::fprintf(stderr, "video2text: warning: %s: %s\n", transcript.name.c_str(), warning.message.c_str());
  if (!done && done.error().code == ErrorCode::kCancelled)
    std::fprintf(stderr, "video2text: stopped; %s\n",
                 transcript.segments.empty() ? "nothing was finished yet" : "what was finished is kept");
  else if (!done)
    print_error(done.error());
  // What was finished is worth keeping; a failure that came before any text leaves nothing behind.
  if (done || !transcript.segments.empty()) {
    auto written = write_outputs(session, file, transcript);
    if (!written) {
      print_error(written.error());
      return exit_code_of(written.error());
    }
  }
  return done ? kExitDone : exit_code_of(done.error());
}

// What a job of the server would be refused for is refused here too.
Result<void> check_arguments(const TranscribeArguments& arguments) {
  JobSettings settings;
  settings.language = arguments.language;
  settings.languages = arguments.languages;
  settings.hotwords = arguments.hotwords;
  return check_settings(settings);
}

Result<void> prepare(Session& session, std::stop_token stop) {
  TRY_VOID(check_arguments(session.arguments));
  TRY(session.formats, parse_formats(session.arguments.formats));
  TRY_VOID(export_options(session.arguments.wishes, ""));
  session.writes_to_stdout = session.arguments.output_dir == "-";
  if (session.writes_to_stdout && session.formats.size() > 1)
    return fail(ErrorCode::kInvalidArgument,
                "--output-dir -: standard output takes one --format, for example --format srt");
  if (!session.writes_to_stdout) {
    TRY_VOID(check_outputs(session));
    if (session.arguments.output_dir) TRY_VOID(make_folder(*session.arguments.output_dir));
  }
  // The model first: it takes the longest.
  session.engine = std::make_unique<Loading<std::unique_ptr<SpeechEngine>>>(
      [&session](std::stop_token stop_loading) {
        return load_engine(session.composition, session.arguments.quiet, std::move(stop_loading));
      },
      stop);
  session.reader = session.composition.make_media_reader();
  session.make_windows = std::make_unique<Loading<WindowFactory>>(
      [&session](const std::stop_token&) { return session.composition.load_window_factory(); }, stop);
  return {};
}

Recordings::Parts recordings_parts(Session& session) {
  Recordings::Parts parts;
  parts.open_audio = [&session](const std::string& file, std::stop_token stop) -> Result<std::unique_ptr<AudioSource>> {
    TRY(UniqueFd media, open_media_argument(file, stop));
    return session.reader->open_audio(std::move(media), {display_name(file), session.arguments.audio_track}, stop);
  };
  parts.make_windows = [&session](AudioSource& audio) -> Result<std::unique_ptr<WindowSource>> {
    TRY(const WindowFactory* const make_windows, session.make_windows->wait());
    return (*make_windows)(audio, {});
  };
  parts.engine = [&session]() -> Result<SpeechEngine*> {
    TRY(const auto* const engine, session.engine->wait());
    return engine->get();
  };
  parts.options = decode_options(session.arguments);
  return parts;
}

}  // namespace

int run_transcribe(const TranscribeArguments& arguments, const Composition& composition, std::stop_token stop) {
  Session session{.arguments = arguments, .composition = composition};
  if (auto prepared = prepare(session, stop); !prepared) {
    print_error(prepared.error());
    return exit_code_of(prepared.error());
  }
  const bool is_one_of_many = arguments.files.size() > 1 && !arguments.quiet;
  int exit_code = kExitDone;
  Recordings recordings(recordings_parts(session), arguments.files, stop);
  for (const std::string& file : arguments.files) {
    if (is_one_of_many) std::fprintf(stderr, "%s\n", display_name(file).c_str());
    const auto recording = recordings.next();
    if (!recording) return exit_code;
    const int code = convert(session, file, *recording, stop);
    if (code == kExitInterrupted) return code;
    if (exit_code == kExitDone) exit_code = code;
  }
  if (is_one_of_many && !session.writes_to_stdout && session.begin) print_speed(session.audio_done, *session.begin);
  return exit_code;
}

}  // namespace v2t::cli
