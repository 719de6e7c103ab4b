// `video2text transcribe`: media files in, text and subtitles out.
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <future>
#include <set>

#include "app/cli/commands.h"
#include "app/cli/loading.h"
#include "app/cli/progress.h"
#include "app/cli/spool.h"
#include "app/services/exports.h"
#include "app/services/settings_check.h"
#include "app/services/transcription.h"
#include "base/folder.h"
#include "base/text.h"

namespace v2t::cli {
namespace {

using Clock = std::chrono::steady_clock;

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

  bool has_failed() const { return make_windows->has_failed() || engine->has_failed(); }
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

// Beside the media unless told otherwise; "audio.mp4" -> "audio.srt". Standard input is named "transcript".
std::filesystem::path output_path(const TranscribeArguments& arguments, const std::string& file, ExportFormat format) {
  const std::filesystem::path media = file == "-" ? "transcript" : file;
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

// The live view of one file on the terminal.
class LiveText {
 public:
  LiveText(const Session& session, const AudioSource& audio)
      : status_(!session.arguments.quiet),
        is_wanted_(!session.arguments.quiet && !session.writes_to_stdout),
        total_(audio.duration()) {}

  void show(const WindowResult& window, Samples covered) {
    if (is_wanted_ && !window.segments.empty()) {
      status_.clear();
      for (const auto& segment : window.segments)
        std::printf("[%s --> %s] %s\n", stamp_text(segment.start).c_str(), stamp_text(segment.end).c_str(),
                    segment.text.c_str());
      std::fflush(stdout);
    }
    ProgressState state{to_millis(covered), std::nullopt, Clock::now() - start_};
    if (total_) state.total = to_millis(*total_);
    status_.show(progress_line(state, status_.columns()));
  }

  void finish(Samples read) {
    status_.clear();
    if (!is_wanted_) return;
    const std::chrono::duration<double> elapsed = Clock::now() - start_;
    const double seconds = static_cast<double>(read.count()) / kSampleRateHz;
    std::fprintf(stderr, "%s of audio in %.1f s: %.0f times real time\n", clock_text(to_millis(read)).c_str(),
                 elapsed.count(), elapsed.count() > 0 ? seconds / elapsed.count() : 0);
  }

 private:
  StatusLine status_;
  bool is_wanted_;
  std::optional<Samples> total_;
  Clock::time_point start_ = Clock::now();
};

Result<UniqueFd> open_media(const std::string& file) {
  if (file == "-") return spool_to_file(STDIN_FILENO);
  return open_for_reading(file);
}

DecodeOptions decode_options(const TranscribeArguments& arguments) {
  DecodeOptions options;
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

using OpenAudio = Result<std::unique_ptr<AudioSource>>;

OpenAudio open_audio(const Session& session, const std::string& file, std::stop_token stop) {
  TRY(UniqueFd media, open_media(file));
  return session.reader->open_audio(std::move(media), {display_name(file), session.arguments.audio_track}, stop);
}

// Fills `transcript` as far as it got, also when it fails.
Result<void> transcribe_file(const Session& session, OpenAudio opened, Transcript& transcript, std::stop_token stop) {
  const auto& arguments = session.arguments;
  TRY(const auto audio, std::move(opened));
  TRY(const WindowFactory* const make_windows, session.make_windows->wait());
  const auto windows = (*make_windows)(*audio);
  TRY(const auto* const engine, session.engine->wait());
  LiveText live(session, *audio);
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
    live.show(window, covered);
    return {};
  };
  TRY(const Samples read, transcribe({*audio, *windows, **engine, decode_options(arguments)}, sink, stop));
  live.finish(read);
  transcript.duration = to_millis(read);
  transcript.warnings = audio->warnings();
  return {};
}

int convert(const Session& session, const std::string& file, OpenAudio audio, std::stop_token stop) {
  Transcript transcript;
  transcript.name = display_name(file);
  transcript.model = session.composition.config().model;
  transcript.task = session.arguments.task;
  auto done = transcribe_file(session, std::move(audio), transcript, stop);
  for (const auto& warning : transcript.warnings)
    std::fprintf(stderr, "video2text: warning: %s: %s\n", transcript.name.c_str(), warning.message.c_str());
  if (!done && done.error().code == ErrorCode::kCancelled)
    std::fprintf(stderr, "video2text: stopped; the %zu segments that were finished are kept\n",
                 transcript.segments.size());
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

// Empty after the last file. Standard input, which may be a keyboard, is read in its turn alone.
std::future<OpenAudio> open_ahead(const Session& session, size_t index, std::stop_token stop) {
  const auto& files = session.arguments.files;
  if (index >= files.size()) return {};
  const auto when = files[index] == "-" ? std::launch::deferred : std::launch::async;
  return std::async(
      when, [&session, &file = files[index], stop = std::move(stop)] { return open_audio(session, file, stop); });
}

}  // namespace

int run_transcribe(const TranscribeArguments& arguments, const Composition& composition, std::stop_token stop) {
  Session session{.arguments = arguments, .composition = composition};
  if (auto prepared = prepare(session, stop); !prepared) {
    print_error(prepared.error());
    return exit_code_of(prepared.error());
  }
  int exit_code = kExitDone;
  std::future<OpenAudio> next = open_ahead(session, 0, stop);
  for (size_t i = 0; i < arguments.files.size(); ++i) {
    const std::string& file = arguments.files[i];
    if (arguments.files.size() > 1 && !arguments.quiet) std::fprintf(stderr, "%s\n", display_name(file).c_str());
    OpenAudio audio = next.get();
    next = open_ahead(session, i + 1, stop);  // and decodes ahead, while this file is recognised
    const int code = convert(session, file, std::move(audio), stop);
    if (code == kExitInterrupted || session.has_failed()) return code;
    if (exit_code == kExitDone) exit_code = code;
  }
  return exit_code;
}

}  // namespace v2t::cli
